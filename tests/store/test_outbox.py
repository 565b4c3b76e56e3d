"""What a job has posted is remembered for as long as it may be done again, and no longer."""

import pytest
from redis.asyncio import Redis

from bot.store.keys import OUTBOX_TTL_SECONDS, Keys
from bot.store.outbox import Intent, Outbox

KEYS = Keys("T1")


@pytest.mark.parametrize("first", ["keep", "begin"])
async def test_whatever_is_stored_first_has_an_end(redis: Redis, first: str) -> None:
    outbox = Outbox(redis, KEYS)
    if first == "keep":
        await outbox.keep("job", "done", "yes")
    else:
        await outbox.begin("job", "part", Intent("C1"))
    assert OUTBOX_TTL_SECONDS - 5 < await redis.ttl(KEYS.outbox("job")) <= OUTBOX_TTL_SECONDS
