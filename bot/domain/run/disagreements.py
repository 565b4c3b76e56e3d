"""Where a run's records say different things: two ends, two results of one step, a decision for another tool."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.domain.run.evidence import Evidence
from bot.domain.run.phrases import DIVERGENT, plural, short_name
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import Outline, Step, StepStatus
from bot.domain.run.two_stores import Told, first_given, own_text, told

_LISTED = 3  # steps named in one kind of disagreement; the rest are counted


def end_told(run: ReplayedRun, evidence: Evidence) -> Told:
    """Return what the agent itself said at the end, and what the stored end record says where that is older."""
    entries = [entry for entry in run.timeline if entry.replay_kind == "run_end" and entry.text_summary]
    newest = entries[-1].text_summary if entries else None
    if evidence.run_end is None:
        return Told(own_text(newest))
    return told(newest, first_given(evidence.run_end.slots.get("summary")))


def disagreements(run: ReplayedRun, outline: Outline, evidence: Evidence) -> list[str]:
    """Return what the run's records do not agree on, one sentence each; texts from outside in them are masked and bounded."""
    found = []
    end = evidence.run_end
    stored = end.slots.get("status") if end else None
    # Lite keeps a run twice: of one that was ended twice `runs/get` has the last end, the record the first.
    if isinstance(stored, str) and run.run.status is not None and stored != run.run.status:
        found.append(f"The run reads {run.run.status}, but its stored end record says {stored}.")
    if run.run.status == StepStatus.SUCCESS and outline.critical is not None:
        found.append(f"The run says success although {outline.critical.label} {_how(outline.critical)}.")
    return [
        *found,
        *_end_differs(run, evidence),
        *_results_differ(run, outline, evidence),
        *_decided_otherwise(outline, evidence),
    ]


def _end_differs(run: ReplayedRun, evidence: Evidence) -> Iterator[str]:
    end = end_told(run, evidence)
    if end.differs:
        yield f"The run's end {_said(end)}."


def _results_differ(run: ReplayedRun, outline: Outline, evidence: Evidence) -> Iterator[str]:
    """Name the results of which the slots have an older telling than the timeline."""
    timeline: dict[str | None, str | None] = {entry.uri: entry.text_summary for entry in run.timeline if entry.uri}
    slots: dict[str | None, dict[str, Any]] = {node.uri: node.slots for node in evidence.nodes if node.uri}
    differing = []
    for step in outline.steps:
        stored = slots.get(step.record.result_uri)
        if stored is not None:
            result = told(
                timeline.get(step.record.result_uri), first_given(stored.get("error"), stored.get("repair_note"))
            )
            if result.differs:
                differing.append(f"The result of {step.label} {_said(result)}.")
    return _first(
        differing, lambda more: f"{plural(more, 'more result')} {'differs' if more == 1 else 'differ'} likewise"
    )


def _said(result: Told) -> str:
    newest = (
        f"says “{short_name(result.text, 120)}” in its newest version"
        if result.text
        else "says nothing in its newest version"
    )
    older = f"“{short_name(result.older, 120)}”" if result.older else "nothing"
    return f"{newest}; its stored record, which is older, says {older}"


def _decided_otherwise(outline: Outline, evidence: Evidence) -> Iterator[str]:
    """Name the steps that called another tool than the decision they name selected, the critical one first."""
    slots: dict[str | None, dict[str, Any]] = {node.uri: node.slots for node in evidence.nodes if node.uri}
    found = []
    for step in sorted(outline.steps, key=lambda step: step is not outline.critical):
        decision = evidence.decision(slots.get(step.record.step_uri, {}).get("decision_id"))
        # A step without a tool's name has a result only: what it called is not known.
        selected = decision.selected_tool if decision else None
        if selected and step.record.tool_name not in {None, selected}:
            called = short_name(step.record.tool_name or "")
            found.append(f"The decision of {step.label} selected {short_name(selected)}, but the step called {called}.")
    return _first(found, lambda more: f"{plural(more, 'more step')} did likewise")


def _first(sentences: list[str], likewise: Callable[[int], str]) -> Iterator[str]:
    yield from sentences[:_LISTED]
    if len(sentences) > _LISTED:
        yield f"{likewise(len(sentences) - _LISTED)}."


def _how(step: Step) -> str:
    if step.divergent:
        return DIVERGENT
    return "failed" if step.status == StepStatus.FAILED else f"is {step.status}"
