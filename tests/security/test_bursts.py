"""More requests at once than there are connections to Redis: each waits for its turn, and is taken or told, never HTTP 500."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime import bolts
from bot.store.keys import Keys
from tests.security.test_fuzz_signed import FORM, JSON, signed_sender

Send = Callable[[bytes, str], Awaitable[int]]
MANY = 400
ROOT = "1700000000.000100"


def heard(slack: LocalSlack, number: int) -> tuple[bytes, str]:
    event = {"type": "message", "channel": INCIDENTS, "user": MAYA, "text": "x", "ts": f"1700000{number:03}.000200"}
    envelope = {"type": "event_callback", "event_id": f"Ev{number}", "team_id": slack.world.team.id}
    return json.dumps({**envelope, "event": {**event, "thread_ts": ROOT}}).encode(), JSON


def typed(slack: LocalSlack, number: int) -> tuple[bytes, str]:
    form = {
        "command": "/replay",
        "text": "recent",
        "user_id": MAYA,
        "channel_id": INCIDENTS,
        "trigger_id": f"1.{number}.x",
    }
    return urlencode({**form, "team_id": slack.world.team.id}).encode(), FORM


async def sent(slack: LocalSlack, send: Send) -> Counter[int]:
    every = [make(slack, number) for number, make in zip(range(MANY), itertools.cycle((heard, typed)), strict=False)]
    return Counter(await asyncio.gather(*(send(body, kind) for body, kind in every)))


async def test_hundreds_at_once_are_all_taken(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    with capture_logs() as lines:
        async with signed_sender(slack, aionis, redis_url) as send, Redis.from_url(redis_url) as redis:
            answers = await sent(slack, send)
            stored = len(await redis.keys(f"{Keys(slack.world.team.id).queue}:job:*"))
    assert not [line for line in lines if line["log_level"] == "error"]
    assert (answers, stored) == ({200: MANY}, MANY // 2)


async def test_whoever_gets_no_turn_in_time_is_told(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bolts, "_ANSWERED_WITHIN", 0.01)
    monkeypatch.setattr(bolts, "_AT_ONCE", 1)
    with capture_logs() as lines:
        async with signed_sender(slack, aionis, redis_url) as send:
            answers = await sent(slack, send)
    assert not [line for line in lines if line["log_level"] == "error"]
    assert bolts.TOO_BUSY in {line.get("what") for line in lines}
    assert set(answers) <= {
        200,
        503,
    }  # Slack sends an event again; a command's own answer says that nothing was started
