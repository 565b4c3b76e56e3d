"""Whatever an incident, its log and its thread say, their summary is postable, literal, and keeps what matters."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.layout import Message
from bot.blocks.routing import RunTarget, UriTarget, decode
from bot.blocks.summary import summary_message, thread_summary_message
from bot.blocks.summary_thread import QUOTED
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, MAX_ITEMS, Checklist, ItemSpec
from bot.domain.incident.incident_log import Change, Entry
from bot.domain.incident.kept import RunDigest, UriDigest
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.root_cause import Cause, RootCause
from bot.domain.incident.state import read_incident
from bot.domain.incident.summary import Summary, summarise, summarise_thread
from bot.domain.incident.thread import ThreadFacts, read_thread
from tests.blocks.test_checklist import (
    AT,
    CHECKLISTS,
    JONAS,
    LATER,
    MANY,
    MAYA,
    ROOT_CAUSES,
    RUNS,
    assert_postable,
    asserted,
    closed,
    item_changes,
)
from tests.strategies import TEXT

HERE = Tenancy("default", "support")
BOT = "U0ABOT0001"
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
DECISION = f"aionis://default/support/decision/{RUN}"
PULL = "https://git.example.com/agents/pull/17"
PERMALINK = "https://local.slack.test/archives/C0AINCDNT1/p1764000000000000?thread_ts=1764000000.000000&cid=C0AINCDNT1"
PIN = [{"name": "pushpin", "users": [JONAS], "count": 1}]
FAILED = RunDigest(run_id=RUN, verdict="failed", failing=True, critical="step 2 · payments.create_refund")


def summary_of(
    *changes: Change, thread: ThreadFacts | None = None, checklist: Checklist = DEFAULT_CHECKLIST
) -> Summary:
    opening = log_changes.opened(team="T1", channel="C1", tenancy=HERE, checklist=checklist, by=MAYA, at=AT, key="open")
    entries = [
        Entry(version, change.kind, change.actor, change.at, change.key, change.payload)
        for version, change in enumerate((opening, *changes), start=1)
    ]
    return summarise(read_incident(rebuilt("INC-7Q2K", entries)), entries, thread, now=LATER)


def thread(*texts: str, user: str = MAYA, **more: Any) -> ThreadFacts:
    said = [{"user": user, "text": text, "ts": f"1764000000.{place:06}", **more} for place, text in enumerate(texts)]
    return read_thread(said, bot_user=BOT)


def posted(summary: Summary) -> Message:
    return summary_message(summary, permalinks={"1764000000.000000": PERMALINK})


def shown(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def parts(value: Any, type_: str) -> list[dict[str, Any]]:
    """Return every element of a type, however deep."""
    if isinstance(value, list):
        return [found for item in value for found in parts(item, type_)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") == type_ else []
    return own + [found for item in value.values() for found in parts(item, type_)]


def words(message: Message) -> str:
    return "".join(part["text"] for part in parts(message.blocks, "text"))


def row(message: Message, title: str) -> Any:
    """Return the block that begins with a bold title."""
    return next(block for block in message.blocks if title in json.dumps(block, ensure_ascii=False))


URIS = st.sampled_from(
    [DECISION, f"aionis://default/support/rule/{RUN}", f"aionis://x/y/commit/{RUN}"]
) | st.uuids().map(lambda id_: f"aionis://default/support/commit/{id_}")
WORDS = TEXT | URIS | st.uuids().map(str) | st.sampled_from([f"<{PULL}|x>", f"{PULL}1", f"<@{JONAS}> <@U1|<!here>"])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "ts": st.integers(0, 99_999_999_999).map(lambda seconds: f"{seconds}.000100"),
            "user": st.sampled_from([MAYA, JONAS, BOT]) | TEXT,
            "text": st.lists(WORDS, max_size=4).map(" ".join),
        },
        optional={"reactions": st.just(PIN), "files": st.just([{"id": "F1"}]), "bot_id": st.just("B1")},
    ),
    max_size=25,
)
THREADS = st.builds(read_thread, MESSAGES, bot_user=st.just(BOT), complete=st.booleans())


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    """Return a summary of an incident with hostile text wherever people, files or Aionis can put some."""
    checklist = draw(CHECKLISTS)
    by: dict[str, Any] = {"by": draw(st.sampled_from([MAYA, JONAS]) | TEXT), "at": AT, "key": "k"}
    changes = [log_changes.run_added(run, **by) for run in draw(st.lists(RUNS, max_size=8))]
    changes += [log_changes.uri_added(UriDigest(uri=uri), **by) for uri in draw(st.lists(WORDS, max_size=8))]
    changes += [draw(item_changes(spec.id)) for spec in checklist.items if draw(st.booleans())]
    changes += [log_changes.severity_set(draw(TEXT), **by)] if draw(st.booleans()) else []
    changes += [log_changes.root_cause_set(draw(ROOT_CAUSES), edition=0, **by)] if draw(st.booleans()) else []
    changes += [closed(reason=draw(TEXT), blockers=[draw(TEXT)])] if draw(st.booleans()) else []
    return summary_of(*changes, thread=draw(st.none() | THREADS), checklist=checklist)


LONGEST = Checklist(items=tuple(ItemSpec(id=f"a{number}", title='"' * 120, owner=True) for number in range(MAX_ITEMS)))
UNDONE = [
    change
    for spec in LONGEST.items
    for change in (
        asserted(spec.id),
        log_changes.item_undone(spec.id, reason='"' * 900, owner='"' * 90, by=JONAS, at=AT, key="k"),
    )
]


@MANY
@given(summaries())
@example(summary_of(*UNDONE, checklist=LONGEST))
@example(summary_of(*UNDONE, closed(reason='"' * 900, blockers=['"' * 120] * MAX_ITEMS), checklist=LONGEST))
@example(summary_of(*UNDONE, checklist=LONGEST, thread=thread(*['\\"' * 2_000] * 30, user='"' * 99, reactions=PIN)))
def test_any_summary_is_postable_and_keeps_status_blockers_and_next(summary: Summary) -> None:
    message = posted(summary)
    assert_postable(message)
    assert len(message.text) <= EDITED_TEXT
    assert message == posted(summary), "the same input gives the same message"
    left_out = row(message, "Left out")["elements"][0]["text"] if "Left out for length" in shown(message) else ""
    assert "INC-7Q2K" in shown(message)
    assert not any(name in left_out for name in ("status", "what blocks", "what is next"))
    assert f"Checklist: {summary.done} of {summary.total} done" in words(message)


@MANY
@given(THREADS, st.sampled_from([HERE, None]))
def test_any_thread_has_a_postable_summary(facts: ThreadFacts, tenancy: Tenancy | None) -> None:
    message = thread_summary_message(summarise_thread(facts, tenancy=tenancy), permalinks={})
    assert_postable(message)
    assert len(message.text) <= EDITED_TEXT


def test_the_fallback_says_status_root_cause_blockers_and_next() -> None:
    changes = [
        log_changes.severity_set("SEV2", by=MAYA, at=AT, key="k"),
        asserted("monitor"),
        log_changes.root_cause_set(RootCause(cause=Cause.STALE_MEMORY), edition=0, by=MAYA, at=AT, key="k"),
    ]
    assert posted(summary_of(*changes)).text == (
        "INC-7Q2K is open (SEV2): 1 of 5 done. Root cause: stale memory. Blocking: Root cause linked to concrete IDs; "
        "Corrective change merged; Fix verified by a rerun; Replay evidence attached. Next: Replay the failing run."
    )


def test_status_and_age_lead() -> None:
    message = posted(summary_of())
    assert message.blocks[0]["text"]["text"] == "Summary · INC-7Q2K · open · 0 of 5 done"
    assert "open for 2 h 5 min as of " in words(message)
    over = posted(summary_of(closed(reason="the fix is out", blockers=["Fix verified by a rerun"])))
    assert "closed anyway" in over.blocks[0]["text"]["text"]
    assert "closed by  , although something blocked it: the fix is out · open for 2 h 5 min" in words(over)
    assert "; left open:" in words(over)


def test_what_is_not_there_is_said_to_be_missing() -> None:
    said = words(posted(summary_of()))
    assert "Root cause: not filled in yet" in said
    assert "Thread: not read" in said
    assert "no messages of people yet" in words(posted(summary_of(thread=thread())))


def test_half_a_thread_is_not_counted_as_the_whole() -> None:
    facts = replace(thread("one", "two"), complete=False)
    assert "at least 2 messages by 1 person" in words(posted(summary_of(thread=facts)))


def test_marked_messages_are_quoted_with_author_time_and_permalink() -> None:
    message = posted(summary_of(thread=thread(f"<@{JONAS}> it was &lt;!here&gt; *again*", reactions=PIN)))
    block = row(message, "Marked: ")
    whence, quote = block["elements"]
    assert [part["user_id"] for part in parts(whence, "user")] == [MAYA]
    assert [part["url"] for part in parts(whence, "link")] == [PERMALINK]
    assert parts(whence, "date")[0]["timestamp"] == 1_764_000_000
    assert [part["user_id"] for part in parts(quote, "user")] == [JONAS]
    assert [part["text"] for part in parts(quote, "text")] == [" it was <!here> *again*"]


def test_quotes_are_bounded_and_the_rest_is_counted() -> None:
    message = posted(summary_of(thread=thread(*["x" * 400] * 9, reactions=PIN)))
    quotes = parts(message.blocks, "rich_text_quote")
    assert len(quotes) == QUOTED
    assert all(len(parts(quote, "text")[0]["text"]) == 300 for quote in quotes)
    assert "4 more marked messages" in shown(message)


def test_a_marked_file_is_not_an_empty_quote() -> None:
    message = posted(summary_of(thread=thread("", reactions=PIN, files=[{"id": "F1"}])))
    assert "(no text, 1 file)" in words(message)


def test_a_name_is_a_name_only_where_the_message_named_somebody() -> None:
    message = posted(summary_of(thread=thread(f"@{JONAS} <!channel>", reactions=PIN)))
    quote = parts(message.blocks, "rich_text_quote")
    assert parts(quote, "user") == []
    assert "".join(part["text"] for part in parts(quote, "text")) == f"@{JONAS} @channel"


def test_a_secret_in_a_marked_message_is_masked() -> None:
    secret = "T3BlbkFJ" + "x9Qz7LmP2vRk" + "w4Hs8D"
    message = posted(summary_of(thread=thread(f"the key is sk-{secret}", reactions=PIN)))
    assert secret not in shown(message)


def test_changes_are_links_that_show_where_they_lead() -> None:
    message = posted(summary_of(thread=thread(f"<{PULL}/files|harmless>", *(f"{PULL}{number}" for number in range(9)))))
    links = parts(row(message, "Linked changes"), "link")
    assert links[0] == {"type": "link", "url": PULL}
    assert len(links) == 6
    assert "4 more" in words(message)


def test_what_nobody_replayed_has_a_button_that_knows_the_incident() -> None:
    message = posted(
        summary_of(log_changes.run_added(FAILED, by=MAYA, at=AT, key="k"), thread=thread(f"{RUN[:-1]}1 {DECISION}"))
    )
    replay, resolve = parts(message.blocks, "button")
    assert replay["text"]["text"] == f"Replay {RUN[:8]}"
    assert decode(RunTarget, replay["value"]) == RunTarget(run_id=f"{RUN[:-1]}1", incident="INC-7Q2K")
    assert resolve["text"]["text"] == f"Resolve decision {RUN[:8]}"
    assert decode(UriTarget, resolve["value"]) == UriTarget(uri=DECISION, incident="INC-7Q2K")


def test_at_most_five_are_offered_and_the_rest_is_counted() -> None:
    ids = [f"{number:08}{RUN[8:]}" for number in range(7)]
    message = posted(summary_of(thread=thread(" ".join(ids), f"aionis://acme/x/rule/{RUN}")))
    assert len(parts(message.blocks, "button")) == 5
    said = words(message)
    assert "2 more" in said
    assert "1 URI of another tenant or scope, or of no known type" in said


def test_outside_of_incidents_buttons_belong_to_none_and_nothing_is_called_unreplayed() -> None:
    summary = summarise_thread(thread(f"it was {RUN}", "yes"), tenancy=HERE)
    message = thread_summary_message(summary, permalinks={})
    assert message.text == "Summary of this thread: 2 messages by 1 person."
    assert decode(RunTarget, parts(message.blocks, "button")[0]["value"]).incident is None
    assert "Mentioned" in words(message)
    assert "not looked at" not in words(message)


def test_of_many_runs_the_first_and_the_latest_are_shown() -> None:
    runs = [
        RunDigest(run_id=f"{number:08}{RUN[8:]}", verdict="failed", failing=True, goal="Pay" if number < 8 else "Ship")
        for number in range(9)
    ]
    message = posted(summary_of(*(log_changes.run_added(run, by=MAYA, at=AT, key="k") for run in runs)))
    said = words(message)
    assert [number for number in range(9) if f"{number:08}" in said] == [0, 4, 5, 6, 7, 8]
    assert "3 more" in said
    assert (said.count("goal: Pay"), said.count("goal: Ship")) == (1, 1), "what all are to do is said once"


def test_people_are_names_only_where_they_are_slack_users() -> None:
    message = posted(summary_of(log_changes.severity_set("SEV1", by="<!channel>", at=AT, key="k")))
    assert {part["user_id"] for part in parts(message.blocks, "user")} == {MAYA}
    assert "<!channel>" in words(message)
