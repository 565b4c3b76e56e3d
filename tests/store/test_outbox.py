"""What a job has posted is remembered for as long as it may be done again, and no longer."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.store.keys import OUTBOX_TTL_SECONDS, Keys
from bot.store.outbox import BECAME, DONE, GONE, PLACEHOLDER, Intent, Outbox
from bot.store.pace import Pace

KEYS = Keys("T1")


@pytest.mark.parametrize("first", ["keep", "begin"])
async def test_whatever_is_stored_first_has_an_end(redis: Redis, first: str) -> None:
    outbox = Outbox(redis, KEYS)
    if first == "keep":
        await outbox.keep("job", "done", "yes")
    else:
        await outbox.begin("job", "part", Intent("C1"))
    assert OUTBOX_TTL_SECONDS - 5 < await redis.ttl(KEYS.outbox("job")) <= OUTBOX_TTL_SECONDS


async def test_a_try_that_is_over_takes_back_its_own_intent_alone(redis: Redis) -> None:
    outbox, intent = Outbox(redis, KEYS), Intent("C1")
    frozen = replace(intent, at=(await outbox.begin("job", "part", intent)).now)
    await asyncio.sleep(0.002)  # intents are told apart by their millisecond
    other = replace(intent, at=await outbox.begin_anew("job", "part", intent))
    await outbox.withdraw("job", "part", frozen)
    assert (await outbox.begin("job", "part", intent)).intent == other, "another try has the job by now"
    await outbox.give_up("job", "part", other)
    assert (await outbox.begin("job", "part", intent)).intent == replace(other, over=True)
    await outbox.keep("job", "part", "1.2|")
    await outbox.withdraw("job", "part", other)
    await outbox.give_up("job", "part", other)
    assert await outbox.value("job", "part") == "1.2|"


async def test_nothing_is_begun_where_the_channel_takes_no_posts_but_what_was_posted_is_known(redis: Redis) -> None:
    outbox, pace, intent = Outbox(redis, KEYS), Pace(redis, KEYS), Intent("C1")
    await outbox.keep("job", "posted", "1.2|")
    await pace.hold("C1", 5)
    held = await outbox.begin("job", "part", intent, unless_held=True)
    assert (held.posted, held.intent, 4 < held.held <= 5) == (None, None, True)
    assert await redis.hget(KEYS.outbox("job"), "part") is None
    assert (await outbox.begin("job", "posted", intent, unless_held=True)).posted == "1.2|"
    assert (await outbox.begin("job", "part", Intent("C2"), unless_held=True)).held == 0, "another channel takes posts"
    begun = await outbox.begin("job", "other", intent)
    assert (begun.held, begun.intent) == (0, None), "what is no post of a channel is not held"
    assert (await outbox.begin("job", "other", intent, unless_held=True)).held > 4, "a second try waits, too"


@pytest.mark.parametrize("posted", [True, False])
async def test_a_job_is_done_once_its_placeholder_is_out_of_the_way(redis: Redis, posted: bool) -> None:
    outbox = Outbox(redis, KEYS)
    begun = await outbox.begin("job", PLACEHOLDER, Intent("C1"))
    held: str | Intent = Intent("C1", at=begun.now)
    if posted:
        held = "1.2|"
        await outbox.keep("job", PLACEHOLDER, held)
    assert await outbox.finish("job") == held
    assert await outbox.value("job", DONE) is None
    await outbox.keep("job", BECAME, GONE)
    assert await outbox.finish("job") is None
    assert await outbox.value("job", DONE) == "yes"
