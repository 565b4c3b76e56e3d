"""What people type and say is understood as they mean it."""

from pathlib import Path

import pytest

import handlers
from bot.jobs.binding import BindRequest
from bot.jobs.close import CloseRequest
from bot.jobs.compare import CompareRequest
from bot.jobs.export import ExportRequest
from bot.jobs.gate import GateRequest
from bot.jobs.lead import LeadRequest
from bot.jobs.recent import RecentRequest
from bot.jobs.registry import Request
from bot.jobs.reopen import ReopenRequest
from bot.jobs.replay import ReplayRequest
from bot.jobs.replay_message import NamedRequest, SeveralRequest
from bot.jobs.reruns import RerunsRequest
from bot.jobs.resolve import ResolveRequest
from bot.jobs.severity import SeverityRequest
from bot.jobs.status import StatusRequest
from bot.jobs.summary import SummaryRequest
from bot.jobs.watch import WatchRequest
from bot.slack import ReplyTo
from bot.slack.incoming import is_by_person, said_to_bot
from handlers.commands import understand, understand_mention
from handlers.lead import OTHERS
from handlers.words import ABOUT, REPLAY, RESOLVE, words_of_command

handlers.features()
RUN, RERUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30", "4c484afe-3f00-5f31-8a49-a179da9d3c48"
HERE = ReplyTo(channel="C1", user="U1")
IN_THREAD = ReplyTo(channel="C1", user="U1", thread_ts="1.2")
ME = "U0ABOT0001"


def asked(text: str, command: str = REPLAY) -> Request | None:
    return understand(command, text, HERE).request


def said(text: str, reply: ReplyTo = HERE) -> Request | None:
    return understand_mention(said_to_bot({"text": text.replace("@bot", f"<@{ME}>")}, ME), reply).request


def replays(run_id: str = RUN, *, new: bool = False) -> ReplayRequest:
    return ReplayRequest(reply=HERE, run_id=run_id, new=new)


@pytest.mark.parametrize(
    "typed",
    [
        RUN,
        f"  {RUN.upper()}.",
        f"`{RUN}`",
        f"run {RUN}",
        RUN.replace("-", "\u2011"),
        RUN.replace("-", "–"),
        RUN.replace("-", "—"),
        RUN.replace("-", ""),
        f"{RUN[:11]}\u00ad{RUN[11:]}",
        f"{RUN}\u200b",
        f"\ufeff{RUN}\u00a0",
        f"<https://runs.example.com/runs/{RUN}|https://runs.example.com/runs/{RUN}>",
        f"https://runs.example.com/projects/{RERUN}/runs/{RUN}?tab=steps",
        f"https://runs.example.com/runs/{RUN}/steps/{RERUN}",
        f"(<https://runs.example.com/runs/{RUN}|the run>)",
        f"{RUN[:14]}\n{RUN[14:]}",
        f"{RUN[:20]} {RUN[20:]}",
        f"run-{RUN}",
        f"trace-{RUN}-ended",
        f"{RUN[:9]}*{RUN[9:13]}*{RUN[13:]}",
        RUN.replace("-", " "),
        RUN.replace("-", "_"),
        RUN.replace("-", "-\n"),
    ],
)
def test_a_run_is_named_in_many_ways(typed: str) -> None:
    assert asked(typed) == replays()


@pytest.mark.parametrize(
    "typed",
    [
        *(
            f"{RUN} new",
            f"new {RUN}",
            f"{RUN} new.",
            f"{RUN} NEW",
            f"{RUN} new\u200b",
            f"*new* {RUN}",
            f"{RUN}\u00a0new",
        ),
        *(
            f"{RUN}, new one",
            f"{RUN} as new",
            f"new incident for {RUN}",
            f"{RUN} (as a new incident)",
            f"new one: {RUN}",
            f"start a new incident with {RUN}",
            f"{RUN} --new",
            f"{RUN} —new",
        ),
    ],
)
def test_new_stands_before_or_behind_the_run(typed: str) -> None:
    assert asked(typed) == replays(new=True)


