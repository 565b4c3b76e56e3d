"""A channel's other id has all that the earlier one had, however often the move was begun."""

from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from bot.domain.access.tenancy import Tenancy
from bot.store.channel_move import ChannelMoves
from bot.store.watches import Watch, Watches
from tests.admissions import KEYS
from tests.store.test_incidents import store_on

AT = datetime(2026, 11, 27, tzinfo=UTC)
OLD, NEW = "C0OLD", "C0NEW"


@pytest.mark.parametrize("is_there_already", [False, True])
async def test_a_channel_watches_under_its_new_id_alone(redis: Redis, is_there_already: bool) -> None:
    watches = Watches(redis, KEYS)
    await watches.start(Watch(OLD, Tenancy("default", "support"), by="U1", at=AT))
    if is_there_already:  # as after a move that was cut off
        await watches.start(Watch(NEW, Tenancy("default", "support"), by="U1", at=AT))
    await ChannelMoves(redis, KEYS, store_on(redis)).move(OLD, NEW, at=AT)
    assert [one.channel for one in await watches.all()] == [NEW]
