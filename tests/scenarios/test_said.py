"""The bot is asked without a command and without its name: in direct messages, behind an exclamation mark, by a reaction."""

from typing import Any

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, RAVI, LocalSlack
from bot.playground.slack.world import MAYA_DM, Channel
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import opened
from tests.scenarios.steps import Json, analyses, ephemeral, replied, text_of, told

GROUP = "G0AGROUP01"


def answers(slack: LocalSlack) -> list[Json]:
    return [message for message in slack.messages(MAYA_DM) if message.get("bot_id")]


async def answered(slack: LocalSlack, containing: str) -> Json:
    found: Json = await slack.wait_for(
        lambda: next((one for one in answers(slack) if containing in text_of(one)), None)
    )
    return found


@pytest.mark.parametrize("asked", ["please replay `{run}`", "@incident-bot {run}"])
async def test_a_direct_message_is_answered_there(
    slack: LocalSlack, aionis: SampleAionis, bot: str, asked: str
) -> None:
    await slack.say(MAYA, MAYA_DM, asked.format(run=aionis.runs["refund-failed"].run_id))
    analysis = await answered(slack, "CRITICAL STEP")
    assert not analysis.get("is_ephemeral")
    assert analysis.get("thread_ts") is None
    assert "INC-" not in text_of(analysis)
    await slack.click(MAYA, analysis, action_id="raw_json.0")
    (file,) = await slack.wait_for(lambda: slack.files)
    assert file.name.endswith(".json")


