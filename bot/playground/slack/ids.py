"""Identifiers as Slack makes them. They are random: a bot that remembers what it has seen may outlive this workspace."""

import secrets
import time
from collections.abc import Callable

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Ids:
    """Makes identifiers and message timestamps for one workspace."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._last = 0

    def ts(self) -> str:
        """Timestamp of a new message, in seconds with six decimals: unique and rising."""
        self._last = max(int(self.clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def new(self, prefix: str) -> str:
        """Make an identifier such as `F0A1B2C3D4E`."""
        return f"{prefix}0" + "".join(secrets.choice(_LETTERS) for _ in range(9))

    def view_hash(self) -> str:
        """Hash of one version of a view."""
        return f"{int(self.clock())}.{secrets.token_hex(4)}"

    def trigger(self) -> str:
        """Trigger id, as it comes with everything that a person does."""
        return f"{int(self.clock() * 1000)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
