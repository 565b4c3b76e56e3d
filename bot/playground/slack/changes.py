"""Waiting for the workspace to change, and telling pages what changed."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

_BACKLOG = 1000


class Changes:
    """Wakes whoever waits whenever anything in the workspace changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def happened(self) -> None:
        """Wake everybody who waits."""
        if self._waiting:
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            self._waiting.clear()

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's loop owns the deadline
        """Return at the next change, or after `timeout` seconds."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(future, timeout)
        finally:
            self._waiting.discard(future)


class Reader:
    """One open page. Its queue is bounded: whoever falls behind is cut off and reads the state anew."""

    def __init__(self, user: str) -> None:
        self.user = user
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_BACKLOG)
        self.cut_off = False

    def put(self, frame: bytes) -> None:
        """Queue one frame, or cut the reader off when its queue is full."""
        if self.cut_off:
            return
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Close the stream after dropping what is queued."""
        self.cut_off = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def frames(self, idle: float) -> AsyncIterator[bytes]:
        """Yield frames of the event stream, and a comment after `idle` silent seconds."""
        yield b": connected\n\n"
        while True:
            try:
                frame = await asyncio.wait_for(self._queue.get(), idle)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if frame is None:
                return
            yield frame


class Pages:
    """All open pages."""

    def __init__(self) -> None:
        self._readers: set[Reader] = set()

    def __len__(self) -> int:
        return len(self._readers)

    def open(self, user: str) -> Reader:
        """Start telling this person's page."""
        reader = Reader(user)
        self._readers.add(reader)
        return reader

    def close(self, reader: Reader) -> None:
        """Stop telling a page that went away."""
        self._readers.discard(reader)

    def close_all(self) -> None:
        """End every stream."""
        for reader in self._readers:
            reader.end()
        self._readers.clear()

    def tell(self, event: str, data: dict[str, Any], audience: Callable[[str], bool]) -> None:
        """Send one event to the pages of everybody in `audience`."""
        readers = [reader for reader in self._readers if audience(reader.user)]
        if readers:
            frame = f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
            for reader in readers:
                reader.put(frame)
