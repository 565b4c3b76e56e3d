"""An incident as it stands: the typed reading of the flat fields that the store keeps (`projection.py` writes them)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.checklist import ItemSpec, ItemState
from bot.domain.incident.kept import (
    Closure,
    ComparisonDigest,
    GateHeld,
    Head,
    ItemFacts,
    Recurrence,
    ReminderFacts,
    RunDigest,
    UriDigest,
)
from bot.domain.incident.root_cause import RootCause

OPEN, CLOSED = "open", "closed"
IN_PROGRESS = "in_progress"  # the verdict of a run that has not ended
BOT = "bot"  # the actor of what the bot found out by itself
# The messages that the bot keeps. `root` is what the thread hangs on, which may be somebody else's; `live_root` is the bot's own.
ROOT, LIVE_ROOT, CHECKLIST, SUMMARY, ROOT_CAUSE = "root", "live_root", "checklist", "summary", "root_cause"
RERUNS = "reruns"
CLOSING_LINE = "closing_line"  # of the last close, in the channel
SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item as it stands."""

    spec: ItemSpec
    state: ItemState
    facts: ItemFacts
    looked_up: str = ""  # stamp and words of what a forge said last

    @property
    def done(self) -> bool:
        """Tell whether the item no longer blocks the close."""
        return self.state is not ItemState.OPEN

    @property
    def stamp(self) -> str:
        """Return what changes whenever the item changes: reminders are for one of these."""
        return f"{self.state}@{self.facts.at.isoformat() if self.facts.at else ''}"

    @property
    def forge_says(self) -> str:
        """Return what a forge said of the change that the item is asserted with now; "" where it was not asked."""
        stamp, _, said = self.looked_up.partition(" ")
        return said if stamp == self.stamp else ""


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
    uncompared: Mapping[str, int] = field(default_factory=dict)  # failing run → later reruns that were not compared
    lead: str = ""  # the user id of who is on it
    moved_to: str = ""  # the channel's id, where Slack has given it another one since; `head` says it as it was

    @property
    def is_open(self) -> bool:
        return self.status == OPEN

    @property
    def channel(self) -> str:
        return self.moved_to or self.head.channel

    @property
    def root_ts(self) -> str | None:
        """Return the message whose thread the incident lives in; None until it was posted."""
        return self.messages.get(ROOT)

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope whose records it is about."""
        return Tenancy(self.head.tenant, self.head.scope)

    @property
    def record_uris(self) -> list[str]:
        """Return the URIs of the records that were resolved into it, and of its runs' decisions and commits."""
        of_runs = [uri for run in self.runs for uri in (*run.decisions, *run.commits)]
        return [*(one.uri for one in self.uris), *of_runs]

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
        return next((item for item in self.items if item.spec.id == id_), None)


def read_incident(fields: Mapping[str, str]) -> Incident:
    """Return the incident that flat fields describe (see `projection.py`); `fields` must have `id` and `head`."""
    head: Head = Head.read(fields["head"])
    return Incident(
        id=fields["id"],
        version=int(fields.get("version", "0")),
        status=fields["status"],
        head=head,
        items=tuple(_item(spec, fields) for spec in head.checklist.items),
        severity=fields.get("severity", ""),
        runs=tuple(_in_order(fields, "run:", _run)),
        uris=tuple(_in_order(fields, "uri:", UriDigest.read)),
        comparisons=tuple(_in_order(fields, "comparison:", ComparisonDigest.read)),
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
        uncompared={run: int(count) for run, count in _below(fields, "uncompared:").items()},
        fix_reruns=int(fields.get("fix_reruns", head.fix_reruns)),
        lead=fields.get("lead", ""),
        moved_to=fields.get("channel", ""),
    )


def _item(spec: ItemSpec, fields: Mapping[str, str]) -> Item:
    state = ItemState(fields.get(f"item:{spec.id}", ItemState.OPEN))
    facts = ItemFacts.read(fields.get(f"item_facts:{spec.id}", "{}"))
    return Item(spec, state, facts, fields.get(f"looked_up:{spec.id}", ""))


@lru_cache(maxsize=2_048)
def _run(text: str) -> RunDigest:
    """Return a run's digest: hundreds of them may be in an incident, and stay as they are while it is read for each click."""
    run: RunDigest = RunDigest.read(text)
    return run


def _below(fields: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in fields.items() if name.startswith(prefix)}


def _in_order(fields: Mapping[str, str], prefix: str, read: Callable[[str], Any]) -> list[Any]:
    # The fields are a hash of Redis', which keeps no order; by name where two are of one time, so that all show the same.
    digests = [(name, read(text)) for name, text in _below(fields, prefix).items()]
    return [one for _, one in sorted(digests, key=lambda pair: (pair[1].at is None, pair[1].at, pair[0]))]
