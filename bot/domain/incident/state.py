"""An incident as it stands: the typed reading of the flat fields that the store keeps (`projection.py` writes them)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.checklist import Checklist, ItemSpec, ItemState
from bot.domain.incident.root_cause import RootCause

OPEN, CLOSED = "open", "closed"
IN_PROGRESS = "in_progress"  # the verdict of a run that has not ended
BOT = "bot"  # the actor of what the bot found out by itself
# The messages that the bot keeps. `root` is what the thread hangs on, which may be somebody else's; `live_root` is the bot's own.
ROOT, LIVE_ROOT, CHECKLIST, SUMMARY, ROOT_CAUSE = "root", "live_root", "checklist", "summary", "root_cause"
RERUNS = "reruns"
SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


class Kept(BaseModel):
    """Base of what is kept as JSON inside a field; a newer version's keys are ignored. Validators are built for the first."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    @classmethod
    def read(cls, text: str) -> Any:
        """Return the value in a field."""
        return cls.model_validate_json(text)


class Head(Kept):
    """What an incident is opened with; nothing but its channel's id ever changes."""

    team: str
    channel: str
    tenant: str
    scope: str
    checklist: Checklist
    by: str
    at: datetime
    fix_reruns: int = 1  # how many reruns in a row prove a fix


class ItemFacts(Kept):
    """Who turned an item last, when, and with which proof. `owner` is a Slack user id; `reason` goes with an undo.

    `merged` is when the change that proves the item was merged, where a forge says so.
    """

    by: str = ""
    at: datetime | None = None
    proof: str = ""
    owner: str = ""
    reason: str = ""
    merged: datetime | None = None


class RunDigest(Kept):
    """A replayed run in the incident, masked and bounded. `failing` tells whether something went wrong in it."""

    run_id: str
    verdict: str
    failing: bool
    goal: str = ""
    agent: str = ""
    case: str = ""
    title: str = ""  # such as `FAILED at step 2 · payments.create_refund`
    critical: str = ""  # such as `step 2 · payments.create_refund`
    step: str = ""  # the critical step's URI
    error: str = ""
    failed: tuple[str, ...] = ()  # names of the first failed postconditions of the critical step
    failed_count: int = 0  # of all; 0 in what was kept before they were counted
    started_at: datetime | None = None
    ended_at: datetime | None = None
    flaw: str = ""  # the critical step's status in a word: failed, divergent, …
    decided: str = ""  # the tool that the critical step's decision selected, where the step called another
    decisions: tuple[str, ...] = ()  # the first of their URIs, the critical step's own before all
    commits: tuple[str, ...] = ()  # the first of their URIs
    decision_count: int = 0  # of all; 0 in what was kept before they were counted
    commit_count: int = 0
    stalled_after: float = 900  # seconds of silence after which it counted as stalled
    fingerprint: str = ""  # of its failure (docs/recurrence.md); "" where it did not fail, or that was not kept
    by: str = ""
    at: datetime | None = None


class ComparisonDigest(Kept):
    """What a comparison of a failing run with its rerun said. `verdict` is a word of bot/domain/comparison/fix_verdict.py."""

    failing: str
    rerun: str
    verdict: str
    fixed: bool
    reasons: tuple[str, ...] = ()
    began: datetime | None = None  # when the rerun started; None in what was kept before that was
    by: str = ""
    at: datetime | None = None


class Recurrence(Kept):
    """That the incident's failure was seen again: in which run last, and in how many within 30 days.

    `seen` is when that run ended; `after` is the incident that was closed as fixed before, "" where none was.
    """

    run_id: str
    runs: int
    at: datetime
    seen: datetime | None = None
    fingerprint: str = ""
    after: str = ""


class GateHeld(Kept):
    """That reruns were held against the incident's gate. `outcome` is a word of bot/domain/recurrence/gate.py.

    `runs` are the reruns, `fingerprints` the failures of the gate, `sha256` is the hash of its `gate.json`.
    """

    outcome: str
    runs: tuple[str, ...]
    fingerprints: tuple[str, ...] = ()
    sha256: str
    by: str = ""
    at: datetime | None = None


class UriDigest(Kept):
    """A resolved record in the incident."""

    uri: str
    title: str = ""
    by: str = ""
    at: datetime | None = None


class Closure(Kept):
    """How the incident was closed. `blockers` are the titles of the items that were open when `overridden`."""

    by: str
    at: datetime
    overridden: bool = False
    reason: str = ""
    blockers: tuple[str, ...] = ()


