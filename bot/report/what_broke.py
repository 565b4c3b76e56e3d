"""The first section of a report: of each failing run what broke, what had been decided, and whether the fix is proved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.blocks.phrases import rule_words
from bot.domain.incident.fix_proof import FixProof, proofs_of
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural
from bot.domain.run.resolved_records import Decision
from bot.report.parts import Section, Table, said, when
from bot.report.people import Names

_NONE = "No failing run is part of this incident."


def what_broke(incident: Incident, diagnoses: Sequence[Diagnosis], names: Names) -> Section:
    """Return the section. What the kept answers no longer tell is said from the incident's own digest of the run."""
    told = {diagnosis.run_id: diagnosis for diagnosis in diagnoses}
    proofs = {proof.run.run_id: proof for proof in proofs_of(incident)}
    tables = [
        Table(("Fact", "Value"), tuple(_facts(run, told.get(run.run_id), proofs.get(run.run_id), names)))
        for run in incident.failing_runs
    ]
    return Section("What broke", tuple(tables) or (_NONE,))


def _facts(
    run: RunDigest, diagnosis: Diagnosis | None, proof: FixProof | None, names: Names
) -> Iterator[tuple[str, str]]:
    yield "Run", said(run.run_id)
    yield "Verdict", run.verdict.replace("_", " ")
    yield "Critical step", said(run.critical) or "none"
    yield "Error", said(_error(run, diagnosis)) or "not recorded"
    if run.said:
        yield "The agent's own summary", said(run.said)
    yield "Failed postconditions", _lines(_failed(run, diagnosis)) or "none"
    yield "Decision", _lines(_decisions(diagnosis)) or "not recorded"
    yield "Fix", _fix(proof, names)


def _error(run: RunDigest, diagnosis: Diagnosis | None) -> str:
    critical = diagnosis.critical if diagnosis else None
    return (critical.error if critical else None) or run.error


def _failed(run: RunDigest, diagnosis: Diagnosis | None) -> Iterator[str]:
    if diagnosis is None:
        yield from map(said, run.failed)
        return
    for failed in diagnosis.failed_postconditions:
        why = f": {said(failed.condition.message)}" if failed.condition.message else ""
        yield f"{said(failed.step.label)} · {said(failed.condition.name)}{why}"


def _decisions(diagnosis: Diagnosis | None) -> Iterator[str]:
    """Yield the critical step's own decision, else all that is known of the run's."""
    if diagnosis is None:
        return
    linked = diagnosis.critical.decision_id if diagnosis.critical else None
    own = [decision for decision in diagnosis.decisions if decision.decision_id == linked]
    for decision in own or diagnosis.decisions:
        yield _decision(decision, diagnosis.rule_titles) + (" · of the critical step" if own else "")


def _decision(decision: Decision, titles: Mapping[str, str]) -> str:
    selected = said(decision.selected_tool or "") or "(no tool)"
    candidates = plural(len(decision.candidates), "candidate")
    return (
        f"{selected} selected from {candidates} · {rule_words(decision, dict(titles))} · {said(decision.decision_id)}"
    )


def _fix(proof: FixProof | None, names: Names) -> str:
    if proof is None:
        return "itself a rerun of another failing run"
    if proof.newest is None:
        return "not proved: no comparison with a rerun"
    newest = proof.newest
    because = f": {' '.join(map(said, newest.reasons))}" if newest.reasons else ""
    compared = f"compared by {names.who(newest.by)}, {when(newest.at)}" if newest.by else f"seen {when(newest.at)}"
    return f"{proof.standing} {'by' if newest.fixed else 'in'} {said(newest.rerun)}{because} ({compared}; {proof.progress})"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