@pytest.mark.parametrize(
    "said_",
    [
        f"@bot replay {RUN}",
        f"@bot: replay {RUN}",
        f"@bot, replay {RUN}",
        f"hey @bot replay {RUN}",
        f"hey @bot, could you please replay {RUN}?",
        f"@bot please replay {RUN}",
        f"@bot {RUN}",
        f"@bot *replay* {RUN}",
        f"@bot `replay` `{RUN}`",
        f"@bot /replay {RUN}",
        f"@bot REPLAY {RUN}",
        f"replay {RUN} @bot",
        f"<@U0AMAYA001> @bot replay {RUN}",
        f"@bot what happened in {RUN}?",
        f"@bot 👋 replay {RUN} 🙏",
        f"@bot\n1. replay {RUN}",
        f"@bot • *replay*\n```{RUN}```",
        f"\u200f@bot \u2066replay\u2069 {RUN}",
        f"@bot 重放 {RUN}",
        f"<@{ME}|incident-bot> replay {RUN}",
    ],
)
def test_a_mention_is_understood_as_it_is_said(said_: str) -> None:
    assert said(said_) == replays()


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("export", ExportRequest(reply=HERE)),
        ("recent", RecentRequest(reply=HERE)),
        ("status", StatusRequest(reply=HERE)),
        ("summary", SummaryRequest(reply=HERE)),
        ("close", CloseRequest(reply=HERE)),
        ("close inc-7q2k", CloseRequest(reply=HERE, incident="INC-7Q2K")),
        ("severity SEV1", SeverityRequest(reply=HERE, severity="SEV1")),
        ("severity sev 3", SeverityRequest(reply=HERE, severity="SEV3")),
        ("severity 2", SeverityRequest(reply=HERE, severity="SEV2")),
        ("severity S2", SeverityRequest(reply=HERE, severity="SEV2")),
        ("severity sev_2", SeverityRequest(reply=HERE, severity="SEV2")),
        ("severity=sev3", SeverityRequest(reply=HERE, severity="SEV3")),
        ("severity = 3", SeverityRequest(reply=HERE, severity="SEV3")),
        ("Sev=3", SeverityRequest(reply=HERE, severity="SEV3")),
        ("severity=none", SeverityRequest(reply=HERE, severity="")),
        ("severity high", SeverityRequest(reply=HERE, severity="SEV2")),
        ("severity: Critical!", SeverityRequest(reply=HERE, severity="SEV1")),
        ("severity sev-1 inc7q2k", SeverityRequest(reply=HERE, severity="SEV1", incident="INC-7Q2K")),
        ("lead off INC‑7Q2K", LeadRequest(reply=HERE, step_back=True, incident="INC-7Q2K")),
        ("status inc 7q2k", StatusRequest(reply=HERE, incident="INC-7Q2K")),
        ("INC7Q2K", SummaryRequest(reply=HERE, incident="INC-7Q2K")),
        ("close INCQXYZ", CloseRequest(reply=HERE, incident="INC-QXYZ")),
        ("close because it was a drill", CloseRequest(reply=HERE, because="it was a drill")),
        ("close fixed by 6132885d", CloseRequest(reply=HERE, because="fixed by 6132885d")),
        ("close inc-7q2k anyway: a drill", CloseRequest(reply=HERE, incident="INC-7Q2K", reason="a drill")),
        ("close because of the weekend", CloseRequest(reply=HERE, because="the weekend")),
        ("close it anyway because nobody may merge", CloseRequest(reply=HERE, reason="nobody may merge")),
        (f"{RUN} and {RERUN}", SeveralRequest(reply=HERE, named=f"{RUN} {RERUN}")),
        (f"> run {RUN[:23]}\n> {RUN[23:]} failed", replays()),
        (f"&gt; {RUN[:14]}\n&gt; {RUN[14:]}", replays()),
        ("severity none", SeverityRequest(reply=HERE, severity="")),
        ("severity off", SeverityRequest(reply=HERE, severity="")),
        ("SEV2 :fire:", SeverityRequest(reply=HERE, severity="SEV2")),
        ("close 👍🏽", CloseRequest(reply=HERE)),
        ("set the severity to sev2", SeverityRequest(reply=HERE, severity="SEV2")),
        ("raise the severity to high", SeverityRequest(reply=HERE, severity="SEV2")),
        ("this is a sev1!", SeverityRequest(reply=HERE, severity="SEV1")),
        ("make it P1", SeverityRequest(reply=HERE, severity="SEV1")),
        ("sev2 for INC-7Q2K", SeverityRequest(reply=HERE, severity="SEV2", incident="INC-7Q2K")),
        ("set INC-7Q2K to sev2", SeverityRequest(reply=HERE, severity="SEV2", incident="INC-7Q2K")),
        ("I've got this 👀", LeadRequest(reply=HERE)),
        ("I’m on INC-7Q2K", LeadRequest(reply=HERE, incident="INC-7Q2K")),
        ("take the lead of INC-7Q2K", LeadRequest(reply=HERE, incident="INC-7Q2K")),
        ("I'm not on it any more", LeadRequest(reply=HERE, step_back=True)),
        ("who's on it?", StatusRequest(reply=HERE)),
        ("show me the lead", StatusRequest(reply=HERE)),
        ("get lead", StatusRequest(reply=HERE)),
        ("tell us who is leading, please", StatusRequest(reply=HERE)),
        ("how is INC-7Q2K?", StatusRequest(reply=HERE, incident="INC-7Q2K")),
        ("what blocks the close?", StatusRequest(reply=HERE)),
        ("is it fixed yet?", StatusRequest(reply=HERE)),
        ("give me a summary", SummaryRequest(reply=HERE)),
        ("INC-7Q2K: close it, please", CloseRequest(reply=HERE, incident="INC-7Q2K")),
        (
            "inc-7q2k close because it was a drill",
            CloseRequest(reply=HERE, incident="INC-7Q2K", because="it was a drill"),
        ),
        ("INC-7Q2K → severity 2", SeverityRequest(reply=HERE, severity="SEV2", incident="INC-7Q2K")),
        ("INC-7Q2K sev2", SeverityRequest(reply=HERE, severity="SEV2", incident="INC-7Q2K")),
        ("<https://x.slack.com/archives/C1/p1|INC-7Q2K> export", ExportRequest(reply=HERE, incident="INC-7Q2K")),
        ("summarize INC-7Q2K", SummaryRequest(reply=HERE, incident="INC-7Q2K")),
        ("show the latest failures", RecentRequest(reply=HERE)),
        ("download the evidence", ExportRequest(reply=HERE)),
        (f"{RUN} -> {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (f"is {RUN} fixed by {RERUN}?", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        ("summary:inc-7q2k", SummaryRequest(reply=HERE, incident="INC-7Q2K")),
        ("INC-7Q2K?", SummaryRequest(reply=HERE, incident="INC-7Q2K")),
        ("latest failures", RecentRequest(reply=HERE)),
        ("/replay recent 2", RecentRequest(reply=HERE, page=1)),
        ("stop watching", WatchRequest(reply=HERE, to_do="off")),
        ("stop watching this channel", WatchRequest(reply=HERE, to_do="off")),
        ("start watching", WatchRequest(reply=HERE)),
        ("¡sev2!", SeverityRequest(reply=HERE, severity="SEV2")),
        ("watch off.", WatchRequest(reply=HERE, to_do="off")),
        ("reruns=3", RerunsRequest(reply=HERE, reruns=3)),
        ("reruns 3 for INC-7Q2K", RerunsRequest(reply=HERE, reruns=3, incident="INC-7Q2K")),
        (f"gate INC-7Q2K {RUN}", GateRequest(reply=HERE, runs=(RUN,), incident="INC-7Q2K")),
        ("gate of inc-7q2k", GateRequest(reply=HERE, incident="INC-7Q2K")),
        (f"{RUN} in INC-7Q2K", ReplayRequest(reply=HERE, run_id=RUN, incident="INC-7Q2K", typed=True)),
        ("bind *tenant=acme scope=prod*", BindRequest(reply=HERE, tenant="acme", scope="prod")),
        ("bind tenant=acme scope=prod_", BindRequest(reply=HERE, tenant="acme", scope="prod_")),
        ("bind tenant=‹acme› scope=‚a b‘", BindRequest(reply=HERE, tenant="acme", scope="a b")),
        ('bind tenant=acme scope="a 🚀"', BindRequest(reply=HERE, tenant="acme", scope="a 🚀")),
        ("bind tenant=<http://acme.io|acme.io> scope=prod", BindRequest(reply=HERE, tenant="acme.io", scope="prod")),
        (f"compare {RUN} {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (f"compare {RUN.upper()}, {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (f"compare <https://h/runs/{RUN}|run> {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (
            f"compare https://h/projects/{ME}/{RERUN}/runs/{RUN} <https://h/projects/{RUN}/runs/{RERUN}>",
            CompareRequest(reply=HERE, failing=RUN, rerun=RERUN),
        ),
        (f"{RUN} and compare with {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (f"diff {RUN} {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        (f"compare {RUN[:18]}\n{RUN[18:]} {RERUN}", CompareRequest(reply=HERE, failing=RUN, rerun=RERUN)),
        ("bind tenant=acme scope=prod", BindRequest(reply=HERE, tenant="acme", scope="prod")),
        ("Bind tenant=acme\u00a0scope=prod", BindRequest(reply=HERE, tenant="acme", scope="prod")),
        ("bind Tenant=acme, SCOPE=prod", BindRequest(reply=HERE, tenant="acme", scope="prod")),
        ("bind tenant=acme,scope=a,b", BindRequest(reply=HERE, tenant="acme", scope="a,b")),
        (
            'bind scope="checkout prod/eu", tenant=acme',
            BindRequest(reply=HERE, tenant="acme", scope="checkout prod/eu"),
        ),
    ],
)
def test_every_word_is_a_subcommand_and_a_mention(words: str, request_: Request) -> None:
    assert (
        asked(words)
        == said(f"@bot {words}")
        == said(f"@bot please {words}")
        == said(f"@bot replay {words}")
        == request_
    )


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        (f"AIONIS://default/support/commit/{RUN}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis://default/support/COMMIT/{RUN.upper()}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis://default/support/commit/{RUN.replace('-', '‑')}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis:/default/support/commit/{RUN}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis:default/support/commit/{RUN}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis:///default/support/commit/{RUN}", f"aionis://default/support/commit/{RUN}"),
        (f"memory:/commit/{RUN}", f"commit {RUN}"),
        (f"Memory://Commit/{RUN}", f"commit {RUN}"),
        (f"decision\u00a0{RUN}", f"decision {RUN}"),
        (f"Decision {RUN.replace('-', '–')}", f"decision {RUN}"),
        (f"the decision id: {RUN}", f"decision {RUN}"),
        (f"commits/{RUN}", f"commit {RUN}"),
        (f"resolve decision #{RUN}", f"decision {RUN}"),
        (f'show me "decision" "{RUN}", please', f"decision {RUN}"),
        (f"decision_id={RUN}", f"decision {RUN}"),
        (f"{RUN} (commit)", f"commit {RUN}"),
        (f"default/support/commit/{RUN}", f"aionis://default/support/commit/{RUN}"),
        (f"aionis://default/support/commit/{RUN}#log", f"aionis://default/support/commit/{RUN}"),
        (f"aionis://default/support/commit/{RUN}💥", f"aionis://default/support/commit/{RUN}"),
        (f"aionis://a/b/commit/{RUN}, aionis://a/b/commit/{RUN}", f"aionis://a/b/commit/{RUN}"),
    ],
)
def test_a_record_is_named_in_many_ways(typed: str, reference: str) -> None:
    assert asked(typed, RESOLVE) == said(f"@bot resolve {typed}") == ResolveRequest(reply=HERE, reference=reference)


@pytest.mark.parametrize(
    "words",
    [f"similar {RUN}", f"similar {RUN} as {RERUN}", "reruns 2", "watch", "watch off", "watch status", "help", "bind"],
)
def test_the_other_words_are_mentions_too(words: str) -> None:
    for spoken in (
        f"@bot {words}",
        f"hey @bot, please {words}",
        f"@bot: *{words.split(maxsplit=1)[0]}* {words.partition(' ')[2]}",
    ):
        assert said(spoken) == asked(words)


def test_no_word_of_a_command_is_left_out_of_mentions() -> None:
    for word in words_of_command(REPLAY):
        behind = word.usage.split(" ")[0] if word.word else RUN
        heard = understand_mention(said_to_bot({"text": f"<@{ME}> {behind}"}, ME), HERE)
        assert heard == understand(REPLAY, behind, HERE), word


def test_a_uri_alone_is_resolved() -> None:
    uri = f"aionis://default/support/decision/{RUN}"
    assert said(f"@bot {uri}") == ResolveRequest(reply=HERE, reference=uri)


def test_a_bare_replay_takes_the_run_of_its_thread() -> None:
    assert said("@bot replay", IN_THREAD) == NamedRequest(reply=IN_THREAD)
    assert said("@bot replay") is None


@pytest.mark.parametrize(
    "asked",
    [
        "replay this",
        "replay this run",
        "can you replay it?",
        "replay the run above",
        "replay run",
        "replay please!",
        "Replay here",
    ],
)
def test_this_run_is_the_one_of_its_thread(asked: str) -> None:
    assert said(f"@bot {asked}", IN_THREAD) == NamedRequest(reply=IN_THREAD)
    assert said(f"@bot {asked}") is None, "no thread is about it"


@pytest.mark.parametrize("asked", ["replay new", "replay this as new", "replay new this run"])
def test_this_run_may_open_an_incident_of_its_own(asked: str) -> None:
    assert said(f"@bot {asked}", IN_THREAD) == NamedRequest(reply=IN_THREAD, new=True)


@pytest.mark.parametrize(
    "idle",
    [
        "@bot",
        "@bot thanks for the summary",
        "@bot I think we should close the door",
        "@bot 👍",
        "@bot so close!",
        "@bot off",
        "@bot got it, thanks",
        "@bot the close was wrong",
        "@bot the reopen was a mistake",
        "@bot close sev2",
        f"@bot please don't replay {RUN}",
        f"@bot do not replay {RUN}",
    ],
)
def test_what_asks_for_nothing_starts_nothing(idle: str) -> None:
    assert said(idle) is None


@pytest.mark.parametrize(
    ("event", "person"),
    [
        ({"user": "U1"}, True),
        ({"bot_id": "B1"}, False),
        ({"user": "U1", "bot_id": "B1"}, False),
        ({"user": "USLACKBOT", "text": "Reminder: recent"}, False),
        ({}, False),
    ],
)
def test_people_alone_ask_for_something(event: dict[str, str], person: bool) -> None:
    assert is_by_person(event) is person


def test_a_scope_with_blanks_is_answered_with_the_quotes() -> None:
    answer = understand(REPLAY, "bind tenant=acme scope=checkout prod/eu", HERE)
    assert answer.request is None
    assert "with quotes around what has blanks" in answer.answer.text


def test_whatever_length_is_read_at_once() -> None:
    for text in (
        "decision" + "/" * 200_000 + " x x",
        "<" * 200_000,
        "`." * 100_000,
        "a" * 200_000,
        "- " * 100_000,
        f"{RUN} " * 20_000,
    ):
        for command in ABOUT:
            understand(command, text, HERE)
        understand_mention(said_to_bot({"text": "<@A|" * 50_000 + text}, ME), HERE)


def test_every_word_has_its_help_and_a_page_that_exists() -> None:
    for command in ABOUT:
        for word in words_of_command(command):
            assert word.help, word
            assert not word.doc or Path(handlers.__file__).parents[1].joinpath(word.doc).exists(), word


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("@bot 3d1868e2", replays("3d1868e2")),
        ("@bot 20261127", replays("20261127")),
        ("@bot please, what about 3d1868e2?", replays("3d1868e2")),
        ("@bot decision 3d1868e2", ResolveRequest(reply=HERE, reference="decision 3d1868e2")),
        (f"@bot please commit {RUN}", ResolveRequest(reply=HERE, reference=f"commit {RUN}")),
        ("@bot what happened on 20261127?", None),
        ("@bot the facade was defaced effaced", None),
    ],
)
def test_the_beginning_of_an_id_alone_is_understood(text: str, request_: Request | None) -> None:
    assert said(text) == request_


