"""What Aionis answers of runs, as typed records: a run with its steps, and the nodes that its records are.

Tolerant on purpose: every field that any edition leaves out or nulls is optional, unknown keys are ignored, statuses and
kinds are open text. Source: Aionis contract, sections 4 to 7 and 12 (the tutorial's shape).
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.domain.run.stored_ids import ids_in

_POSTGRES_OFFSET_LENGTHS = (3,)  # "+00": Postgres text leaves the minutes out


def _lenient_timestamp(value: object) -> object:
    """Complete a Postgres timestamp's offset; anything else that is no timestamp counts as not recorded."""
    # Behind the seconds (19 characters) alone: the dashes of the date are no sign of an offset.
    if isinstance(value, str) and len(value) > 19:
        sign = max(value.rfind("+"), value.rfind("-"))
        if sign > 18 and len(value) - sign in _POSTGRES_OFFSET_LENGTHS:
            return f"{value}:00"
    return None


def _in_utc(value: datetime | None) -> datetime | None:
    """Aionis writes UTC, with or without saying so."""
    if value is None or value.tzinfo is UTC:
        return value
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, with an offset that leads out of the calendar
        return None


# The first member handles ISO text in Rust; Python parses only what that refuses.
Timestamp = Annotated[
    datetime | Annotated[datetime | None, BeforeValidator(_lenient_timestamp)],
    Field(union_mode="left_to_right"),
    AfterValidator(_in_utc),
]


_READING = ConfigDict(extra="ignore", protected_namespaces=(), defer_build=True)


class Record(BaseModel):
    """Base of all records: immutable in spirit, unknown keys ignored. Validators are built for the first, not at import.

    What a run has thousands of are dataclasses instead, which take less than half the memory.
    """

    model_config = _READING


class RunHead(Record):
    """`run` of `runs/get`. `status` is `success|failed|partial|in_progress` or a newer word."""

    run_id: str = ""
    status: str | None = None
    goal: str | None = None
    run_uri: str | None = None
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None


@dataclass(slots=True, config=_READING)
class StepRecord:
    """One `before` record of `runs/get`, with its latest result. The index is neither unique nor ordered."""

    step_id: str | None = None
    step_index: int | None = None
    tool_name: str | None = None
    status: str | None = None
    safety_level: str | None = None
    repair_applied: bool | None = None
    preconditions: list[Any] | None = None
    postconditions: list[Any] | None = None
    artifact_refs: list[Any] | None = None
    step_uri: str | None = None
    created_at: Timestamp | None = None
    result_uri: str | None = None


@dataclass(slots=True, config=_READING)
class TimelineEntry:
    """One stored record of the run, oldest first. `step_index` and `status` exist in the tutorial's shape only."""

    uri: str | None = None
    replay_kind: str | None = None
    title: str | None = None
    text_summary: str | None = None
    created_at: Timestamp | None = None
    commit_uri: str | None = None
    step_index: int | None = None
    status: str | None = None


class ReplayedRun(Record):
    """The answer of `runs/get`. `request_id` is in the body in the tutorial's shape only."""

    tenant_id: str | None = None
    scope: str | None = None
    request_id: str | None = None
    run: RunHead
    steps: list[StepRecord] = Field(default_factory=list)
    artifacts: list[Any] = Field(default_factory=list)
    timeline: list[TimelineEntry] = Field(default_factory=list)


class Node(Record):
    """A node of `resolve` and `find`; `slots` only where asked for (contract, 4.2)."""

    id: str = ""
    uri: str | None = None
    type: str | None = None
    client_id: str | None = None
    title: str | None = None
    text_summary: str | None = None
    slots: dict[str, Any] = Field(default_factory=dict)
    tier: str | None = None
    memory_lane: str | None = None
    producer_agent_id: str | None = None
    owner_agent_id: str | None = None
    owner_team_id: str | None = None
    created_at: Timestamp | None = None
    commit_id: str | None = None
    commit_uri: str | None = None

    @property
    def run_id(self) -> str | None:
        """Return the run that a replay record belongs to: from `client_id`, for in the slots it may be masked."""
        return ids_in(self.client_id)[0] or _slot_text(self.slots, "run_id")

    @property
    def step_id(self) -> str | None:
        """Return the step that a replay record belongs to, found like the run."""
        return ids_in(self.client_id)[1] or _slot_text(self.slots, "step_id")


def _slot_text(slots: dict[str, Any], key: str) -> str | None:
    value = slots.get(key)
    return value if isinstance(value, str) else None


class Page(Record):
    """`page` of `find`."""

    returned: int = 0
    has_more: bool = False


class FoundNodes(Record):
    """The answer of `find`, newest first."""

    tenant_id: str | None = None
    scope: str | None = None
    nodes: list[Node] = Field(default_factory=list)
    page: Page = Field(default_factory=Page)
