"""Several calls at once: failures that become named gaps, and none left behind where one of them ends the whole."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from bot.errors import AionisError

T = TypeVar("T")
S = TypeVar("S")
P = ParamSpec("P")


async def attempt(call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T | AionisError:
    """Return what a call returns, or the failure that it ends in, for a gap that can be named."""
    try:
        return await call(*args, **kwargs)  # made here: one that is cancelled before it began leaves none unawaited
    except AionisError as error:
        return error


@contextmanager
def none_left_behind(*calls: "asyncio.Future[Any]") -> Iterator[None]:
    """Cancel calls that are under way when what stands beside them fails."""
    try:
        yield
    except BaseException:  # a cancelled job, too, leaves no call behind
        for call in calls:
            call.cancel()
        raise


async def together(calls: Iterable[Awaitable[T]]) -> list[T]:
    """Return what calls return that go on at once; the first failure is raised, and ends the others."""
    running = [asyncio.ensure_future(call) for call in calls]
    with none_left_behind(*running):
        return await asyncio.gather(*running)


async def both(first: Awaitable[T], second: Awaitable[S]) -> tuple[T, S]:
    """Return what two return that go on at once; the first failure is raised, and ends the other."""
    one, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    with none_left_behind(one, other):
        return await asyncio.gather(one, other)