@pytest.mark.parametrize("words", ["close it", "can you close this?", "close this incident, please", "close"])
def test_the_incident_at_hand_is_closed_however_it_is_called(words: str) -> None:
    assert said(f"@bot {words}", IN_THREAD) == CloseRequest(reply=IN_THREAD)
    assert said("@bot close the door", IN_THREAD) is None


@pytest.mark.parametrize(
    ("words", "incident", "reason"),
    [
        ("reopen", None, ""),
        ("Re-open, please", None, ""),
        ("re‑open inc-7q2k: it's back", "INC-7Q2K", "it's back"),
        ("reopen the incident because the refund failed again", None, "the refund failed again"),
        ("reopen INC-7Q2K", "INC-7Q2K", ""),
        ("undo close", None, ""),
        ("open it again, please!", None, ""),
    ],
)
def test_an_incident_is_opened_again_however_that_is_said(words: str, incident: str | None, reason: str) -> None:
    wanted = ReopenRequest(reply=HERE, incident=incident, reason=reason, typed=True)
    assert asked(words) == said(f"@bot {words}") == wanted
    assert asked("reopen INC-1") is asked("undo") is asked("undo that") is None


@pytest.mark.parametrize("word", ["close", "reopen"])
def test_an_incident_amid_the_reason_is_not_the_one_that_is_meant(word: str) -> None:
    here, other = f"{word} INC-7Q2K, a duplicate of INC-9XYZ", f"{word} as a duplicate of INC-9XYZ"
    asked_ = asked(here)
    assert isinstance(asked_, CloseRequest | ReopenRequest)
    assert asked_.incident == "INC-7Q2K"
    for text in (other, f"{word} because INC-9XYZ is fixed"):
        assert asked(text) is None
        assert "the one that is meant comes first" in understand(REPLAY, text, HERE).answer.text
    in_thread = said(f"@bot {other}", IN_THREAD)
    assert isinstance(in_thread, CloseRequest | ReopenRequest)
    assert in_thread.incident is None
    assert "duplicate of INC-9XYZ" in str(in_thread)


