"""One wait for all: when Aionis asks one call to come back later, the others of this process wait as well."""

import asyncio
import time

from bot import errors

_LONGEST = 60.0  # seconds: one answer, of a proxy maybe, must not keep a process from asking for a day
# Seconds between calls that come after a wait. All at once, all but a few would be told to wait again: whether Aionis has room
# is seen from one after the other, and they come faster while it takes them.
_FIRST_GAP, _LARGEST_GAP, _NO_GAP = 0.01, 0.5, 0.005
_FASTER = 0.85
_IN_TIME = 0.05  # seconds before its deadline at which a call that has not had its turn says what it waited for


class SharedWait:
    """Until when nothing is to be asked, and how closely calls follow one another. Times are those of `time.monotonic()`."""

    def __init__(self) -> None:
        self._until = 0.0
        self._because: errors.RateLimited | None = None
        self._gap = self._next = 0.0
        self._turn = asyncio.Lock()  # first come, first served

    @property
    def in_force(self) -> errors.RateLimited | None:
        """Return what was answered to the last call that was asked to wait, while calls follow one another slowly for it."""
        return self._because if self._gap else None

    def ask(self, error: errors.RateLimited) -> None:
        """Have all calls wait for as long as one was asked to, and not longer than a minute: then somebody asks again."""
        now = time.monotonic()
        if now >= self._until:  # else it was sent before anybody knew
            self._gap = min(_LARGEST_GAP, max(_FIRST_GAP, 2 * self._gap))
        until = now + min(error.retry_after or 0.0, _LONGEST)
        if until > self._until:
            self._until, self._because = until, error

    def taken(self) -> None:
        """Have calls follow more closely: Aionis took one."""
        if self._gap:
            self._gap = self._gap * _FASTER if self._gap > _NO_GAP else 0.0

    async def over(self, *, deadline: float) -> None:
        """Return when a call may be made. Raises what was answered to the one that was asked to wait, where that is too late."""
        now = time.monotonic()
        if not self._gap and now >= self._until:
            return
        try:
            async with asyncio.timeout(max(0.0, deadline - _IN_TIME - now)), self._turn:
                await self._wait(deadline)
        except TimeoutError:
            if self._because:
                raise self._because from None
            raise

    async def _wait(self, deadline: float) -> None:
        # Looked at again after each wait: whoever went first may have been asked to wait once more.
        while (left := max(self._until, self._next) - time.monotonic()) > 0:
            if self._until >= deadline and self._because:
                raise self._because
            await asyncio.sleep(left)
        self._next = time.monotonic() + self._gap
