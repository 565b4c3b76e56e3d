"""The same bot through Socket Mode, and how it stands to the outside."""

import json
from typing import Any

from structlog.testing import capture_logs

from bot.app import create_app
from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.conftest import http_client, settings_for
from tests.scenarios.processes import answers_http
from tests.scenarios.steps import posted, replayed, replies
from tests.scenarios.test_durability import until

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("slash_commands", {"command": "/replay", "text": 7}),
    ("slash_commands", {}),
    ("interactive", {"type": "block_actions", "user": None}),
    ("interactive", {"type": ["view_submission"]}),
    ("events_api", {"type": "event_callback", "event_id": "Ev1", "event": []}),
    ("events_api", {"type": "event_callback", "event_id": 1, "event": {"type": "message"}}),
]


async def test_commands_and_clicks_work_through_a_socket(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(
        slack, aionis.base_url, redis_url, slack_app_token=slack.app_token, slack_signing_secret=None
    )
    async with serve_app(create_app(settings)):
        root = await replayed(slack, aionis.runs["refund-failed"].run_id)
        await slack.click(MAYA, root, action_id="resolve_uri.0")
        await slack.wait_for(lambda: len(replies(slack, root)) > 1)
    assert {delivery.via for delivery in slack.deliveries} == {"socket"}


async def test_requests_without_a_good_signature_are_refused(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    async with http_client(bot) as stranger:
        answer = await stranger.post(
            "/slack/events",
            content="command=%2Freplay&text=x",
            headers={"x-slack-request-timestamp": "1", "x-slack-signature": "v0=00"},
        )
    assert answer.status_code == 401
    assert aionis.calls == []
    assert posted(slack) == []


async def test_health_and_readiness(bot: str) -> None:
    async with http_client(bot) as probe:
        health: dict[str, Any] = (await probe.get("/healthz")).json()
        await until(lambda: answers_http(f"{bot}/readyz"))
        ready = await probe.get("/readyz")
    assert health["ok"]
    assert json.loads(ready.content) == {"ok": True, "redis": "answers", "clock": "agrees"}


async def test_a_command_that_cannot_be_stored_says_that_nothing_was_started(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, bot: str
) -> None:
    from redis import Redis  # noqa: PLC0415 only here

    with Redis.from_url(redis_url) as server:
        server.execute_command("CONFIG", "SET", "maxmemory", "1")  # every write is refused from here on
        try:
            delivery = await slack.command(
                user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}"
            )
        finally:
            server.execute_command("CONFIG", "SET", "maxmemory", "0")
    assert "nothing was started" in str(delivery.body)
    assert posted(slack) == []


async def test_what_slack_cannot_have_meant_is_acked_and_read_by_nobody(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token)
    with capture_logs() as lines:
        async with serve_app(create_app(settings)):
            await slack.wait_for(lambda: len(slack.link.sockets))
            for kind, payload in BROKEN:
                assert await slack.link.sockets.exchange(kind, payload, None) == ""
            await replayed(slack, aionis.runs["refund-failed"].run_id)
    assert [line["event"] for line in lines if line["event"] == "envelope_malformed"] == ["envelope_malformed"] * len(
        BROKEN
    )
    assert not [line for line in lines if line["log_level"] == "error"]
