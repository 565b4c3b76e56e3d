"""Threads as this process has read them: of a long one only what is new is read again, until something older in it changes."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Pages = Callable[[str, str, str | None], AsyncIterator[Message]]
"""Yields a thread's messages, of a channel and a root, written after a ts (None: all of them)."""

_KEPT_FOR = 600.0  # seconds, for what no event tells
_MOST_MESSAGES = 40_000  # of all threads together; they are in memory alone, as no text of people's is to be stored
# What a summary is made of (bot/domain/incident/thread.py); a message has ten times as much.
_KEPT = ("ts", "thread_ts", "user", "bot_id", "subtype", "text", "reactions")


@dataclass(slots=True)
class _Known:
    edition: str
    read_at: float
    messages: dict[str, Message]


class Threads:
    """The threads read last. `edition` says which edits and deletions somebody has heard of."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def read(self, channel: str, root: str, edition: str) -> list[Message]:
        """Return a thread's messages, those that are older than the last look as they were then."""
        known = self._known.pop((channel, root), None)
        if known is None or known.edition != edition or time.monotonic() - known.read_at > _KEPT_FOR:
            known = _Known(edition, time.monotonic(), {})
        async for message in self._pages(channel, root, max(known.messages, default=None)):
            known.messages[str(message.get("ts"))] = _essence(message)
        self._keep((channel, root), known)
        return list(known.messages.values())

    def _keep(self, place: tuple[str, str], known: _Known) -> None:
        self._known[place] = known
        while sum(len(one.messages) for one in self._known.values()) > _MOST_MESSAGES:
            self._known.popitem(last=False)


def _essence(message: Message) -> Message:
    kept = {name: message[name] for name in _KEPT if name in message}
    if "files" in message:
        kept["files"] = [{}] * len(message["files"] or [])  # only how many there are is told
    return kept
