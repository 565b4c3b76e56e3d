"""Rate limits: about one message a second in a channel, and a number of calls a minute for each method."""

import time
from collections.abc import Callable

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
_TOLERATED = 10  # calls at once, whatever the tier: Slack allows short bursts


class Bucket:
    """Token bucket: `capacity` at once, then `per_second`."""

    def __init__(self, capacity: float, per_second: float, now: float) -> None:
        self._capacity = capacity
        self._rate = per_second
        self._left = capacity
        self._at = now

    def take(self, now: float) -> float:
        """Use one token: 0.0, or the seconds after which there will be one."""
        self._left = min(self._capacity, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0


class Limits:
    """Limits of one workspace. A changed field counts at once; `enabled = False` switches all of them off.

    `burst` messages may be posted to a channel at once, then `messages_per_second`, unless `posting` is off; `per_minute`
    overrides a method's tier.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.enabled = True
        self.posting = True
        self.burst = 10
        self.messages_per_second = 1.0
        self.per_minute: dict[str, int] = {}
        self._clock = clock
        self._buckets: dict[tuple[str, float, float], Bucket] = {}
        self._held: dict[str, float] = {}

    def method(self, name: str, tier: int) -> float:
        """Count a call: 0.0, or the seconds to wait. Tier 0 has no limit of its own."""
        if not self.enabled or (tier == 0 and name not in self.per_minute):
            return 0.0
        calls = self.per_minute.get(name, TIERS.get(tier, 0))
        at_once = calls if name in self.per_minute else max(calls, _TOLERATED)
        return self._take(name, at_once, calls / 60)

    def message(self, channel: str) -> float:
        """Count a message in a channel: 0.0, or the seconds to wait."""
        now = self._clock()
        if (held := self._held.get(channel, now) - now) > 0:
            return held
        if not self.enabled or not self.posting:
            return 0.0
        return self._take(channel, self.burst, self.messages_per_second)

    def hold(self, channel: str, seconds: float) -> None:
        """Take no message in this channel for that long, however few there were; 0 lets them through again."""
        self._held[channel] = self._clock() + seconds

    def _take(self, what: str, at_once: float, per_second: float) -> float:
        now = self._clock()
        bucket = self._buckets.setdefault((what, at_once, per_second), Bucket(at_once, per_second, now))
        return bucket.take(now)
