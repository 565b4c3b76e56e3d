"""What is to be done next in an incident, one sentence an open item."""

from collections.abc import Iterator

from bot.domain.incident.checklist import Check, ProofKind
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.state import Incident, Item
from bot.domain.run.phrases import plural
from bot.ids import short


def to_do(incident: Incident) -> Iterator[str]:
    """Yield what to do, the first first: a replay before all else, for the rest of the evidence is read from it."""
    if not incident.is_open:
        return
    # Sorting is stable: behind the replay they stay in the checklist's order.
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
        return _to_compare(incident)
    owner = ", and name its owner" if item.spec.owner and not item.facts.owner else ""
    return f"Mark ‘{item.spec.title}’ done{_PROOFS[item.spec.proof]}{owner}."


_PROOFS = {
    ProofKind.NONE: "",
    ProofKind.LINK: " with its link",
    ProofKind.RUN: " with the id of the run",
    ProofKind.TEXT: " with a sentence on how",
}


def _to_replay(item: Item, incident: Incident) -> str:
    if not incident.runs:
        return "Replay the failing run."
    if not incident.failing_runs:
        return "Replay the run that failed: nothing went wrong in those replayed so far."
    if not incident.ended_failing_runs:
        return "Replay the failing run again when it has ended: it is still in progress."
    return f"Wait for the bot to verify ‘{item.spec.title}’, or replay the failing run again."


def _to_compare(incident: Incident) -> str:
    """Name the run that lacks its proof where there are several, or where a rerun was no proof."""
    proofs = proofs_of(incident)
    unproved = next((proof for proof in proofs if not proof.fixed), None)
    if unproved is None or (len(proofs) == 1 and unproved.newest is None):
        return "Rerun the same case with the fix, and compare the failing run with it."
    run = f"run {short(unproved.run.run_id)}"
    if unproved.newest is None:
        return f"Rerun the case of {run} with the fix, and compare: it has no proof of its own yet."
    newest = unproved.newest
    if newest.fixed:
        return f"Rerun the case of {run} again: {unproved.progress}."
    return f"Mend and rerun the case of {run}: it {unproved.newest_words} in the newest rerun, {short(newest.rerun)}."


def _to_prove(item: Item, incident: Incident) -> str:
    cause = incident.root_cause
    if cause is None:
        return "Fill in the root cause."
    if missing := cause.missing():
        return f"Complete the root cause; still missing: {', '.join(missing)}."
    if incident.unresolved:
        lost = plural(len(incident.unresolved), "id")
        return f"Correct the root cause: {lost} in it cannot be found any more, or no longer belong here."
    return f"Wait for the bot to verify ‘{item.spec.title}’, or save the root cause again."
