"""From records of `find` to diagnoses: many runs at once, without asking for each (Aionis contract, sections 4.2, 7 and 16).

Ids are read from `client_id`, which Aionis does not mask; what is said about a run comes from its slots.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Node, ReplayedRun, RunHead, StepRecord, TimelineEntry
from bot.domain.run.steps import outline

_PREFIXES = {
    "run": "replay:run:",
    "run_end": "replay:run_end:",
    "step": "replay:step:",
    "step_result": "replay:step_result:",
}
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class RunRecords:
    """The records of one run, each list oldest first."""

    run_id: str
    run: list[Node] = field(default_factory=list)
    run_end: list[Node] = field(default_factory=list)
    step: list[Node] = field(default_factory=list)
    step_result: list[Node] = field(default_factory=list)

    @property
    def began(self) -> datetime | None:
        """Return when its oldest record was written."""
        return min((node.created_at for node in self.all() if node.created_at), default=None)

    @property
    def latest(self) -> datetime | None:
        """Return when its newest record was written."""
        return max((node.created_at for node in self.all() if node.created_at), default=None)

    def all(self) -> Iterator[Node]:
        """Yield every record, kind by kind."""
        yield from (*self.run, *self.run_end, *self.step, *self.step_result)


def run_id_of(node: Node) -> str | None:
    """Return the id of the run that a replay record belongs to, as it is written unmasked; None where it is no such record."""
    kind = node.slots.get("replay_kind")
    prefix = _PREFIXES.get(kind) if isinstance(kind, str) else None
    if prefix and node.client_id and node.client_id.startswith(prefix):
        return node.client_id.removeprefix(prefix).split(":", 1)[0].lower() or None
    # An edition may leave `client_id` out; the id in the slots is the second best, as it may be masked.
    told = node.slots.get("run_id") if prefix else None
    return told.lower() if isinstance(told, str) and told else None


def by_run(nodes: Iterable[Node]) -> dict[str, RunRecords]:
    """Return run id → its records. A record that was read twice counts once."""
    found: dict[str, RunRecords] = {}
    newest_first = list({node.id: node for node in nodes}.values())
    newest_first.reverse()  # of the same moment, what `find` names first was written last
    for node in sorted(newest_first, key=_written):
        run_id = run_id_of(node)
        if run_id:
            records = found.setdefault(run_id, RunRecords(run_id))
            getattr(records, str(node.slots["replay_kind"])).append(node)
    return found


def diagnosed(records: RunRecords, *, tenancy: Tenancy, now: datetime, stalled_after: timedelta) -> Diagnosis:
    """Return the diagnosis of a run from its records alone. Decisions are not among them."""
    # As `find` answers, newest first: `Evidence` takes the first of a kind for the newest.
    nodes = [*reversed(records.step_result), *records.step, *records.run_end[-1:], *records.run[-1:]]
    run = _replayed(records)
    evidence = Evidence(nodes=nodes, nodes_asked=True)
    return diagnose(
        run, outline(run, evidence.step_ids), evidence, tenancy=tenancy, now=now, stalled_after=stalled_after
    )


def _replayed(records: RunRecords) -> ReplayedRun:
    results = {_step_id(node): node for node in records.step_result}  # the newest of each step
    end = records.run_end[-1] if records.run_end else None
    return ReplayedRun(
        run=RunHead(
            run_id=records.run_id,
            status=_text(end, "status") if end else "in_progress",
            goal=_text(records.run[-1], "goal") if records.run else None,
            run_uri=records.run[-1].uri if records.run else None,
            started_at=records.run[-1].created_at if records.run else None,
            ended_at=end.created_at if end else None,
        ),
        steps=[_step(node, results.get(_step_id(node))) for node in records.step],
        timeline=[_entry(node) for node in [*records.run, *records.step, *records.step_result, *records.run_end]],
    )


def _step(before: Node, after: Node | None) -> StepRecord:
    index = before.slots.get("step_index")
    checks = after.slots.get("postconditions") if after else None
    return StepRecord(
        step_id=_step_id(before),
        step_index=index if isinstance(index, int) and not isinstance(index, bool) else None,
        tool_name=_text(before, "tool_name"),
        status=_text(after, "status") if after else "pending",
        postconditions=checks if isinstance(checks, list) else [],
        step_uri=before.uri,
        created_at=before.created_at,
        result_uri=after.uri if after else None,
    )


def _entry(node: Node) -> TimelineEntry:
    return TimelineEntry(
        uri=node.uri,
        replay_kind=_text(node, "replay_kind"),
        title=node.title,
        text_summary=node.text_summary,
        created_at=node.created_at,
    )


def _step_id(node: Node) -> str:
    parts = (node.client_id or "").split(":")
    return parts[3] if len(parts) > 3 else str(node.slots.get("step_id"))


def _text(node: Node, key: str) -> str | None:
    value = node.slots.get(key)
    return value if isinstance(value, str) else None


def _written(node: Node) -> datetime:
    return node.created_at or _EARLIEST
