"""Where a message is that the bot has posted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: its ts, and the thread that it is in (None: at the top level of its channel)."""

    ts: str
    thread_ts: str | None = None

    @classmethod
    def read(cls, text: str) -> "Posted":
        """Read what `kept` has written."""
        ts, _, thread_ts = text.partition("|")
        return cls(ts, thread_ts or None)

    @property
    def kept(self) -> str:
        """Return itself as text for the outbox."""
        return f"{self.ts}|{self.thread_ts or ''}"
