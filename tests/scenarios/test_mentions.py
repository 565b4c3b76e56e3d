"""The bot is spoken to in many ways, and each is answered once, where people see it."""

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from bot.playground.slack.world import MAYA_DM
from tests.scenarios.incidents import checklist, incident_id, opened, roots
from tests.scenarios.steps import Json, analyses, ephemeral, posted, replied, replies, text_of, told


def replays_of(slack: LocalSlack, run: str) -> list[Json]:
    return [message for message in slack.messages(INCIDENTS) if message["text"].startswith(f"Run {run[:8]}")]


async def test_a_mention_that_is_edited_is_done_once(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run, other = aionis.runs["refund-failed"].run_id, aionis.runs["partial"].run_id
    said = await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {run}")
    await slack.wait_for(lambda: replays_of(slack, run))
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"@incident-bot please replay {run}!")
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"@incident-bot compare {run} {other}")
    await slack.settle()
    await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {other}")
    await slack.wait_for(lambda: replays_of(slack, other))
    assert len(replays_of(slack, run)) == 1
    assert "Comparison" not in " ".join(message["text"] for message in slack.messages(INCIDENTS))


async def test_a_mention_may_be_added_or_mended_by_editing(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["refund-failed"].run_id
    said = await slack.say(JONAS, INCIDENTS, f"replay {run}")
    await slack.edit(JONAS, INCIDENTS, said["ts"], "@incident-bot repaly this")
    await told(slack, "Did you mean “replay”?", user=JONAS)
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"@incident-bot replay {run}")
    assert (await replied(slack, said, f"Run {run[:8]}"))["thread_ts"] == said["ts"]