@pytest.mark.parametrize(
    "text", ["close INC-7Q2K, INC-9XYZ", "export both INC-7Q2K and inc-9xyz", "reopen INC-7Q2K & INC-9XYZ"]
)
def test_of_several_incidents_none_is_taken(text: str) -> None:
    assert "There are 2 incidents in that. Type one at a time" in understand(REPLAY, text, HERE).answer.text
    assert said(f"@bot {text}", IN_THREAD) is None


@pytest.mark.parametrize(
    "named", ["<https://x.slack.com/archives/C1/p1|INC-7Q2K>", "#INC-7Q2K", "7q2k", "the INC-7Q2K"]
)
def test_an_incident_is_named_as_it_is_copied(named: str) -> None:
    assert asked(f"close {named}") == said(f"@bot close {named}") == CloseRequest(reply=HERE, incident="INC-7Q2K")
    assert asked(f"export {named}") == ExportRequest(reply=HERE, incident="INC-7Q2K")


@pytest.mark.parametrize("words", ["recent 2", "recent page 2", "recent #2", "recent 2, please", "recent p.2"])
def test_the_number_behind_recent_is_a_page(words: str) -> None:
    assert asked(words) == RecentRequest(reply=HERE, page=1)
    assert asked("recent 0") is asked("recent -1") is asked(f"recent {'9' * 99}") is None
    assert asked("recent failures") == RecentRequest(reply=HERE)