async def test_what_is_not_understood_in_a_direct_message_gets_the_help_and_may_be_mended(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    said = await slack.say(MAYA, MAYA_DM, "hello?")
    assert "/replay recent" in text_of(await answered(slack, "What I can do here"))
    await slack.unfurl(MAYA_DM, said["ts"], [{"title": "preview"}])
    await slack.edit(MAYA, MAYA_DM, said["ts"], f"resolve {aionis.runs['refund-failed'].decision_uris[0]}")
    await answered(slack, "Decision · payments.create_refund")
    assert len([one for one in answers(slack) if "What I can do here" in text_of(one)]) == 1


async def test_in_an_incidents_thread_an_exclamation_mark_is_enough(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    thread = (await opened(slack, aionis))["thread_ts"]
    again = aionis.runs["partial"].run_id
    before = len(analyses(slack))
    said = await slack.say(JONAS, INCIDENTS, f"!replay {again}", thread_ts=thread)
    await slack.wait_for(lambda: len(analyses(slack)) == before + 1)
    await slack.unfurl(INCIDENTS, said["ts"], [{"title": "preview"}])
    await slack.edit(JONAS, INCIDENTS, said["ts"], f"!replay {again} please")
    await slack.say(JONAS, INCIDENTS, "!important: nobody deploys", thread_ts=thread)
    await slack.say(JONAS, INCIDENTS, "! close", thread_ts=thread)
    await told(slack, "close", user=JONAS)
    await slack.say(JONAS, INCIDENTS, "!sev2", thread_ts=thread)
    await told(slack, "is SEV2 now", user=JONAS)
    assert len(analyses(slack)) == before + 1
    assert [one for one in ephemeral(slack, JONAS) if "What I can do here" in text_of(one)] == []


async def test_elsewhere_an_exclamation_mark_is_none_of_the_bots_business(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.say(JONAS, INCIDENTS, f"!replay {aionis.runs['refund-failed'].run_id}")
    await slack.settle()
    assert aionis.calls == []


LABEL = {"type": "plain_text", "text": "Open"}
BUTTON = {"type": "button", "action_id": "open", "url": "https://runs.example.com/runs/{run}", "text": LABEL}
LINK = {"type": "link", "url": "https://runs.example.com/projects/{other}/runs/{run}", "text": "the run"}
ALERTS: list[Any] = [
    {"attachments": [{"fields": [{"title": "Run", "value": "{run}"}]}]},
    {"attachments": [{"title": "Run failed", "title_link": "https://runs.example.com/projects/{other}/runs/{run}"}]},
    {"attachments": [{"pretext": "agent failed: {dashed}", "text": "see the dashboard"}]},
    {"attachments": [{"fallback": "[FIRING] {undashed}"}]},
    {"attachments": [{"text": "```run_id={broken}```"}]},
    {"blocks": [{"type": "actions", "elements": [BUTTON]}]},
    {"attachments": [{"title": "Run {run} failed", "text": "see the dashboard"}]},
    {"attachments": [{"text": "failed", "actions": [{**BUTTON, "text": "Open"}]}]},
    {"blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [LINK]}]}]},
]  # fmt: skip


def alert(template: Any, run: str, other: str) -> Any:
    """Put the ids into the texts of an alert."""
    if isinstance(template, dict):
        return {key: alert(value, run, other) for key, value in template.items()}
    if isinstance(template, list):
        return [alert(value, run, other) for value in template]
    forms = {"{run}": run, "{dashed}": run.replace("-", "\u2011"), "{undashed}": run.replace("-", ""), "{other}": other}
    forms["{broken}"] = f"{run[:20]}\n{run[20:]}"
    for name, id_ in forms.items():
        template = template.replace(name, id_)
    return template


@pytest.mark.parametrize(
    "template",
    ALERTS,
    ids=["field", "link", "pretext", "fallback", "broken", "button", "title", "old button", "rich text"],
)
async def test_the_shortcut_finds_the_run_wherever_an_alert_carries_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str, template: Any
) -> None:
    run, other = aionis.runs["refund-failed"].run_id, aionis.runs["partial"].run_id
    root = await slack.app_says(INCIDENTS, "", **alert(template, run, other))
    await slack.shortcut(MAYA, "replay_this_run", message=root)
    await replied(slack, root, "FAILED at step 2")
    assert {call.body["run_id"] for call in aionis.calls if call.path.endswith("runs/get")} == {run}


async def test_the_shortcut_finds_the_run_in_a_files_preview(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    content = f"agent=refunds\nrun_id={aionis.runs['refund-failed'].run_id}\n".encode()
    shared = await slack.upload(JONAS, INCIDENTS, "agent.log", content)
    await slack.shortcut(MAYA, "replay_this_run", message=shared)
    await replied(slack, shared, "FAILED at step 2")


async def test_a_reaction_replays_what_the_message_names_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    text = {"text": f"agent run {aionis.runs['refund-failed'].run_id} failed"}
    root = await slack.app_says(INCIDENTS, "", attachments=[text])
    await slack.react(JONAS, INCIDENTS, root["ts"], "rewind")
    await replied(slack, root, "FAILED at step 2")
    await slack.react(JONAS, INCIDENTS, root["ts"], "rewind", remove=True)
    await slack.react(JONAS, INCIDENTS, root["ts"], "rewind")
    idle = await slack.say(MAYA, INCIDENTS, "anyone awake?")
    await slack.react(JONAS, INCIDENTS, idle["ts"], "rewind")
    await told(slack, "no run id and no Aionis URI", user=JONAS)
    await slack.react(RAVI, INCIDENTS, root["ts"], "rewind")
    await told(slack, "Guests of this workspace", user=RAVI)
    assert len(analyses(slack)) == 1


async def test_in_an_alerts_thread_a_reaction_takes_the_run_named_there(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    alert = {"title": "Refund failed", "text": f"agent run {aionis.runs['refund-failed'].run_id} failed"}
    root = await slack.app_says(INCIDENTS, "", attachments=[alert])
    said = await slack.say(MAYA, INCIDENTS, "what was that?", thread_ts=root["ts"])
    await slack.react(JONAS, INCIDENTS, said["ts"], "rewind")
    await replied(slack, root, "FAILED at step 2")


async def test_the_reaction_is_a_setting(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    run = aionis.runs["refund-failed"].run_id
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, replay_emoji=":mag:")):
        said = await slack.say(JONAS, INCIDENTS, f"run {run}")
        await slack.react(JONAS, INCIDENTS, said["ts"], "rewind")
        await slack.settle()
        assert aionis.calls == []
        await slack.react(JONAS, INCIDENTS, said["ts"], "mag")
        await replied(slack, said, "FAILED at step 2")


async def test_a_group_direct_message_is_told_where_to_ask(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    members = [MAYA, JONAS, slack.world.bot_user]
    slack.world.channels[GROUP] = Channel(GROUP, "mpdm-maya--jonas-1", members, is_private=True, is_mpim=True)
    await slack.command(user=MAYA, channel=GROUP, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await told(slack, "do not work in group direct messages", channel=GROUP)
    await slack.say(JONAS, GROUP, f"@incident-bot replay {aionis.runs['refund-failed'].run_id}")
    await told(slack, "do not work in group direct messages", channel=GROUP, user=JONAS)
    assert aionis.calls == []


async def test_what_a_message_forwards_or_attaches_is_what_it_is_about(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run, other = aionis.runs["refund-failed"].run_id, aionis.runs["partial"].run_id
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": f"run {run} failed"}]}
    blocks = [{"type": "rich_text", "elements": [element]}]
    forwarded = {"is_share": True, "text": "refund failed", "message_blocks": [{"message": {"blocks": blocks}}]}
    asked = await slack.say(JONAS, INCIDENTS, "@incident-bot please replay this", attachments=[forwarded])
    await replied(slack, asked, "FAILED at step 2")
    await slack.upload(MAYA, MAYA_DM, "agent.log", f"run_id={other}\n".encode())
    await answered(slack, other)
    await slack.say(MAYA, MAYA_DM, "thanks!", attachments=[forwarded])
    await answered(slack, "What I can do here")
