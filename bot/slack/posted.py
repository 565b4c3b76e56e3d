"""Where a message is that the bot has posted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: its ts, and the thread that it is in (None: at the top level of its channel).

    `new` tells that it was posted just now, and says what was to be said; an earlier try may have said something older.
    """

    ts: str
    thread_ts: str | None = None
    new: bool = False

    @classmethod
    def read(cls, text: str) -> "Posted":
        """Read what `kept` has written."""
        ts, _, thread_ts = text.partition("|")
        return cls(ts, thread_ts or None)

    @property
    def kept(self) -> str:
        """Return itself as text for the outbox."""
        return f"{self.ts}|{self.thread_ts or ''}"
