"""What a thread's messages say, read anew each time: people, marks, linked changes, and the ids that were mentioned."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.thread import Marked, ThreadFacts, as_people_read_it, read_thread, unread
from tests.strategies import JSON, TEXT

BOT, MAYA, JONAS = "U0ABOT0001", "U0AMAYA001", "U0AJONAS01"
HERE = Tenancy("default", "support")
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
OTHER = RUN.replace("3", "4")
DECISION = f"aionis://default/support/decision/{RUN}"
PULL = "https://github.com/acme/agents/pull/17"


def said(text: str, *, user: str = MAYA, ts: str = "1764000000.000100", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def marked(name: str, by: str = JONAS) -> list[dict[str, Any]]:
    return [{"name": name, "users": [by], "count": 1}]


def read(*messages: dict[str, Any]) -> ThreadFacts:
    return read_thread(messages, bot_user=BOT)


def urls(text: str) -> list[str]:
    return [link.url for link in read(said(text)).pull_requests]


def refs(text: str) -> list[str]:
    return [mention.ref for mention in read(said(text)).mentioned]


def test_people_are_counted_in_the_order_they_came() -> None:
    facts = read(said("a", ts="1764000000.1"), said("b", user=JONAS, ts="1764000060.5"), said("c", ts="1764000120"))
    assert facts.written == {MAYA: 2, JONAS: 1}
    assert facts.people == (MAYA, JONAS)
    assert facts.messages == 3
    assert facts.first_at == datetime(2025, 11, 24, 16, 0, 0, 100_000, tzinfo=UTC)
    assert facts.last_at == datetime(2025, 11, 24, 16, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "message",
    [
        said("posted by the bot", user=BOT, bot_id="B1"),
        said("an integration", user="U0AOTHERBOT", bot_id="B2"),
        said("<@U1> has joined", subtype="channel_join"),
        said("This message was deleted.", user="USLACKBOT", subtype="tombstone"),
        said("a reminder", user="USLACKBOT"),
        {"type": "message", "text": "nobody", "ts": "1764000000.000100"},
    ],
)
def test_bots_and_slacks_own_notices_are_no_people(message: dict[str, Any]) -> None:
    assert read(message).messages == 0


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_what_people_write_in_other_ways_counts(subtype: str) -> None:
    assert read(said("hello", subtype=subtype)).messages == 1


def test_an_edited_or_deleted_message_is_gone_from_the_next_reading() -> None:
    first = said(f"<{PULL}>", ts="1764000000.1", reactions=marked("pushpin"))
    second = said(RUN, ts="1764000001.1")
    before = read(first, second)
    assert (before.messages, len(before.marked), len(before.pull_requests), len(before.mentioned)) == (2, 1, 1, 1)
    after = read(first | {"text": "never mind", "edited": {"user": MAYA, "ts": "1764000009.1"}})
    assert after.marked[0].text == "never mind"
    assert (after.messages, after.pull_requests, after.mentioned) == (1, (), ())


def test_pages_may_repeat_the_root_and_come_in_any_order() -> None:
    root, reply = said("root", ts="1764000000.1"), said("reply", ts="1764000009.1", user=JONAS)
    assert read(root, reply, root) == read(reply, root)
    assert read(root, root | {"text": RUN}).mentioned[0].ref == RUN, "what was read last is newest"


def test_a_thousand_messages() -> None:
    many = [said(f"{number} {RUN}", user=f"U0A{number % 7}", ts=f"1764000000.{number:06}") for number in range(1_000)]
    facts = read(*many)
    assert (facts.messages, len(facts.people), len(facts.mentioned)) == (1_000, 7, 1)
    assert facts.mentioned[0].ts == "1764000000.000000"


@pytest.mark.parametrize("name", ["pushpin", "round_pushpin"])
@pytest.mark.parametrize("by", [MAYA, JONAS, BOT])
def test_a_pin_by_anyone_marks_a_message_of_anyone(name: str, by: str) -> None:
    facts = read(
        said("mine", reactions=marked(name, by)), said("the bot's", user=BOT, ts="2.1", reactions=marked(name))
    )
    assert [one.text for one in facts.marked] == ["the bot's", "mine"], "oldest first"


def test_other_reactions_mark_nothing() -> None:
    assert read(said("nice", reactions=marked("tada") + marked("pushpins"))).marked == ()


def test_a_marked_message_reads_as_people_read_it() -> None:
    text = f"<@{JONAS}> and <@U2|dana>: <https://a.example|the graph>, <https://b.example> in <#C1|ops>"
    text += " &lt;b&gt; &amp;amp; <!here>"
    one = read(said(text, reactions=marked("pushpin"), files=[{"id": "F1"}])).marked[0]
    assert one.text == (f"@{JONAS} and @U2: the graph (https://a.example), https://b.example in #ops <b> &amp; @here")
    assert one == Marked("1764000000.000100", MAYA, one.text, named=(JONAS, "U2"), files=1)


def test_a_label_cannot_hide_where_a_link_leads() -> None:
    assert (
        as_people_read_it("<https://evil.example|https://good.example>")
        == "https://good.example (https://evil.example)"
    )


@pytest.mark.parametrize(
    "url",
    [
        PULL,
        "https://git.acme.internal:8443/agents/rules/pulls/4",
        "https://gitlab.com/acme/tools/agents/-/merge_requests/12",
        "https://bitbucket.org/acme/agents/pull-requests/3",
        "https://bitbucket.acme.com/projects/AG/repos/agents/pull-requests/3",
        "https://dev.azure.com/acme/agents/_git/agents/pullrequest/99",
        "https://review.acme.com/c/agents/rules/+/1234",
        "https://github.com/acme/agents/commit/0a1b2c3d4e5f",
        "https://gitlab.com/acme/agents/-/commit/0a1b2c3d4e5f",
    ],
)
def test_changes_are_recognised_on_every_kind_of_host(url: str) -> None:
    assert urls(f"<{url}>") == urls(f"<{url}|the fix>") == urls(f"merged {url}, see there") == [url]


@pytest.mark.parametrize("rest", ["/files", "#discussion_r1", "?w=1&amp;x=2", "/commits/0a1b2c3d4e"])
def test_every_page_of_a_change_is_that_change(rest: str) -> None:
    assert urls(f"<{PULL}{rest}> <{PULL}>") == [PULL]


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/acme/agents/issues/17",
        "https://github.com/acme/agents/pull/17abc",
        "https://github.com/acme/agents/pull/new",
        "https://user:secret@github.com/acme/agents/pull/17",
        "https://gіthub.com/acme/agents/pull/17",
        "javascript://github.com/acme/agents/pull/17",
        "<https://evil.example|https://github.com/acme/agents/pull/17>",
        f"https://github.com/{'a' * 3_000}/agents/pull/17",
    ],
)
def test_what_is_no_change_is_not_listed(text: str) -> None:
    assert urls(text) == []


def test_links_are_credited_to_whoever_posted_them_first_but_never_to_the_bot() -> None:
    facts = read(
        said(f"<{PULL}>", user=BOT, ts="1.1"),
        said(f"<{PULL}>", user=JONAS, ts="2.1"),
        said(f"<{PULL}>", user=MAYA, ts="3.1"),
        said(f"<{PULL}8>", user="", ts="4.1", bot_id="B2", subtype="bot_message"),
    )
    assert [(link.url, link.user) for link in facts.pull_requests] == [(PULL, JONAS), (f"{PULL}8", "")]


def test_ids_are_mentioned_once_and_an_id_in_a_uri_is_no_run() -> None:
    assert refs(f"`{RUN.upper()}`, {DECISION} and <{DECISION}|{OTHER}>; {RUN}") == [RUN, DECISION, OTHER]


def test_tenants_and_scopes_keep_their_capitals() -> None:
    assert refs(f"aionis://Acme/Support/decision/{RUN.upper()}") == [f"aionis://Acme/Support/decision/{RUN}"]


def test_only_people_mention() -> None:
    assert read(said(RUN, user=BOT), said(RUN, user="U0AOTHER", bot_id="B1", ts="2.1")).mentioned == ()


def test_what_was_read_is_no_longer_open() -> None:
    mentioned = read(said(f"{RUN} {OTHER} {DECISION}")).mentioned
    pending, elsewhere = unread(mentioned, HERE, {OTHER})
    assert ([one.ref for one in pending], elsewhere) == ([RUN, DECISION], 0)
    pending, elsewhere = unread(mentioned, HERE, {DECISION})
    assert ([one.ref for one in pending], elsewhere) == ([OTHER], 0), "the id of a known decision is no run"


def test_one_record_has_one_name() -> None:
    mentioned = read(said(f"memory://decision/{RUN} {DECISION}")).mentioned
    pending, _ = unread(mentioned, HERE, ())
    assert [one.ref for one in pending] == [DECISION]


def test_what_cannot_be_resolved_here_is_only_counted() -> None:
    text = f"aionis://acme/support/decision/{RUN} aionis://default/support/widget/{OTHER}"
    assert unread(read(said(text)).mentioned, HERE, ()) == ((), 2)
    assert unread(read(said(DECISION)).mentioned, None, ()) == ((), 1)


MESSAGES = st.lists(
    st.dictionaries(
        st.sampled_from(["ts", "user", "text", "subtype", "bot_id", "reactions", "files", "edited", "thread_ts"]), JSON
    )
    | st.fixed_dictionaries(
        {
            "ts": st.sampled_from(["1764000000.000100", "99999999999.999999", "0", "1", "²", "1e9", "-1", "nan", ""]),
            "user": st.sampled_from([MAYA, BOT, "<!channel>"]),
            "text": TEXT | st.sampled_from([RUN, DECISION, PULL, "<@U1|<>", "<|>", "<@>", "<#|>", "<!|>", "&amp;lt;"]),
        },
        optional={"reactions": JSON | st.just(marked("pushpin")), "files": JSON},
    ),
    max_size=6,
)


@given(MESSAGES)
def test_any_messages_give_facts(messages: list[dict[str, Any]]) -> None:
    facts = read_thread(messages, bot_user=BOT)
    assert facts.messages <= len(messages)
    assert (facts.first_at is None) == (facts.messages == 0)
    assert BOT not in facts.people
    assert [one.at for one in facts.marked] == sorted(one.at for one in facts.marked)
    unread(facts.mentioned, HERE, ())
