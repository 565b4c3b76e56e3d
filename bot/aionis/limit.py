"""One wait for all: when Aionis asks one call to come back later, the others of this process wait as well."""

import asyncio
import time

from bot import errors

_LONGEST = 60.0  # seconds: one answer, of a proxy maybe, must not keep a process from asking for a day
# Seconds between calls that come after a wait. All at once, all but a few would be told to wait again: whether Aionis has room
# is seen from one after the other, and they come faster while it takes them.
_FIRST_GAP, _LARGEST_GAP, _NO_GAP = 0.01, 0.5, 0.005
_FASTER = 0.85
_HALVED_AFTER = 5.0  # seconds in which nothing was asked: what Aionis had no room for a while ago says little of now
_IN_TIME = 0.05  # seconds before its deadline at which a call that has not had its turn says what it waited for


class SharedWait:
    """Until when nothing is to be asked, and how closely calls follow one another. Times are those of `time.monotonic()`."""

    def __init__(self) -> None:
        self._until = 0.0
        self._because: errors.RateLimited | None = None
        self._gap = self._next = self._faded_at = 0.0
        self._turn = asyncio.Lock()  # first come, first served

    def ask(self, error: errors.RateLimited) -> None:
        """Have all calls wait for as long as one was asked to, and not longer than a minute: then somebody asks again."""
        now = time.monotonic()
        self._fade(now)
        if now >= self._until:  # else it was sent before anybody knew
            self._gap = min(_LARGEST_GAP, max(_FIRST_GAP, 2 * self._gap))
        until = now + min(error.retry_after or 0.0, _LONGEST)
        if until > self._until:
            self._until, self._because = until, error

    def taken(self) -> None:
        """Have calls follow more closely: Aionis took one."""
        if self._gap:
            self._gap = self._gap * _FASTER if self._gap > _NO_GAP else 0.0

    async def over(self, *, deadline: float) -> errors.RateLimited | None:
        """Return when a call may be made: what it had to wait for, where that took longer than what is left for its answer.

        Raises what was answered to the one that was asked to wait, where the turn comes too late.
        """
        began = time.monotonic()
        self._fade(began)
        if not self._gap and began >= self._until:
            return None
        self._refuse_late(deadline)  # and not in turn: whoever is before it may have longer to wait
        try:
            async with asyncio.timeout(max(0.0, deadline - _IN_TIME - began)), self._turn:
                await self._wait(deadline)
        except TimeoutError:
            if self._because:
                raise self._because from None
            raise
        now = time.monotonic()
        return self._because if now - began > deadline - now else None

    async def _wait(self, deadline: float) -> None:
        # Looked at again after each wait: whoever went first may have been asked to wait once more.
        while (left := max(self._until, self._next) - time.monotonic()) > 0:
            self._refuse_late(deadline)
            await asyncio.sleep(left)
        self._next = time.monotonic() + self._gap

    def _fade(self, now: float) -> None:
        idle = now - max(self._until, self._next, self._faded_at)
        if self._gap and idle > 0:
            faded = self._gap * 0.5 ** (idle / _HALVED_AFTER)
            self._gap, self._faded_at = (faded if faded > _NO_GAP else 0.0), now

    def _refuse_late(self, deadline: float) -> None:
        if self._until >= deadline and self._because:
            raise self._because
