"""`/replay` from the typed command to what everybody in the channel sees."""

import json

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world.leaky import SECRETS
from bot.playground.slack import INCIDENTS, JONAS, LEADERS, MAYA, LocalSlack
from tests.scenarios.incidents import checklist, incident_id, opened, roots
from tests.scenarios.steps import (
    analyses,
    ephemeral,
    in_thread,
    modal,
    posted,
    replayed,
    replied,
    replies,
    text_of,
    told,
)

UNKNOWN = "00000000-0000-0000-0000-000000000001"


async def test_the_failing_step_is_in_the_channel_and_the_timeline_in_the_thread(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"]
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run.run_id}")
    assert run.run_id in str(delivery.body)
    root = (await slack.wait_for(lambda: posted(slack)[:1]))[0]
    assert root["text"].startswith("Run FAILED at step 2")
    assert "payments.create_refund: payments answered 409" in root["text"]
    (analysis,) = await slack.wait_for(lambda: analyses(slack))
    shown = text_of(analysis)
    for expected in (
        "CRITICAL STEP",
        "http_status",
        "refund_id_present",
        "input ",
        "Refunds go through the payments API",
    ):
        assert expected in shown
    assert "x-request-id" not in shown
    assert "▶ 2 ✗ payments.create_refund · failed" in shown
    assert analysis["thread_ts"] == root["ts"]


async def test_the_request_id_shown_is_the_one_aionis_answered_with(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    asked = [call for call in aionis.calls if call.path.endswith("runs/get")]
    assert asked[0].request_id in text_of(root)


async def test_the_calls_of_a_replay_are_few_and_alike(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    asked = [call for call in aionis.calls if call.path != "/health"]  # once in a process
    paths = sorted(call.path.rsplit("/v1/memory/")[-1] for call in asked)
    assert paths == ["find", "replay/runs/get", "resolve", "tools/run"]
    assert {(call.body["tenant_id"], call.body["scope"]) for call in asked} == {("default", "support")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("partial", "PARTIAL"),
        ("stalled", "STALLED"),
        ("in-progress", "IN PROGRESS"),
        ("success", "SUCCEEDED"),
        ("divergent", "divergent"),
        ("retried", "3 attempts"),
        ("repaired", "SUCCEEDED"),
        ("zero-steps", "No step was recorded"),
        ("started-only", "IN PROGRESS"),
        ("simulated", "Simulated"),
        ("odd-shapes", "Missing"),
        ("double-end", "Disagreement"),
        ("private", "Read as local-user"),
        ("mixed-visibility", "private to somebody else"),
        ("three-hundred", "step 212"),
        ("long", "step 1840"),
    ],
)
async def test_every_kind_of_run_says_how_it_stands(
    slack: LocalSlack, aionis: SampleAionis, bot: str, name: str, expected: str
) -> None:
    root = await replayed(slack, aionis.runs[name].run_id)
    assert expected in "".join(map(text_of, [root, *replies(slack, root)]))


async def test_no_secret_leaves_in_any_message(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["secrets"].run_id)
    await slack.click(MAYA, root, action_id="open_step.0")
    view = await modal(slack, "Actual output signature")
    shown = json.dumps([root, replies(slack, root), view], ensure_ascii=False)
    assert "[masked: " in shown
    assert [secret for secret in SECRETS if secret in shown] == []


async def test_an_unknown_run_is_told_to_the_asker_alone_with_the_fix_and_the_id(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {UNKNOWN}")
    failure = await told(slack, "Aionis has no run")
    assert "Confirm that tenant and scope" in text_of(failure)
    asked = next(call for call in aionis.calls if call.path.endswith("runs/get"))
    assert asked.request_id in text_of(failure)
    assert posted(slack) == []
    assert ephemeral(slack, user=JONAS) == []


@pytest.mark.parametrize(
    "typed", ["/replay run_123", "/replay", "/replay help", "/replay aionis://default/support/event/" + UNKNOWN]
)
async def test_what_is_no_run_id_is_answered_at_once_and_asks_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, typed: str
) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=typed)
    assert "/replay" in str(delivery.body) or "/resolve" in str(delivery.body)
    assert aionis.calls == []


@pytest.mark.parametrize("form", ["`{}`", "“{}”", "{}.", "<{}>", "run {}", "{}".upper()])
async def test_ids_are_taken_as_people_paste_them(slack: LocalSlack, aionis: SampleAionis, bot: str, form: str) -> None:
    run = aionis.runs["refund-failed"]
    root = await replayed(slack, form.format(run.run_id))
    assert run.run_id in text_of(root)


async def test_recent_lists_failed_runs_and_replays_one(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
    listed = await told(slack, "Latest failed runs of default/support")
    first = next(block["text"]["text"] for block in listed["blocks"] if block["type"] == "section")
    assert first.startswith(f"✗ FAILED {aionis.runs['refund-failed'].run_id[:8]} · ")
    await slack.click(MAYA, listed, action_id="replay_run.0")
    root = await slack.wait_for(lambda: posted(slack)[:1])
    assert root[0]["text"].startswith("Run FAILED at step 2")


async def test_a_mention_in_a_thread_is_answered_in_that_thread(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"]
    start = await slack.say(JONAS, INCIDENTS, "the refund agent broke again")
    await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {run.run_id}", thread_ts=start["ts"])
    answers = await slack.wait_for(lambda: replies(slack, start)[:2] if len(replies(slack, start)) > 1 else None)
    assert "FAILED at step 2" in answers[0]["text"]
    assert all(in_thread(message) for message in answers)


async def test_a_run_joins_the_incident_that_is_named_or_is_told_why_not(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    id_ = incident_id(await opened(slack, aionis))
    partial, feed = aionis.runs["partial"].run_id, aionis.runs["feed-failed"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {partial} in {id_}")
    await slack.wait_for(lambda: len(analyses(slack)) == 2)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {feed} INC-2222")
    await told(slack, "INC-2222")
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay close anyway because it was a drill")
    await checklist(slack, "· closed ·")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {feed} {id_}")
    await told(slack, f"{id_} is closed.")
    assert len(roots(slack)) == 1
    assert len(analyses(slack)) == 2


async def test_a_mention_that_is_not_understood_gets_the_help(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.say(JONAS, INCIDENTS, "@incident-bot what happened?")
    assert "/replay recent" in text_of(await told(slack, "What I can do here", user=JONAS))


async def test_the_shortcut_replays_the_ids_of_a_message(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    run = aionis.runs["refund-failed"]
    message = await slack.say(JONAS, INCIDENTS, f"run {run.run_id} failed, decision {run.decision_uris[0]}")
    await slack.shortcut(MAYA, "replay_this_run", message=message)
    await replied(slack, message, "FAILED at step 2")
    await replied(slack, message, "Decision · payments.create_refund")


async def test_the_shortcut_on_a_message_without_ids_says_so(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await slack.say(JONAS, INCIDENTS, "anyone awake?")
    await slack.shortcut(MAYA, "replay_this_run", message=message)
    await told(slack, "no run id and no Aionis URI")


async def test_where_the_bot_may_not_post_the_asker_sees_all_of_it_and_what_to_type(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    run = aionis.runs["refund-failed"]
    await slack.command(user=MAYA, channel=LEADERS, text=f"/replay {run.run_id}")
    shown = await told(slack, "CRITICAL STEP", channel=LEADERS)
    assert "payments.create_refund" in text_of(shown)
    await told(slack, "/invite @incident-bot", channel=LEADERS)
    assert posted(slack, LEADERS) == []
