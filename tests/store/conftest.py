"""A client of the test's own database."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.store.connection import open_redis


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client