async def test_a_workflow_or_another_app_is_not_answered_and_nothing_fails(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"].run_id
    await slack.app_says(INCIDENTS, f"@incident-bot replay {run}", name="Escalate")
    await slack.app_says(INCIDENTS, f"@incident-bot replay {run}", as_user=True)
    await slack.settle()
    assert [delivery for delivery in slack.deliveries if not delivery.ok] == []
    await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {aionis.runs['partial'].run_id}")
    await slack.wait_for(lambda: replays_of(slack, aionis.runs["partial"].run_id))
    assert replays_of(slack, run) == []


async def test_at_the_top_level_an_answer_for_one_person_is_seen(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.say(JONAS, INCIDENTS, "@incident-bot what can you do?")
    answer = await told(slack, "What I can do here", user=JONAS)
    assert answer.get("thread_ts") is None
    assert answer in ephemeral(slack, JONAS)


async def test_a_bare_replay_in_an_alerts_thread_takes_the_run_named_there(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"].run_id
    alert = {"title": "Refund failed", "text": f"agent run {run} failed"}
    root = await slack.app_says(INCIDENTS, "", attachments=[alert])
    await slack.say(JONAS, INCIDENTS, "@incident-bot replay", thread_ts=root["ts"])
    await replied(slack, root, f"Run {run[:8]}")
    empty = await slack.say(JONAS, INCIDENTS, "nothing here")
    await slack.say(JONAS, INCIDENTS, "@incident-bot: replay", thread_ts=empty["ts"])
    await told(slack, "Nothing in this thread names a run", user=JONAS)


async def test_severity_and_close_are_words(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    thread = first["thread_ts"]
    await slack.say(JONAS, INCIDENTS, "@incident-bot severity SEV1", thread_ts=thread)
    await told(slack, f"{incident_id(first)} is SEV1 now", user=JONAS)
    await checklist(slack, "SEV1")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay severity 2")
    await checklist(slack, "SEV2")
    await slack.say(JONAS, INCIDENTS, "@incident-bot close", thread_ts=thread)
    await told(slack, "You may not close", user=JONAS)
    await slack.say(MAYA, INCIDENTS, "@incident-bot close", thread_ts=thread)
    await told(slack, "Corrective change merged")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay severity catastrophic")
    await told(slack, "is not a severity")


async def test_where_several_are_open_it_must_be_said_which(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = incident_id(await opened(slack, aionis))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay new {aionis.runs['partial'].run_id}")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close")
    assert first in text_of(await told(slack, "Several incidents are open"))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay close {first}")
    assert first in text_of(await told(slack, "Corrective change merged"))


async def test_binding_by_mention_offers_the_form(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.say(MAYA, INCIDENTS, "@incident-bot bind")
    offered = await told(slack, "This channel reads default/support")
    await slack.click(MAYA, offered, text="Bind this channel…")
    assert slack.views(MAYA)[-1]["title"]["text"] == "Bind this channel"
    await slack.say(JONAS, INCIDENTS, "@incident-bot bind")
    await told(slack, "You may not bind", user=JONAS)


async def test_every_word_works_in_a_thread(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first, run = await opened(slack, aionis), aionis.runs["refund-failed"].run_id
    for word, expected in (
        ("status", "Blocks the close"),
        ("summary", "The summary of INC-"),
        ("recent", "Latest failed runs"),
        ("similar {run}", "Why the same?"),
        ("reruns 2", "asks for 2 reruns in a row"),
        ("watch status", "This channel does not watch"),
        ("watch", "You may not have this channel watch"),
        ("step back", "Nobody is on INC-"),
    ):
        await slack.say(JONAS, INCIDENTS, f"@incident-bot {word.format(run=run)}", thread_ts=first["thread_ts"])
        await told(slack, expected, user=JONAS)
    await slack.say(JONAS, INCIDENTS, "@incident-bot export", thread_ts=first["thread_ts"])
    root = next(message for message in posted(slack) if message["ts"] == first["thread_ts"])
    await slack.wait_for(lambda: [reply for reply in replies(slack, root) if "SHA-256" in text_of(reply)])


async def test_a_mention_that_came_to_nothing_is_mended_by_editing_once_for_each_wording(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run, unknown = aionis.runs["refund-failed"].run_id, "77aa77aa-0000-4000-8000-00000000000{}"
    said = await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {unknown.format(1)}")
    await told(slack, unknown.format(1), user=JONAS)
    for wording in (f"@incident-bot replay {unknown.format(2)}", f"@incident-bot replay {unknown.format(2)} !"):
        await slack.edit(JONAS, INCIDENTS, said["ts"], wording)
        await told(slack, unknown.format(2), user=JONAS)
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"@incident-bot replay {run}")
    await slack.wait_for(lambda: analyses(slack))
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"@incident-bot replay {aionis.runs['partial'].run_id}")
    await slack.settle()
    assert len([one for one in ephemeral(slack, JONAS) if "Aionis has no run" in text_of(one)]) == 2
    assert len(analyses(slack)) == 1


async def said_back(slack: LocalSlack, channel: str, word: str, thread_ts: str | None = None) -> str:
    """Say a word, and return what Maya is answered."""
    before = len(slack.messages(channel, viewer=MAYA))
    await slack.say(MAYA, channel, word, thread_ts=thread_ts)
    answers = await slack.wait_for(lambda: slack.messages(channel, viewer=MAYA)[before + 1 :])
    return text_of(answers[0]).replace("&lt;", "<").replace("&gt;", ">")


async def test_help_names_what_works_in_its_place(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    start = await slack.say(MAYA, INCIDENTS, "what now?")
    for word in ("help", "replay help", "nonsense of all kinds"):
        shown = await said_back(slack, INCIDENTS, f"@incident-bot {word}", start["ts"])
        assert "replay <run_id>" in shown
        assert "/re" not in shown
    for word in ("help", "close", "status", "severity SEV1", "export", "I'm on it", "watch", "watch status"):
        assert "nvite me to the channel" in await said_back(slack, MAYA_DM, word)


async def test_a_summary_is_asked_for_as_its_shortcut_is_called(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    for said in ("summarise this thread", "Summarize, please"):
        await slack.say(JONAS, INCIDENTS, f"@incident-bot {said}", thread_ts=roots(slack)[0]["ts"])
    told_so = "is up to date"
    await slack.wait_for(lambda: sum(told_so in text_of(one) for one in ephemeral(slack, JONAS)) == 2)
