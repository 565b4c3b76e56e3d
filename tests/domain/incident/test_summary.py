"""What a summary says of an incident: every line from the incident, its log or its thread, and no more than they tell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, Check, Checklist, ItemSpec, ProofKind
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.kept import RunDigest, UriDigest
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.root_cause import Cause, RootCause
from bot.domain.incident.state import SUMMARY, read_incident
from bot.domain.incident.summary import Blocker, Summary, ThreadSummary, summarise, summarise_thread
from bot.domain.incident.thread import ThreadFacts, read_thread

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=2, minutes=5)
HERE = Tenancy("default", "support")
MAYA, JONAS, BOT = "U0AMAYA001", "U0AJONAS01", "U0ABOT0001"
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
RERUN = RUN.replace("3", "4")
DECISION = f"aionis://default/support/decision/{RUN}"
COMMIT = f"aionis://default/support/commit/{RUN}"
LINK = "https://git.example.com/agents/pull/17"
FAILED = RunDigest(run_id=RUN, verdict="failed", failing=True, decisions=(DECISION,), commits=(COMMIT,))
PASSED = RunDigest(run_id=RERUN, verdict="success", failing=False, decisions=(DECISION,))
CAUSE = RootCause(
    expected="refunds.partial",
    selected="refunds.full",
    rules="rule 7",
    cause=Cause.STALE_MEMORY,
    explanation="The agent read last month's price. The cache has no expiry.",
    remediation=LINK,
    owner=JONAS,
    run=RUN,
    decision=DECISION,
)
BY: dict[str, Any] = {"at": AT, "key": "k"}


def entries_of(changes: Sequence[Change], checklist: Checklist = DEFAULT_CHECKLIST) -> list[Entry]:
    opening = log_changes.opened(team="T1", channel="C1", tenancy=HERE, checklist=checklist, by=MAYA, at=AT, key="open")
    return [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opening, *changes), start=1)
    ]


def summary_of(
    *changes: Change, thread: ThreadFacts | None = None, now: datetime = NOW, checklist: Checklist = DEFAULT_CHECKLIST
) -> Summary:
    entries = entries_of(changes, checklist)
    return summarise(read_incident(rebuilt("INC-7Q2K", entries)), entries, thread, now=now)


def added(run: RunDigest, by: str = MAYA) -> Change:
    return log_changes.run_added(run, by=by, **BY)


def done(item: str, by: str = MAYA) -> Change:
    return log_changes.item_asserted(item, proof=LINK, owner="", by=by, **BY)


def caused(cause: RootCause, *, edition: int = 0, by: str = MAYA) -> Change:
    return log_changes.root_cause_set(cause, edition=edition, by=by, **BY)


def closed(*, overridden: bool = False, at: datetime = NOW) -> Change:
    return log_changes.closed(items=(), overridden=overridden, reason="", blockers=(), by=JONAS, at=at, key="c")


def checked(item: str) -> Change:
    return log_changes.item_verified(item, proof="p", **BY)


ALL_DONE = [*(done(item) for item in ("corrective_change", "fix_verified", "monitor"))]
ALL_DONE += [checked("root_cause"), checked("replay_evidence")]


def thread(*texts: str, user: str = MAYA, **more: Any) -> ThreadFacts:
    said = [{"user": user, "text": text, "ts": f"1764000000.{place:06}", **more} for place, text in enumerate(texts)]
    return read_thread(said, bot_user=BOT)


def acts_of(summary: Summary | ThreadSummary, user: str) -> tuple[str, ...]:
    return next((person.acts for person in summary.people if person.user == user), ())


def test_an_incident_ages_until_it_is_closed() -> None:
    assert (summary_of().status, summary_of().age) == ("open", 7_500)
    later = summary_of(closed(at=AT + timedelta(minutes=9)), now=NOW + timedelta(days=3))
    assert (later.status, later.age, later.next) == ("closed", 540, ())
    assert summary_of(closed(overridden=True)).status == "closed anyway"
    reopened = summary_of(closed(at=AT), log_changes.reopened("it happened again", by=MAYA, at=AT, key="r"))
    assert (reopened.status, reopened.closure, reopened.age) == ("open", None, 7_500)


def test_a_clock_that_runs_backwards_ages_nothing() -> None:
    assert summary_of(now=AT - timedelta(hours=1)).age == 0


def test_the_root_cause_is_its_first_sentence_and_says_how_much_follows() -> None:
    cause = summary_of(caused(CAUSE)).cause
    assert (cause.cause, cause.explanation) == ("stale memory", "The agent read last month's price.")
    assert cause.unsaid == len(" The cache has no expiry.")
    assert (cause.remediation, cause.owner, cause.missing, cause.unknown) == (LINK, JONAS, (), 0)


def test_a_root_cause_says_what_is_missing_and_what_is_not_known() -> None:
    assert not summary_of().cause.filled
    half = summary_of(caused(RootCause(explanation="Stale prices"))).cause
    assert half.filled
    assert half.explanation == "Stale prices"
    assert "the cause" in half.missing
    checked_again = log_changes.root_cause_checked([DECISION], edition=1, **BY)
    assert summary_of(caused(CAUSE), checked_again).cause.unknown == 1


@pytest.mark.parametrize(
    ("verdict", "failing", "words"),
    [
        ("failed", True, "failed"),
        ("success", False, "succeeded"),
        ("success", True, "succeeded (with a step that went wrong)"),
        ("in_progress", False, "in progress"),
        ("stalled", True, "stalled"),
        ("unknown", False, "with an unknown status"),
    ],
)
def test_verdicts_are_words(verdict: str, failing: bool, words: str) -> None:
    run = summary_of(added(RunDigest(run_id=RUN, verdict=verdict, failing=failing))).runs[0]
    assert (run.digest.run_id, run.verdict) == (RUN, words)


def test_decisions_and_commits_are_those_of_runs_root_cause_and_resolved_records_once_each() -> None:
    other = f"aionis://default/support/decision/{RERUN}"
    rule = UriDigest(uri=f"aionis://default/support/rule/{RUN}")
    resolved = [log_changes.uri_added(uri, by=MAYA, **BY) for uri in (UriDigest(uri=other), rule)]
    summary = summary_of(added(FAILED), added(PASSED), caused(CAUSE), *resolved)
    assert (summary.decisions, summary.commits) == ((DECISION, other), (COMMIT,))


def test_the_checklist_names_what_blocks_with_owner_and_reason() -> None:
    assigned = log_changes.item_assigned("monitor", owner=JONAS, by=MAYA, **BY)
    lapsed = [checked("replay_evidence"), log_changes.item_lapsed("replay_evidence", reason="moved away", **BY)]
    summary = summary_of(done("corrective_change"), assigned, *lapsed)
    assert (summary.done, summary.total) == (1, 5)
    assert summary.blockers == (
        Blocker("Root cause linked to concrete IDs"),
        Blocker("Fix verified by a rerun"),
        Blocker("Replay evidence attached", reason="moved away"),
        Blocker("Follow-up monitor or gate added", owner=JONAS),
    )


def test_people_are_told_by_what_they_did() -> None:
    undone = log_changes.item_undone("monitor", reason="wrong link", owner="", by=JONAS, **BY)
    summary = summary_of(
        log_changes.severity_set("SEV2", by=MAYA, **BY),
        *(added(FAILED), added(FAILED), added(PASSED)),
        checked("replay_evidence"),
        *(done("monitor"), done("corrective_change"), undone),
        caused(CAUSE, by=JONAS),
        closed(),
        thread=thread("on it", "done", user=JONAS),
    )
    assert acts_of(summary, MAYA) == (
        "opened it",
        "set the severity to SEV2",
        "replayed 2 runs",
        "marked ‘Follow-up monitor or gate added’, ‘Corrective change merged’ done",
    )
    assert acts_of(summary, JONAS) == (
        "filled in the root cause",
        "undid ‘Follow-up monitor or gate added’",
        "closed it",
        "wrote 2 messages",
    )
    assert [person.user for person in summary.people] == [MAYA, JONAS], "the bot is nobody"


def test_half_a_root_cause_is_not_called_filled_in() -> None:
    assert "wrote a part of the root cause" in acts_of(summary_of(caused(RootCause(expected="x"))), MAYA)


def test_everything_a_person_can_do_has_words() -> None:
    summary = summary_of(
        *(added(FAILED), log_changes.run_removed(RUN, "INC-2222", by=MAYA, **BY)),
        log_changes.uri_added(UriDigest(uri=DECISION), by=MAYA, **BY),
        log_changes.uri_removed(DECISION, "INC-2222", by=MAYA, **BY),
        *(log_changes.severity_set(severity, by=MAYA, **BY) for severity in ("SEV1", "")),
        log_changes.item_assigned("monitor", owner=JONAS, by=MAYA, **BY),
        log_changes.reminder_snoozed("monitor", NOW, by=MAYA, **BY),
        log_changes.reminders_stopped("fix_verified", by=MAYA, **BY),
        log_changes.closed(items=(), overridden=True, reason="r", blockers=("b",), by=MAYA, at=NOW, key="c"),
        log_changes.reopened("again", by=MAYA, **BY),
    )
    assert acts_of(summary, MAYA) == (
        "opened it",
        "took the severity away",
        "replayed 1 run",
        "moved 1 run to another incident",
        "resolved 1 record",
        "moved 1 record to another incident",
        "named the owner of ‘Follow-up monitor or gate added’",
        "put off reminders of ‘Follow-up monitor or gate added’",
        "stopped reminders of ‘Fix verified by a rerun’",
        "closed it anyway",
        "reopened it",
    )


def test_what_was_mentioned_and_not_replayed_is_open() -> None:
    said = thread(f"{RUN} {RERUN} {DECISION} {COMMIT} aionis://acme/x/decision/{RUN}")
    part = summary_of(thread=said).thread
    assert part is not None
    assert [one.ref for one in part.pending] == [RUN, RERUN, DECISION, COMMIT]
    assert part.elsewhere == 1
    part = summary_of(added(FAILED), thread=said).thread
    assert part is not None
    assert [one.ref for one in part.pending] == [RERUN], "the run's own decision and commit are known, too"


def test_a_run_that_was_moved_away_was_replayed_all_the_same() -> None:
    moved = log_changes.run_removed(RUN, "INC-2222", by=MAYA, **BY)
    part = summary_of(added(FAILED), moved, thread=thread(RUN)).thread
    assert part is not None
    assert part.pending == ()


def test_a_thread_that_was_not_read_is_not_called_empty() -> None:
    assert summary_of().thread is None


def test_the_summary_does_not_quote_itself() -> None:
    facts = thread("one", "two", reactions=[{"name": "pushpin", "users": [MAYA], "count": 1}])
    posted = log_changes.message_posted(SUMMARY, facts.marked[0].ts, **BY)
    part = summary_of(posted, thread=facts).thread
    assert part is not None
    assert [one.text for one in part.marked] == ["two"]
    alone = summarise_thread(facts, tenancy=HERE, own=[facts.marked[1].ts])
    assert [one.text for one in alone.thread.marked] == ["one"]


def test_any_thread_has_a_summary() -> None:
    summary = summarise_thread(thread("hm", f"{RUN} {RERUN}"), tenancy=HERE, known=[RUN])
    assert acts_of(summary, MAYA) == ("wrote 2 messages",)
    assert [one.ref for one in summary.thread.pending] == [RERUN]


def test_the_next_thing_is_a_replay_then_the_root_cause_then_the_rest_in_order() -> None:
    assert summary_of().next == (
        "Replay the failing run.",
        "Fill in the root cause.",
        "Mark ‘Corrective change merged’ done with its link, and name its owner.",
    )


def test_what_is_next_follows_what_was_done() -> None:
    assert summary_of(added(PASSED)).next[0].startswith("Replay the run that failed: nothing went wrong")
    replayed = (added(FAILED), checked("replay_evidence"))
    half = CAUSE.model_copy(update={"owner": "", "remediation": ""})
    missing = "Complete the root cause; still missing: the remediation link, the owner."
    assert summary_of(*replayed, caused(half)).next[0] == missing
    unknown = log_changes.root_cause_checked([DECISION], edition=1, **BY)
    assert (
        "1 id in it cannot be found any more, or no longer belong here"
        in summary_of(*replayed, caused(CAUSE), unknown).next[0]
    )
    assert summary_of(*replayed, caused(CAUSE)).next[0].startswith("Wait for the bot to verify")
    assert summary_of(added(FAILED)).next[0].startswith("Wait for the bot to verify")


def test_nothing_blocks_so_close() -> None:
    assert summary_of(*ALL_DONE).next == ("Close the incident: nothing blocks it.",)
    assert summary_of(*ALL_DONE, closed()).next == ()


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (ProofKind.NONE, "Mark ‘T’ done."),
        (ProofKind.LINK, "Mark ‘T’ done with its link."),
        (ProofKind.RUN, "Mark ‘T’ done with the id of the run."),
        (ProofKind.TEXT, "Mark ‘T’ done with a sentence on how."),
    ],
)
def test_each_proof_is_asked_for_in_words(proof: ProofKind, sentence: str) -> None:
    item = ItemSpec(id="t", title="T", proof=proof)
    assert summary_of(checklist=Checklist(items=(item,))).next == (sentence,)


def test_an_owner_that_is_named_is_not_asked_for() -> None:
    item = ItemSpec(id="t", title="T", proof=ProofKind.NONE, owner=True)
    checklist = Checklist(items=(item, ItemSpec(id="r", title="R", check=Check.REPLAY)))
    named = log_changes.item_assigned("t", owner=JONAS, by=MAYA, **BY)
    assert summary_of(added(FAILED), named, checklist=checklist).next[1] == "Mark ‘T’ done."
