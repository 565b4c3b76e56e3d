"""Masking what leaves the process: the redactor in use, and what the record at hand has given away.

The process has one redactor, with the team's own rules. A record (a job, or a command of the terminal) remembers on top of it
what its answers gave away: a password that stands below its name in one answer is masked in a goal, an error or a title, too.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, Self

# Bytes that are learnt from when the next text is masked; of more in a thread, which leaves the loop alone.
_AT_ONCE = 2**15
_MOST_HARMLESS = 5_000


class Masks(Protocol):
    """What is asked of a redactor (bot/domain/redaction/redactor.py)."""

    def text(self, text: str) -> str:
        """Return the text with every secret masked."""

    def value(self, value: Any) -> Any:
        """Return a JSON value with every secret masked."""

    def redact_value(self, value: Any) -> Any:
        """Return a JSON value masked, and where what was found."""

    def learn(self, *values: Any) -> Mapping[str, str]:
        """Return the secrets in these values that can be told from ordinary words, each with its kind."""

    def look_through(self, value: Any) -> tuple[Mapping[str, str], bool]:
        """Return what is learnt from a value, and whether masking would leave all of it as it is."""

    def knowing(self, secrets: Mapping[str, str]) -> Self:
        """Return a redactor that masks these wherever they stand, too."""


class _Record:
    """What one record has given away so far, and what is still to be looked through."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._coming: list[tuple[Callable[[], Any], bytes]] = []
        self._masks: Masks | None = None

    def add(self, read: Callable[[], Any], digest: bytes) -> None:
        if not digest or digest not in _harmless:
            self._coming.append((read, digest))

    def know(self, secrets: Mapping[str, str]) -> None:
        if not secrets.keys() <= self._known.keys():
            self._known |= secrets
            self._masks = _in_use().knowing(self._known)

    def learn(self) -> None:
        """Look through what has come. Slow for megabytes."""
        while self._coming:
            read, digest = self._coming.pop(0)
            secrets, clean = _in_use().look_through(read())
            self.know(secrets)
            if digest and not secrets:
                _note_harmless(digest, clean)

    @property
    def known(self) -> dict[str, str]:
        self.learn()
        return dict(self._known)

    @property
    def masks(self) -> Masks:
        self.learn()
        return self._masks or _in_use()


_installed: list[Masks] = []
# Digests of what gave nothing away, each with whether nothing at all was masked in it: looking through is dear, an answer that is
# kept was looked through when it came, and the past of a failure is the same few answers each time.
_harmless: dict[bytes, bool] = {}
_record: ContextVar[_Record | None] = ContextVar("record", default=None)


def _note_harmless(digest: bytes, clean: bool) -> None:
    if len(_harmless) >= _MOST_HARMLESS:
        _harmless.clear()
    _harmless[digest] = clean


def install(masks: Masks) -> None:
    """Make this redactor the process's own."""
    _installed[:] = [masks]
    _harmless.clear()


def install_built_in() -> None:
    """Make the built-in rules alone the process's own; they are compiled with the first text, or by `compile_rules`."""
    _installed.clear()
    _harmless.clear()


def in_use() -> Masks:
    """Return the redactor for whatever is made now: the process's, with what the record at hand gave away."""
    record = _record.get()
    return record.masks if record else _in_use()


def _in_use() -> Masks:
    if not _installed:
        # Never without rules; and now, for no start has to wait for them.
        from bot.domain.redaction.redactor import Redactor  # noqa: PLC0415

        install(Redactor())
    return _installed[0]


def compile_rules() -> None:
    """Compile the rules now rather than with the first text."""
    _in_use().text("password=")


@contextmanager
def one_record() -> Iterator[None]:
    """Remember, inside the block, what the record that is worked on gives away."""
    token = _record.set(_Record())
    try:
        yield
    finally:
        _record.reset(token)


def begin_record() -> None:
    """Remember for the rest of this process: a command of the terminal works on one record."""
    _record.set(_Record())


def end_record() -> None:
    """Forget what was learnt since `begin_record`."""
    _record.set(None)


def known() -> dict[str, str]:
    """Return what the record at hand gave away, each with its kind: for a process of our own that works on it, too."""
    record = _record.get()
    return record.known if record else {}


def know(secrets: Mapping[str, str]) -> None:
    """Mask these secrets in what is made of the record at hand, too: it was read for another job."""
    if record := _record.get():
        record.know(secrets)


@contextmanager
def knowing(secrets: Mapping[str, str], *values: Any) -> Iterator[None]:
    """Mask these secrets, and what the values give away, in all that is made inside the block."""
    with one_record():
        if record := _record.get():
            record.know(secrets)
            record.know(_in_use().learn(*values))
        yield


async def remember(read: Callable[[], Any], size: int, *, digest: bytes = b"") -> None:
    """Remember what a value of the record at hand gives away. `read` returns it, of about `size` characters.

    One with the same `digest` as a value that gave nothing away is not looked through again.
    """
    record = _record.get()
    if record is None:
        return
    record.add(read, digest)
    if size > _AT_ONCE:
        await asyncio.to_thread(record.learn)


def is_clean(digest: bytes) -> bool:
    """Tell whether masking would leave a value as it is: it was remembered with this digest, and the record gave nothing away."""
    return _harmless.get(digest, False) and not known()


def mask_text(text: str) -> str:
    """Return the text with every recognised secret replaced by `[masked: <kind>]`, cut (and saying so) at 50,000 characters."""
    return in_use().text(text)


def mask_value(value: Any) -> Any:
    """Return a copy of a JSON value with secrets masked: texts by shape, and everything under a secret-looking key."""
    return in_use().value(value)
