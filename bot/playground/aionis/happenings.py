"""What can be made to happen while somebody watches: a failure comes back, a case is run again, a run crashes, a storm.

aionis.let.recur("refund")            # the same failure with other ids and numbers, ended just now
aionis.let.rerun("refund", succeed=True)
aionis.let.change_rule("refund")      # what ran well before decides otherwise from here on
aionis.let.crash()                    # started, never ended
aionis.let.storm(failures=500, kinds=5, seconds=60)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.playground.aionis.addresses import Tenancy, tenancy_of
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.store import Store
from bot.playground.aionis.validation import Request, RequiredText
from bot.playground.aionis.world import refunds, reruns
from bot.playground.aionis.world.story import Fields, Story, failed
from bot.playground.aionis.writer import Writer

Tell = Callable[[Story, Random], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A business case that can be run again: how it fails, how it goes well, and a rule that changes what it decides."""

    fail: Tell
    succeed: Tell
    when: Fields
    prefer: str


def _refuse_refund(story: Story, numbers: Random) -> None:
    charge, attempt = f"ch_{numbers.randrange(16**4):04X}", numbers.randrange(10, 1000)
    used_at = f"{numbers.randrange(24):02}:{numbers.randrange(60):02}"
    entry, request = numbers.randrange(1000, 10_000), f"req_sup_{numbers.randrange(16**4):04x}"
    refunds.refuse_refund(story, refunds.Refusal(charge, f"60218-r{attempt}", used_at, entry, request))


def _confirm_refund(story: Story, numbers: Random) -> None:
    refunds.succeed_after_fix(story, f"req_sup_{numbers.randrange(16**4):04x}")


CASES = {
    "refund": Case(_refuse_refund, _confirm_refund, {"intent": {"$eq": "refund"}}, "tickets.escalate"),
    "feed": Case(
        lambda story, numbers: reruns.refuse_feed(story, refused=numbers.randrange(4, 900)),
        lambda story, _: reruns.load_feed(story),
        {"intent": {"$eq": "load_feed"}},
        "catalogue.import_stream",
    ),
}
# Tool, what its error says (numbers and ids differ each time), and the postcondition that fails. One line, one fingerprint.
STORM_KINDS = (
    ("stock.reserve", "warehouse {a} answered 503 for order {b}: no free worker", "reserved"),
    ("mail.send", "connection to mail-{a} refused after {b} ms", "accepted"),
    ("payments.capture", "payments answered 402 for charge ch_{a}: card expired", "captured"),
    ("labels.print", "printer queue {a} is full, job {b} dropped", "printed"),
    ("search.update", "document {a} is locked by writer {b}", "indexed"),
    ("crm.merge", "customer {a} and customer {b} have two owners", "merged"),
    ("calendar.book", "slot {a} is taken since {b}", "booked"),
    ("files.convert", "page {a} of file {b} has no text layer", "converted"),
    ("tax.quote", "region {a} has no rate for class {b}", "quoted"),
    ("chat.handover", "agent {a} is away, queue {b} closed", "handed_over"),
    ("sms.verify", "number of user {a} is not a mobile, code {b} unsent", "verified"),
    ("ledger.post", "deadlock detected between entry {a} and entry {b}", "posted"),
)


class Happening(Request):
    """The body of `POST /_sample/happen`; the meaning of the fields is that of `Happenings`' methods."""

    what: Literal["recur", "rerun", "crash", "change_rule", "storm"]
    case: Literal["refund", "feed"] = "refund"
    succeed: bool = True
    failures: Annotated[int, Field(ge=1, le=5000)] = 500
    kinds: Annotated[int, Field(ge=1, le=len(STORM_KINDS))] = 5
    seconds: Annotated[float, Field(ge=0, le=86_400)] = 60
    silent_seconds: Annotated[float, Field(ge=0, le=864_000)] = 7200
    tenant_id: RequiredText = "default"
    scope: RequiredText = "support"


