"""Which records an answer of Aionis names by URI, so that one of another tenancy can be refused."""

from collections.abc import Iterator

from pydantic import BaseModel

from bot.domain.run.records import FoundNodes, Node, ReplayedRun
from bot.domain.run.resolved_records import Commit, Decision, DecisionAnswer, Edge, Resolved, ToolsRun


def record_uris(answer: BaseModel) -> Iterator[str]:
    """Yield the URIs in an answer that lead to records, its own record's first; none for an answer of another kind."""
    return (uri for uri in _named(answer) if uri)


def _named(answer: BaseModel) -> Iterator[str | None]:
    if isinstance(answer, ReplayedRun):
        yield from _of_run(answer)
    elif isinstance(answer, FoundNodes):
        for node in answer.nodes:
            yield from _of_record(node)
    elif isinstance(answer, ToolsRun):
        for decision in answer.decisions:
            yield from _of_record(decision)
    elif isinstance(answer, DecisionAnswer):
        yield from _of_record(answer.decision)
    elif isinstance(answer, Resolved):
        yield answer.uri
        for record in (answer.node, answer.edge, answer.commit, answer.decision):
            yield from _of_record(record) if record else ()


def _of_run(run: ReplayedRun) -> Iterator[str | None]:
    yield run.run.run_uri
    for step in run.steps:
        yield step.step_uri
        yield step.result_uri
    for entry in run.timeline:
        yield entry.uri
        yield entry.commit_uri


def _of_record(record: Node | Edge | Commit | Decision) -> Iterator[str | None]:
    if isinstance(record, Decision):
        yield record.decision_uri
    else:
        yield record.uri
    if isinstance(record, Edge):  # what it joins may be shown, and is walked from here
        yield record.src_uri
        yield record.dst_uri
    yield record.parent_uri if isinstance(record, Commit) else record.commit_uri
