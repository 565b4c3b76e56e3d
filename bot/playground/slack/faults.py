"""Faults on demand: what goes wrong with the next call of a method."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Only with `lose_response` (and with `delay` alone) does the call take effect."""

    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    lose_response: bool = False
    delay: float = 0.0

    @property
    def before_effect(self) -> bool:
        """Whether the call is answered without having been carried out."""
        return not self.lose_response and any((self.error, self.status, self.retry_after is not None))


class Faults:
    """Faults waiting for their calls, by Web API method (`response_url` for those, `*` for any)."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        lose_response: bool = False,
        delay: float = 0.0,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of `method` fail.

        `error`: answer that Slack error. `status`: answer that HTTP status. `retry_after`: HTTP 429 with that many seconds.
        `lose_response`: carry the call out, then close the connection without an answer. `delay`: wait that many seconds first.
        """
        fault = Fault(error, status, retry_after, lose_response, delay)
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return and use up the fault that is due."""
        if not self._waiting:
            return None
        waiting = self._waiting.get(method) or self._waiting.get("*")
        return waiting.popleft() if waiting else None

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()
