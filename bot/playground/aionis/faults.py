"""Faults on demand: what the sample does instead of answering well, for which endpoint and how often."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from bot.playground.aionis.problems import Problem
from bot.playground.aionis.validation import Request, RequiredText

Kind = Literal[
    "latency",  # answers after `ms`
    "rate_limited",  # 429 asking to wait `ms`; `tenant` makes it the tenant quota's
    "server_error",  # 500
    "bad_gateway",  # 502 with a proxy's HTML page
    "hang",  # no answer until the client leaves or the faults are cleared
    "not_json",  # 200 with text that is not JSON
    "wrong_json",  # 200 with JSON of another type than the endpoint's
    "truncated",  # 200 whose body ends in the middle, connection closed
    "oversized",  # 200 with `mib` MiB, streamed
    "gzip_bomb",  # 200 of a few kB that inflate to `mib` MiB
    "gzip_twice",  # the same, compressed twice: `Content-Encoding: gzip, gzip`
    "closed",  # the connection is closed without an answer
    "unsupported",  # 501 of an edition boundary
]
KINDS: tuple[str, ...] = get_args(Kind)
EVERYWHERE = "*"


@dataclass(slots=True)
class Fault:
    """One fault. `endpoint` is the end of a path, such as `runs/get`, or `*`; `times` is None until cleared."""

    endpoint: str
    kind: Kind
    times: int | None = None
    ms: int = 1000
    mib: float = 32
    tenant: bool = False

    def hits(self, path: str) -> bool:
        """Tell whether calls of this path are affected."""
        return self.endpoint == EVERYWHERE or path.endswith("/" + self.endpoint.lstrip("/"))


class NewFault(Request):
    """The body of `POST /_sample/faults`; the meaning of the fields is that of `Fault`."""

    endpoint: RequiredText = EVERYWHERE
    kind: Kind
    times: Annotated[int | None, Field(ge=1)] = None
    ms: Annotated[int, Field(ge=0, le=3_600_000)] = 1000
    mib: Annotated[float, Field(ge=0, le=1024)] = 32
    tenant: bool = False


class Faults:
    """The faults that are switched on, in the order they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(
        self,
        *,
        kind: Kind,
        endpoint: str = EVERYWHERE,
        times: int | None = None,
        ms: int = 1000,
        mib: float = 32,
        tenant: bool = False,
    ) -> Fault:
        """Switch a fault on: for the next `times` calls, or until cleared. Raises `Problem` 400 for an unknown kind."""
        if kind not in KINDS:
            raise Problem(400, "invalid_request", f"unknown kind of fault: {kind}; known: {', '.join(KINDS)}")
        fault = Fault(endpoint, kind, times, ms, mib, tenant)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all faults off; calls that hang go on and are answered."""
        self._faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def take(self, path: str, *kinds: Kind) -> list[Fault]:
        """Return the faults of these kinds that hit a call now, and count them."""
        hit = [fault for fault in self._faults if fault.kind in kinds and fault.hits(path)]
        for fault in hit:
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
        return hit

    @property
    def cleared(self) -> asyncio.Event:
        """Return the event of the next clearing; take it at once, since every clearing starts a new one."""
        return self._cleared

    def as_json(self) -> list[dict[str, Any]]:
        """Return what is switched on, for `GET /_sample/faults`."""
        return [asdict(fault) for fault in self._faults]


@dataclass(slots=True)
class Bucket:
    """The token bucket of one address (contract, section 10)."""

    tokens: float | None = None
    at: float = 0.0

    def take(self, rate: float, now: float) -> float:
        """Take one token of `rate` a second, at most twice as many at once; return the seconds to wait, 0 if there is one."""
        full = 2 * rate
        self.tokens = full if self.tokens is None else min(full, self.tokens + (now - self.at) * rate)
        self.at = now
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0


def rate_limited(fault: Fault, tenant_id: str, *, writing: bool) -> Problem:
    """Return the 429 of the per-address limiter, or of the tenant's quota (contract, section 10)."""
    lane = "write" if writing else "recall"
    waits = {"retry_after_ms": fault.ms, "waited_ms": 0}
    retry_after = max(1, -(-fault.ms // 1000))  # whole seconds, rounded up
    if fault.tenant:
        message = f"tenant quota exceeded ({lane}); retry later"
        details = {"tenant_id": tenant_id, **waits}
        return Problem(429, f"tenant_rate_limited_{lane}", message, details, retry_after=retry_after)
    message = f"rate limited ({lane}); retry later"
    return Problem(429, f"rate_limited_{lane}", message, waits, retry_after=retry_after)