class ReminderFacts(Kept):
    """What was done about reminding of an item: `state` is the item's state and time that the reminder was for."""

    state: str = ""
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item as it stands."""

    spec: ItemSpec
    state: ItemState
    facts: ItemFacts

    @property
    def done(self) -> bool:
        """Tell whether the item no longer blocks the close."""
        return self.state is not ItemState.OPEN

    @property
    def stamp(self) -> str:
        """Return what changes whenever the item changes: reminders are for one of these."""
        return f"{self.state}@{self.facts.at.isoformat() if self.facts.at else ''}"


@dataclass(frozen=True, slots=True)
class Incident:
    """Everything known of an incident. `version` counts its log entries; lists are in the order things happened."""

    id: str
    version: int
    status: str
    head: Head
    items: tuple[Item, ...]
    severity: str
    runs: tuple[RunDigest, ...]
    uris: tuple[UriDigest, ...]
    comparisons: tuple[ComparisonDigest, ...]
    root_cause: RootCause | None
    root_cause_edition: int
    root_cause_by: ItemFacts
    unresolved: tuple[str, ...]
    people: Mapping[str, datetime]
    messages: Mapping[str, str]
    reminders: Mapping[str, ReminderFacts]
    reminders_stopped: frozenset[str]
    closure: Closure | None
    reopened_at: datetime | None = None
    recurred: Recurrence | None = None
    gate: GateHeld | None = None  # the last one that was held
    fix_reruns: int = 1
    lead: str = ""  # the user id of who is on it

    @property
    def is_open(self) -> bool:
        """Tell whether the incident is open."""
        return self.status == OPEN

    @property
    def channel(self) -> str:
        """Return the channel it lives in."""
        return self.head.channel

    @property
    def root_ts(self) -> str | None:
        """Return the message whose thread the incident lives in; None until it was posted."""
        return self.messages.get(ROOT)

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope whose records it is about."""
        return Tenancy(self.head.tenant, self.head.scope)

    @property
    def blockers(self) -> list[Item]:
        """Return the items that keep it from being closed."""
        return [item for item in self.items if not item.done]

    @property
    def done(self) -> int:
        """Return how many items are done."""
        return len(self.items) - len(self.blockers)

    @property
    def typed(self) -> list[str]:
        """Return what people typed into it."""
        cause = self.root_cause
        table = [cause.expected, cause.selected, cause.rules, cause.explanation, cause.remediation] if cause else []
        items = [text for item in self.items for text in (item.facts.proof, item.facts.reason)]
        return [text for text in (*table, *items, self.closure.reason if self.closure else "") if text]

    @property
    def root_cause_proven(self) -> bool:
        """Tell whether the evidence table is complete and every id in it is known to Aionis."""
        return self.root_cause is not None and not self.root_cause.missing() and not self.unresolved

    @property
    def ended_failing_runs(self) -> list[RunDigest]:
        """Return the failing runs whose records are whole: one that still goes on may yet say something else."""
        return [run for run in self.failing_runs if run.verdict != IN_PROGRESS]

    @property
    def failing_runs(self) -> list[RunDigest]:
        """Return the runs in which something went wrong."""
        return [run for run in self.runs if run.failing]

    @property
    def came_back(self) -> str:
        """Return the incident whose failure came back after it was closed: this one, or the one before it; "" for none."""
        again = self.recurred
        if again is None:
            return ""
        return self.id if self.reopened_at and again.at >= self.reopened_at else again.after

    def item(self, id_: str) -> Item | None:
        """Return an item by its id."""
        return next((item for item in self.items if item.spec.id == id_), None)


def read_incident(fields: Mapping[str, str]) -> Incident:
    """Return the incident that flat fields describe (see `projection.py`); `fields` must have `id` and `head`."""
    head: Head = Head.read(fields["head"])
    if "channel" in fields:  # Slack has given it another id since
        head = head.model_copy(update={"channel": fields["channel"]})
    return Incident(
        id=fields["id"],
        version=int(fields.get("version", "0")),
        status=fields["status"],
        head=head,
        items=tuple(_item(spec, fields) for spec in head.checklist.items),
        severity=fields.get("severity", ""),
        runs=tuple(_in_order(RunDigest.read(text) for text in _below(fields, "run:").values())),
        uris=tuple(_in_order(UriDigest.read(text) for text in _below(fields, "uri:").values())),
        comparisons=tuple(_in_order(ComparisonDigest.read(text) for text in _below(fields, "comparison:").values())),
        root_cause=RootCause.model_validate_json(fields["root_cause"]) if "root_cause" in fields else None,
        root_cause_edition=int(fields.get("root_cause:edition", "0")),
        root_cause_by=ItemFacts.read(fields.get("root_cause:by", "{}")),
        unresolved=tuple(fields.get("root_cause:unresolved", "").split()),
        people={user: datetime.fromisoformat(at) for user, at in _below(fields, "person:").items()},
        messages=_below(fields, "message:"),
        reminders={item: ReminderFacts.read(text) for item, text in _below(fields, "nudge:").items()},
        reminders_stopped=frozenset(_below(fields, "nudges_stopped:")),
        closure=Closure.read(fields["closed"]) if "closed" in fields else None,
        reopened_at=datetime.fromisoformat(fields["reopened"]) if "reopened" in fields else None,
        recurred=Recurrence.read(fields["recurred"]) if "recurred" in fields else None,
        gate=GateHeld.read(fields["gate"]) if "gate" in fields else None,
        fix_reruns=int(fields.get("fix_reruns", head.fix_reruns)),
        lead=fields.get("lead", ""),
    )


def _item(spec: ItemSpec, fields: Mapping[str, str]) -> Item:
    state = ItemState(fields.get(f"item:{spec.id}", ItemState.OPEN))
    return Item(spec, state, ItemFacts.read(fields.get(f"item_facts:{spec.id}", "{}")))


def _below(fields: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in fields.items() if name.startswith(prefix)}


def _in_order(digests: Iterable[Any]) -> list[Any]:
    # The fields are a hash of Redis', which keeps no order.
    return sorted(digests, key=lambda digest: (digest.at is None, digest.at))
