"""One wait for all: when Aionis asks one call to come back later, the others of this process wait as well."""

import asyncio
import random
import time

from bot import errors

_LONGEST = 60.0  # seconds: one answer, of a proxy maybe, must not keep a process from asking for a day
_SPREAD = 0.02  # seconds between those that have waited, so that they do not all come back at once


class SharedWait:
    """Until when nothing is to be asked. Times are those of `time.monotonic()`."""

    def __init__(self) -> None:
        self._until = 0.0
        self._because: errors.RateLimited | None = None
        self._waiting = 0

    def ask(self, error: errors.RateLimited) -> None:
        """Have all calls wait for as long as one was asked to, and not longer than a minute: then somebody asks again."""
        until = time.monotonic() + min(error.retry_after or 0.0, _LONGEST)
        if until > self._until:
            self._until, self._because = until, error

    async def over(self, *, deadline: float) -> None:
        """Return when calls may be made. Raises what was answered to the one that was asked to wait, where that is too late."""
        # Looked at again after each wait: whoever went first may have been asked to wait once more.
        while (left := self._until - time.monotonic()) > 0:
            if self._until >= deadline and self._because:
                raise self._because
            self._waiting += 1
            try:
                await asyncio.sleep(left + random.uniform(0, _SPREAD * self._waiting))  # noqa: S311 not for secrets
            finally:
                self._waiting -= 1
