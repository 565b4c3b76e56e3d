"""Tokens at rest, states that come back once, and who exchanges a token."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from bot.errors import SettingsError
from bot.store import keys
from bot.store.connection import open_redis
from bot.store.installations import Cipher, Installation, Installations

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
HERE = Installation("T0HERE0001", "Here", "", "the token", "the refresh", 1_800_000_000)
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


async def test_nothing_of_a_token_stands_in_redis(redis: Redis) -> None:
    kept = Installations(redis, Cipher([OLD]))
    await kept.save(HERE)
    assert await kept.find(HERE.workspace) == HERE
    assert "token" not in str(await redis.hgetall(keys.INSTALLATIONS))


async def test_the_first_key_encrypts_and_all_decrypt(redis: Redis) -> None:
    await Installations(redis, Cipher([OLD])).save(HERE)
    both = Installations(redis, Cipher([NEW, OLD]))
    assert await both.find(HERE.workspace) == HERE
    with pytest.raises(SettingsError, match="TOKEN_KEYS opens"):
        await Installations(redis, Cipher([NEW])).find(HERE.workspace)
    await both.encrypt_anew()
    assert await Installations(redis, Cipher([NEW])).find(HERE.workspace) == HERE


async def test_a_state_comes_back_once(redis: Redis) -> None:
    kept = Installations(redis, Cipher([OLD]))
    state = await kept.new_state()
    assert [await kept.take_state(one) for one in (state, state, "", "made up")] == [True, False, False, False]


async def test_installed_again_in_time_the_data_stays(redis: Redis) -> None:
    kept = Installations(redis, Cipher([OLD]))
    await kept.save(HERE)
    assert await kept.erase(HERE.workspace, data_at=NOW)
    later = NOW + timedelta(days=9)
    assert not await kept.erase(HERE.workspace, data_at=later)  # told twice: the first time counts
    assert (await kept.workspaces(), await kept.due(NOW)) == ([], [HERE.workspace])
    await kept.save(HERE)
    assert await kept.due(later) == []


async def test_a_token_that_was_exchanged_too_late_brings_nobody_back(redis: Redis) -> None:
    kept = Installations(redis, Cipher([OLD]))
    await kept.save(HERE)
    await kept.erase(HERE.workspace, data_at=NOW)
    await kept.replace(HERE, HERE)
    assert await kept.workspaces() == []


async def test_one_at_a_time_exchanges_a_token(redis: Redis) -> None:
    kept, inside = Installations(redis, Cipher([OLD])), 0

    async def exchange() -> None:
        nonlocal inside
        async with kept.rotating(HERE.workspace):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(exchange() for _ in range(3)))
