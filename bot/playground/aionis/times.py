"""Time: the sample's clock, and how timestamps are written (contract, section 1)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

TimestampStyle = Literal["iso", "postgres"]
Now = Callable[[], datetime]


def clock(now: Now | datetime | None) -> Now:
    """Return a clock: the given one, one that stands still at the given moment, or the system's, in UTC."""
    if now is None:
        return lambda: datetime.now(UTC)
    if isinstance(now, datetime):
        moment = now
        return lambda: moment
    return now


def iso(moment: datetime) -> str:
    """Return Lite's form, such as `2026-11-23T00:07:14.814Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def postgres(moment: datetime) -> str:
    """Return the server edition's form, such as `2026-11-23 00:07:14.814123+00`."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") + "+00"


def formatter(style: TimestampStyle) -> Callable[[datetime], str]:
    """Return the function that writes timestamps in this style."""
    return iso if style == "iso" else postgres
