"""Which checklist items turn by themselves, from the incident as it stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.incident import log_changes
from bot.domain.incident.checklist import Check, ItemState
from bot.domain.incident.corrective_change import about_merge, merged_at
from bot.domain.incident.fix_proof import FixProof, proofs_of
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.kept import GateHeld
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import Incident, Item, read_incident
from bot.domain.recurrence.gate import GateOutcome
from bot.domain.run.phrases import at as in_words
from bot.domain.run.phrases import plural
from bot.ids import short

NO_FAILING_RUN = "no replay of a failing run is in the incident"
STILL_RUNNING = "the failing run is still in progress"
NO_PROOF_OF_FIX = "no comparison of a failing run in the incident says that it is fixed"
NO_TABLE = "the evidence table is incomplete"


# The item of the default checklist that a watch or a gate verifies; a person may assert it all the same.
FOLLOW_UP = "monitor"
WATCHED = "watch of {tenancy}, which knows {fingerprints}"
NOT_WATCHED = "the channel no longer watches {tenancy}"
GATED = "gate passed with {runs} at {at}, gate.json {sha256}"
NOT_GATED = "the gate did not pass with {runs}: {outcome}"
NOT_IN_GATE = "the gate that passed does not know every failing run of the incident"


def due_follow_up(incident: Incident, fingerprints: Sequence[str], *, at: datetime) -> list[Change]:
    """Return the entries that bring the follow-up in line with watch and gate: verified while either stands.

    `fingerprints` are the incident's failures that a watch knows, empty where the channel does not watch. What somebody
    asserted stays asserted.
    """
    item = incident.item(FOLLOW_UP)
    if item is None or item.spec.check is not None:
        return []
    watched, gated = _by_watch(incident, fingerprints), _by_gate(incident)
    key = f"check:{FOLLOW_UP}:{incident.version}"
    if item.state is not ItemState.VERIFIED:
        proof = watched or gated
        verified = [log_changes.item_verified(FOLLOW_UP, proof=proof, at=at, key=key, owner=item.facts.owner)]
        return verified if proof else []
    # What it rests on is told by its own words: nothing else is kept of a proof, in older logs as well.
    if item.facts.proof.startswith(_begins(GATED)):
        stands, lapsed = gated, _why_no_gate(incident)
    elif item.facts.proof.startswith(_begins(WATCHED)):
        stands, lapsed = watched, NOT_WATCHED.format(tenancy=incident.tenancy)
    else:
        return []
    if stands:
        return []
    changes = [log_changes.item_lapsed(FOLLOW_UP, reason=lapsed, at=at, key=key)]
    if other := watched or gated:
        changes.append(log_changes.item_verified(FOLLOW_UP, proof=other, at=at, key=f"{key}:other"))
    return changes


def _by_watch(incident: Incident, fingerprints: Sequence[str]) -> str:
    """Return what a watch proves, "" where it proves nothing."""
    said = ", ".join(map(short, fingerprints[:3]))
    return WATCHED.format(tenancy=incident.tenancy, fingerprints=f"fingerprint {said}") if said else ""


def _by_gate(incident: Incident) -> str:
    """Return what the last gate proves: it passed, for every failure of the incident. "" where it proves nothing."""
    gate = incident.gate
    if gate is None or gate.outcome != GateOutcome.PASSED or not _failures(incident) <= {*gate.fingerprints}:
        return ""
    return GATED.format(runs=_runs(gate), at=in_words(gate.at) if gate.at else "", sha256=short(gate.sha256, 12))


def _why_no_gate(incident: Incident) -> str:
    gate = incident.gate
    if gate is None or gate.outcome == GateOutcome.PASSED:
        return NOT_IN_GATE
    return NOT_GATED.format(runs=_runs(gate), outcome=gate.outcome)


def _failures(incident: Incident) -> set[str]:
    """Return the fingerprints of the failing runs that a gate must know: those that are not themselves attempts at a fix."""
    return {proof.run.fingerprint for proof in proofs_of(incident)}


def _runs(gate: GateHeld) -> str:
    return ", ".join(f"run {short(run)}" for run in gate.runs[:3])


def _begins(words: str) -> str:
    return words.partition("{")[0]


def due_checks(incident: Incident, *, at: datetime) -> list[Change]:
    """Return the entries that bring every checked item in line with its proof; [] where they all are."""
    if not incident.is_open:
        return []
    return [change for item in incident.items if item.spec.check for change in _check(item, incident, at)]


def checks_after(id_: str, changes: Sequence[Change]) -> list[Change]:
    """Return the entries that follow from an incident's first ones, for whoever appends them all at once."""
    entries = [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate(changes, 1)
    ]
    return due_checks(read_incident(rebuilt(id_, entries)), at=changes[-1].at)