def test_an_incident_is_named_behind_export_and_summary() -> None:
    assert asked("export inc-7q2k") == ExportRequest(reply=HERE, incident="INC-7Q2K")
    assert asked("summary INC-7Q2K, please") == SummaryRequest(reply=HERE, incident="INC-7Q2K")
    assert asked("export INC-10") is None


@pytest.mark.parametrize(
    "form", ["&lt;{}&gt;", "uri {}", "see {} please", "see &lt;{}&gt;, please", "<{}|{}> please", "`{}` now"]
)
def test_a_uri_is_read_with_brackets_and_words_around_it(form: str) -> None:
    uri = f"aionis://default/R%26D/decision/{RUN}"
    text = form.format(*[uri] * 2)
    assert asked(text, RESOLVE) == said(f"@bot resolve {text}") == ResolveRequest(reply=HERE, reference=uri)


def test_what_slack_escapes_is_decoded_once() -> None:
    assert asked("severity &lt;SEV1&gt;") == SeverityRequest(reply=HERE, severity="SEV1")
    assert asked("reruns &lt;2&gt;") == asked("reruns 2") is not None
    assert asked("bind tenant=acme scope=R&amp;amp;D") == BindRequest(reply=HERE, tenant="acme", scope="R&amp;D")
    for answer in (understand(REPLAY, "close &lt;b&gt;", HERE), understand_mention("close &lt;b&gt;", HERE)):
        assert "“&lt;b&gt;”" in answer.answer.text


