"""An answer's bytes, inflated in steps: neither what comes in nor what it unpacks to is ever held beyond the cap."""

import zlib
from collections.abc import AsyncIterator, Iterator

from bot.errors import AnswerNotUnderstood, AnswerTooLarge

ACCEPTED = "gzip, deflate"  # what can be unpacked here in steps; httpx by itself would ask for more
_STEP = 2**16  # bytes unpacked at once
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


async def read_content(raw: AsyncIterator[bytes], encoding: str, *, cap: int, request_id: str) -> bytes:
    """Return a body as it is meant. `encoding` is its `content-encoding`: at most one of gzip and deflate.

    Raises `AnswerTooLarge` as soon as it is larger than `cap` bytes, `AnswerNotUnderstood` where it cannot be unpacked.
    """
    unpack = _unpacker(encoding, request_id)
    content = bytearray()
    received = 0
    try:
        async for chunk in raw:
            received += len(chunk)
            for piece in unpack(chunk):
                content += piece
                if len(content) > cap:
                    raise _too_large(cap, request_id)
            if received > cap:  # what unpacks to nothing may be endless, too
                raise _too_large(cap, request_id)
        if not unpack.ended:
            raise _not_understood("it ends in the middle of its compressed data", request_id)
    except zlib.error as broken:
        raise _not_understood(f"its {encoding} data is broken", request_id) from broken
    return bytes(content)


class _Plain:
    """Hands on what comes."""

    ended = True

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk


class _Inflater:
    """Unpacks one stream, a step at a time; what follows its end is left out."""

    def __init__(self, window: int) -> None:
        self._stream = zlib.decompressobj(window)
        self._begun = False

    @property
    def ended(self) -> bool:
        """Tell whether the stream came to its end; an empty body has none."""
        return self._stream.eof or not self._begun

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(chunk)
        while chunk and not self._stream.eof:
            yield self._stream.decompress(chunk, _STEP)
            chunk = self._stream.unconsumed_tail


def _unpacker(encoding: str, request_id: str) -> _Plain | _Inflater:
    named = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in {"", "identity"}]
    if not named:
        return _Plain()
    if len(named) > 1:
        raise _not_understood("it is compressed more than once", request_id)
    window = _WINDOWS.get(named[0])
    if window is None:
        raise _not_understood("it is compressed in a way that was not asked for", request_id)
    return _Inflater(window)


def _too_large(cap: int, request_id: str) -> AnswerTooLarge:
    return AnswerTooLarge(f"The answer of Aionis is larger than {cap / 2**20:g} MiB.", request_id=request_id)


def _not_understood(why: str, request_id: str) -> AnswerNotUnderstood:
    return AnswerNotUnderstood(f"The answer of Aionis is not understood: {why}.", request_id=request_id)
