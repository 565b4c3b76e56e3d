"""What is to be done next in an incident, one sentence an open item."""

from collections.abc import Iterator

from bot.domain.incident.checklist import Check, Proof
from bot.domain.incident.state import Incident, Item
from bot.domain.run.wording import plural


def to_do(incident: Incident) -> Iterator[str]:
    """Yield what to do, the first first: a replay before all else, for the rest of the evidence is read from it."""
    if not incident.is_open:
        return
    for item in sorted(incident.blockers, key=lambda item: item.spec.check is not Check.REPLAY):
        yield _about(item, incident)
    if not incident.blockers:
        yield "Close the incident: nothing blocks it."


def _about(item: Item, incident: Incident) -> str:
    if item.spec.check is Check.REPLAY:
        return _to_replay(item, incident)
    if item.spec.check is Check.EVIDENCE:
        return _to_prove(item, incident)
    if item.spec.check is Check.COMPARISON:
        return "Rerun the same case with the fix, and compare the failing run with it."
    owner = ", and name its owner" if item.spec.owner and not item.facts.owner else ""
    return f"Mark ‘{item.spec.title}’ done{_PROOFS[item.spec.proof]}{owner}."


_PROOFS = {
    Proof.NONE: "",
    Proof.LINK: " with its link",
    Proof.RUN: " with the id of the run",
    Proof.TEXT: " with a sentence on how",
}


def _to_replay(item: Item, incident: Incident) -> str:
    if not incident.runs:
        return "Replay the failing run."
    if not incident.failing_runs:
        return "Replay the run that failed: nothing went wrong in those replayed so far."
    return f"Wait for the bot to verify ‘{item.spec.title}’, or replay the failing run again."


def _to_prove(item: Item, incident: Incident) -> str:
    cause = incident.root_cause
    if cause is None:
        return "Fill in the root cause."
    if missing := cause.missing():
        return f"Complete the root cause; still missing: {', '.join(missing)}."
    if incident.unresolved:
        return f"Correct the root cause: Aionis does not know {plural(len(incident.unresolved), 'id')} in it."
    return f"Wait for the bot to verify ‘{item.spec.title}’, or save the root cause again."