def test_what_is_missing_is_said_with_the_choices() -> None:
    assert "Which severity? It is SEV1" in understand_mention("severity", IN_THREAD).answer.text
    assert "How many reruns? It is a number from 1 to" in understand_mention("reruns", IN_THREAD).answer.text


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("clsoe", "close"),
        ("Exprot INC-7Q2K", "export"),
        ("recnet 2", "recent"),
        ("repaly this", "replay"),
        ("we're done, close it", "close"),
        ("incident resolved", "close"),
        (f"comapre {RUN} {RERUN}", "compare"),
        (f"simliar {RUN}", "similar"),
    ],
)
def test_a_misspelt_word_is_asked_back(typed: str, word: str) -> None:
    for understood in (understand(REPLAY, typed, HERE), understand_mention(typed, HERE)):
        assert understood.request is None
        assert f"Did you mean “{word}”? Type `/replay" in understood.answer.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("INC-7Q2K", "Type `/replay close INC-7Q2K` to close"),
        ("it", "Type `/replay close INC-…` to close"),
        (f"node {RUN}", f"Say which kind of node, as in `/resolve event {RUN}`"),
        (f"https://h/runs/{RUN}", f"For a run use `/replay {RUN}`"),
        (f"aionis://a/b/commit/{RUN} aionis://a/b/commit/{RERUN}", "There are 2 URIs in that. Type one at a time"),
    ],
)
def test_what_is_no_record_is_told_what_to_type_for_it(typed: str, told: str) -> None:
    assert told in understand(RESOLVE, typed, HERE).answer.text


