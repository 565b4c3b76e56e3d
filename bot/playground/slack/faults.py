"""Faults on demand: what goes wrong with the next calls of a method, or with all of them for a while."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Self, TypedDict, Unpack

ANY = "*"


class FaultFields(TypedDict, total=False):
    """How a call fails.

    `error`: it is answered with that Slack error. `status`: with that HTTP status. `retry_after`: with HTTP 429 and that many
    seconds. `drop`: the connection is closed, and the call was not carried out. `lose_response`: the call is carried out,
    then the connection is closed (or `error`, `status` or `retry_after` answered, if one is given). `delay`: the call is
    carried out, and its answer comes that many seconds later. `late` (of windows, and the Web API alone): it is carried out
    and answered that many seconds later, also where nobody waits for it any more. `channel`: only calls that name that
    channel fail.
    """

    error: str | None
    status: int | None
    retry_after: int | None
    drop: bool
    lose_response: bool
    delay: float
    late: float
    channel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, with the fields of `FaultFields`."""

    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    drop: bool = False
    lose_response: bool = False
    delay: float = 0.0
    late: float = 0.0
    channel: str | None = None

    @property
    def answers(self) -> bool:
        """Whether the fault has an answer of its own."""
        return self.error is not None or self.status is not None or self.retry_after is not None

    @property
    def before_effect(self) -> bool:
        """Whether the call is answered, or cut off, without having been carried out."""
        return not self.lose_response and (self.drop or self.answers)

    @property
    def closes(self) -> bool:
        """Whether the connection is closed instead of answered."""
        return self.drop or (self.lose_response and not self.answers)

    def hits(self, channel: str | None) -> bool:
        """Whether a call that names this channel (None: none at all) has the fault."""
        return self.channel in (None, channel)


class Window:
    """A fault of every call from now on, until `end` or the end of a `with` block."""

    def __init__(self, faults: "Faults", methods: Collection[str], fault: Fault) -> None:
        self._faults = faults
        self._methods = frozenset(methods or (ANY,))
        self.fault = fault
        self.hits = 0
        self.dice: Random | None = None
        self.share = 1.0

    def fault_of(self, method: str, channel: str | None) -> Fault | None:
        """Return the fault if this call has it, and count the call in `hits`."""
        if not self._methods & {ANY, method} or not self.fault.hits(channel):
            return None
        if self.dice and self.dice.random() >= self.share:
            return None
        self.hits += 1
        return self.fault

    def end(self) -> None:
        """Let calls through again."""
        self._faults.close(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.end()


class Faults:
    """Faults waiting for their calls, by Web API method; `response_url` and `upload` are methods here, `*` is any.

    A fault that waits for the next call goes before one that lasts a while.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._windows: list[Window] = []

    def next(self, method: str, *, times: int = 1, **fields: Unpack[FaultFields]) -> None:
        """Let the next `times` calls of `method` fail, as `FaultFields` says."""
        self._waiting.setdefault(method, deque()).extend([Fault(**fields)] * times)

    def window(self, *methods: str, **fields: Unpack[FaultFields]) -> Window:
        """Let every call of these methods (none named: of all) fail until the window ends."""
        window = Window(self, methods, Fault(**fields))
        self._windows.append(window)
        return window

    def sometimes(self, share: float, dice: Random, *methods: str, **fields: Unpack[FaultFields]) -> Window:
        """Let that share of the calls (0 to 1) fail until the window ends; `dice` decides, so that a seed repeats it."""
        window = self.window(*methods, **fields)
        window.dice, window.share = dice, share
        return window

    def outage(self, *methods: str, drop: bool = False) -> Window:
        """Let these methods (none named: everything) be away: HTTP 500, or with `drop` connections that are closed."""
        return self.window(*methods, drop=True) if drop else self.window(*methods, status=500)

    def slow(self, *methods: str, seconds: float) -> Window:
        """Let the answers of these methods (none named: all) come that much later; the calls take effect at once."""
        return self.window(*methods, delay=seconds)

    def late(self, *methods: str, seconds: float) -> Window:
        """Let calls of these methods (none named: all) take effect, and be answered, that much later."""
        return self.window(*methods, late=seconds)

    def take(self, method: str, channel: str | None = None) -> Fault | None:
        """Return the fault that is due, and use it up if it waited for this call."""
        return self._due(method, channel) or self._due(ANY, channel) or self._lasting(method, channel)

    def lateness(self, method: str, channel: str | None = None) -> float:
        """Return in how many seconds a call of the Web API takes effect."""
        late = (window.fault_of(method, channel) for window in self._windows if window.fault.late)
        return max((fault.late for fault in late if fault), default=0.0)

    def close(self, window: Window) -> None:
        """End a window; one that ended already is left alone."""
        if window in self._windows:
            self._windows.remove(window)

    def clear(self) -> None:
        """Forget all faults, and end all windows."""
        self._waiting.clear()
        self._windows.clear()

    def _due(self, method: str, channel: str | None) -> Fault | None:
        waiting = self._waiting.get(method) or ()
        fault = next((fault for fault in waiting if fault.hits(channel)), None)
        if fault:
            self._waiting[method].remove(fault)
        return fault

    def _lasting(self, method: str, channel: str | None) -> Fault | None:
        found = (window.fault_of(method, channel) for window in self._windows if not window.fault.late)
        return next((fault for fault in found if fault), None)
