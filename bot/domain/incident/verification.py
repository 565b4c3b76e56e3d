"""Which checklist items turn by themselves, from the incident as it stands."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.incident import incident_log
from bot.domain.incident.checklist import Check, ItemState
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import Incident, Item
from bot.ids import short

NO_FAILING_RUN = "no replay of a failing run is in the incident"
NO_PROOF_OF_FIX = "no comparison of a failing run in the incident says that it is fixed"
NO_TABLE = "the evidence table is incomplete"


def due_checks(incident: Incident, *, at: datetime) -> list[Change]:
    """Return the entries that bring every checked item in line with its proof; [] where they all are."""
    if not incident.is_open:
        return []
    return [change for item in incident.items if item.spec.check for change in _check(item, incident, at)]


def _check(item: Item, incident: Incident, at: datetime) -> Iterator[Change]:
    proof, reason = _PROOFS[item.spec.check or Check.REPLAY](incident)
    key = f"check:{item.spec.id}:{incident.version}"
    if proof and item.state is not ItemState.VERIFIED:
        yield incident_log.item_verified(item.spec.id, proof=proof, at=at, key=key)
    elif not proof and item.state is ItemState.VERIFIED:
        yield incident_log.item_lapsed(item.spec.id, reason=reason, at=at, key=key)


def _replayed(incident: Incident) -> tuple[str, str]:
    failing = incident.failing_runs
    return (f"replay of run {short(failing[0].run_id)}" if failing else "", NO_FAILING_RUN)


def _evidence(incident: Incident) -> tuple[str, str]:
    if incident.root_cause_proven and incident.root_cause:
        ids = len(incident.root_cause.ids())
        return f"evidence table, {ids} ids resolved in {incident.tenancy}", ""
    if incident.unresolved:
        return "", f"Aionis no longer knows {', '.join(incident.unresolved)}"
    return "", NO_TABLE


def _compared(incident: Incident) -> tuple[str, str]:
    fixed = incident.proof_of_fix
    return (
        f"comparison of run {short(fixed.failing)} with {short(fixed.rerun)}: fixed" if fixed else "",
        NO_PROOF_OF_FIX,
    )


_PROOFS = {Check.REPLAY: _replayed, Check.EVIDENCE: _evidence, Check.COMPARISON: _compared}