@pytest.mark.parametrize("typed", ["close help", "help close", "close ?", "close --help"])
def test_help_on_a_word_is_about_that_word(typed: str) -> None:
    for understood in (understand(REPLAY, typed, HERE), understand_mention(typed, HERE)):
        assert understood.request is None
        assert "/replay close" in understood.answer.text
        assert "/replay export" not in understood.answer.text


def test_one_run_to_compare_is_told_what_it_can_be_held_against() -> None:
    assert f"`/replay gate {RUN}`" in understand(REPLAY, f"compare with {RUN}", HERE).answer.text


def test_too_few_characters_of_an_id_are_told_so() -> None:
    assert "Give its first 8 characters" in understand(REPLAY, RUN[:7], HERE).answer.text


def test_what_was_said_is_told_as_it_was_said() -> None:
    assert "I understood “do not close it”" in understand_mention("do not close it", HERE).answer.text


@pytest.mark.parametrize("typed", ["run_123", "ping", "3d1868e2-e6d3", "the refund"])
def test_what_is_like_no_word_is_no_misspelt_one(typed: str) -> None:
    assert "Did you mean" not in understand(REPLAY, typed, HERE).answer.text


@pytest.mark.parametrize("said_", ["the lead is", "change the lead", "hand over the lead to", "give the lead to"])
def test_nobody_is_made_to_lead_by_somebody_else(said_: str) -> None:
    for told in (understand(REPLAY, said_, HERE), understand_mention(said_, HERE, others=True)):
        assert told.request is None
        assert OTHERS in str(told)