class Happenings:
    """Records new runs that end now, in the default tenant's scope `support` unless `tenancy` says otherwise.

    Every method returns the ids of the runs that it recorded, oldest first. Ids and numbers are those of the same calls in
    any process.
    """

    def __init__(self, writer: Writer, store: Store) -> None:
        self._writer = writer
        self._store = store

    def recur(self, case: str = "refund", **tenancy: Any) -> str:
        """Let a failure come back: the same words, other ids, numbers and times. Returns the run's id."""
        return self._tell("recurred", _case(case).fail, **tenancy)

    def rerun(self, case: str = "refund", *, succeed: bool = True, **tenancy: Any) -> str:
        """Run a case again, well or not. Returns the run's id."""
        told = _case(case).succeed if succeed else _case(case).fail
        return self._tell("rerun", told, **tenancy)

    def crash(self, *, silent_seconds: float = 7200, **tenancy: Any) -> str:
        """Let a run stop without an end, so many seconds ago. Returns the run's id."""

        def tell(story: Story, numbers: Random) -> None:
            metadata = {"agent": "mail-agent", "case": "mailbox-move", "planned_steps": 3}
            story.start("Move a mailbox to the new cluster", metadata=metadata)
            story.step("mailbox.lock")
            story.announce("mailbox.copy", tool_input={"user": numbers.randrange(10_000)})

        return self._tell("crashed", tell, timedelta(seconds=silent_seconds), **tenancy)

    def change_rule(self, case: str = "refund", **tenancy: Any) -> str:
        """Add a rule, active now, by which the case decides otherwise. Returns the rule's node id."""
        changed = _case(case)
        nth = self._nth("rule", tenancy)
        return self._writer.add_rule(
            client_id=f"rule:{case}-changed-{nth}",
            title=f"Route {case} cases by hand ({nth})",
            text_summary=f"Prefer {changed.prefer}",
            when=changed.when,
            then={"tool": {"prefer": [changed.prefer]}},
            **{"scope": "support", **tenancy},
        )

    def storm(self, failures: int = 500, *, kinds: int = 5, seconds: float = 60, **tenancy: Any) -> list[str]:
        """Let `failures` runs fail within the last `seconds`, of so many kinds in turn. Raises `Problem` 400 for more kinds."""
        if not 0 < kinds <= len(STORM_KINDS):
            raise Problem(400, "invalid_request", f"kinds must be between 1 and {len(STORM_KINDS)}")
        now, began = self._writer.moment(None), self._latest(tenancy)
        apart = min(timedelta(seconds=seconds), now - began) / failures  # nothing is written before what is there
        return [
            self._tell("storm", _stormy(nth % kinds), (failures - 1 - nth) * apart, **tenancy)
            for nth in range(failures)
        ]

    def happen(self, happening: Happening) -> list[str]:
        """Do what a request asks for; returns the ids of the runs, or of the rule."""
        place = {"tenant_id": happening.tenant_id, "scope": happening.scope}
        if happening.what == "storm":
            return self.storm(happening.failures, kinds=happening.kinds, seconds=happening.seconds, **place)
        if happening.what == "rerun":
            return [self.rerun(happening.case, succeed=happening.succeed, **place)]
        if happening.what == "crash":
            return [self.crash(silent_seconds=happening.silent_seconds, **place)]
        return [
            self.recur(happening.case, **place)
            if happening.what == "recur"
            else self.change_rule(happening.case, **place)
        ]

    def _tell(self, kind: str, tell: Tell, ago: timedelta = timedelta(), **tenancy: Any) -> str:
        """Record a run whose last record is `ago` old."""
        nth = self._nth(kind, tenancy)
        now = self._writer.moment(None) - ago
        name = "-".join((kind, str(nth), *map(str, tenancy.values())))
        rehearsal = Story(Writer(Store(), lambda: now), name, now, **tenancy)
        tell(rehearsal, Random(name))  # noqa: S311 the same numbers for the same calls
        story = Story(self._writer, name, now - (rehearsal.clock - now), **tenancy)
        tell(story, Random(name))  # noqa: S311
        return story.run_id

    def _latest(self, tenancy: Fields) -> datetime:
        nodes = self._store.peek(_place(tenancy)).nodes.values()
        return max((node.created_at for node in nodes), default=datetime.min.replace(tzinfo=UTC))

    def _nth(self, kind: str, tenancy: Fields) -> int:
        return self._store.at(_place(tenancy)).times_used(f"happening/{kind}") + 1


def _place(tenancy: Fields) -> Tenancy:
    return tenancy_of(tenancy.get("tenant_id"), tenancy.get("scope", "support"))


def _case(name: str) -> Case:
    if name not in CASES:
        raise Problem(400, "invalid_request", f"unknown case: {name}; known: {', '.join(CASES)}")
    return CASES[name]


def _stormy(kind: int) -> Tell:
    tool, error, condition = STORM_KINDS[kind]

    def tell(story: Story, numbers: Random) -> None:
        a, b = numbers.randrange(100, 10_000), numbers.randrange(100, 10_000)
        said = error.format(a=a, b=b)
        story.start(f"Work on item {a} of the queue", metadata={"agent": "queue-agent", "case": f"queue-{tool}"})
        story.step(
            tool,
            takes=0.1,
            status="failed",
            before={"tool_input": {"item": a}},
            error=said,
            postconditions=[failed(condition, said)],
        )
        story.end("failed", summary=said)

    return tell
