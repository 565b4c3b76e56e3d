"""Calls that go on at once: the first failure is raised, and nothing goes on behind it."""

import asyncio

import pytest

from bot.errors import Unreachable
from bot.investigation.calls import together


async def test_the_first_failure_ends_the_others() -> None:
    ended = asyncio.Event()

    async def fails() -> None:
        raise Unreachable("nobody there")

    async def reads_page_after_page() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(Unreachable):
        await together([reads_page_after_page(), fails()])
    async with asyncio.timeout(5):
        await ended.wait()