def _check(item: Item, incident: Incident, at: datetime) -> Iterator[Change]:
    proof, reason = _PROOFS[item.spec.check or Check.REPLAY](incident)
    # With the version: it may turn, lapse and turn again; two workers who look at the same state write one entry.
    key = f"check:{item.spec.id}:{incident.version}"
    if proof and item.state is not ItemState.VERIFIED:
        yield log_changes.item_verified(item.spec.id, proof=proof, at=at, key=key)
    elif not proof and item.state is ItemState.VERIFIED:
        yield log_changes.item_lapsed(item.spec.id, reason=reason, at=at, key=key)


def _replayed(incident: Incident) -> tuple[str, str]:
    ended = incident.ended_failing_runs
    if ended:
        return f"replay of run {short(ended[0].run_id)}", ""
    return "", STILL_RUNNING if incident.failing_runs else NO_FAILING_RUN


def _evidence(incident: Incident) -> tuple[str, str]:
    if incident.root_cause_proven and incident.root_cause:
        ids = len(incident.root_cause.ids())
        return f"evidence table, {plural(ids, 'id')} resolved in {incident.tenancy}", ""
    if incident.unresolved:
        return "", f"Aionis no longer knows, or it is not of this run: {', '.join(incident.unresolved)}"
    return "", NO_TABLE


def _compared(incident: Incident) -> tuple[str, str]:
    proofs = proofs_of(incident)
    unproved = [proof for proof in proofs if not proof.fixed]
    if unproved:
        return "", _unproved(unproved[0], others=len(proofs) > 1)
    said = [f"run {short(proof.run.run_id)} with {short(proof.newest.rerun)}" for proof in proofs if proof.newest]
    often = min((proof.in_a_row for proof in proofs), default=0)
    reruns = f"{plural(often, 'rerun')}{' in a row' if often > 1 else ''}"
    return (
        f"comparison of {', '.join(said)}: fixed, {reruns}{_merge(incident, proofs)}" if said else "",
        NO_PROOF_OF_FIX,
    )


def merge_since_proof(incident: Incident, item: Item) -> str:
    """Return how the newest rerun stands to the merge, where the item was verified before its proof could say so; else ""."""
    if item.spec.check is not Check.COMPARISON or item.state is not ItemState.VERIFIED:
        return ""
    merge = _merge(incident, proofs_of(incident))
    return "" if merge in item.facts.proof else merge.removeprefix("; ")


def _merge(incident: Incident, proofs: Sequence[FixProof]) -> str:
    newest = next((proof.newest for proof in reversed(proofs) if proof.newest), None)
    return about_merge(newest.rerun, newest.began, merged_at(incident)) if newest else ""


def _unproved(proof: FixProof, *, others: bool) -> str:
    if proof.newest is None:
        return f"run {short(proof.run.run_id)} has no proof of its own" if others else NO_PROOF_OF_FIX
    if proof.newest.fixed:
        return f"run {short(proof.run.run_id)} has {proof.progress}"
    newest = f"run {short(proof.run.run_id)} {proof.newest_words}"
    if not proof.newest.by:
        return f"{newest}: the same failure was seen again in run {short(proof.newest.rerun)}"
    return (
        f"{newest} in rerun {short(proof.newest.rerun)}"  # not called the newest: another may follow, and this is kept
    )


_PROOFS = {Check.REPLAY: _replayed, Check.EVIDENCE: _evidence, Check.COMPARISON: _compared}
