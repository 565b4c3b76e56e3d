"""What makes the bot's processes start sooner: nothing is collected meanwhile, and nothing imported that they never use."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.runtime.garbage_collector import hold_collector

# structlog imports it for tracebacks, which logs.py writes itself, and httpx for a command line: a tenth of a start.
_DONE_WITHOUT = "rich"


@contextmanager
def quick_start() -> Iterator[None]:
    """Import what a process runs on inside the block. What may fail and be told stands outside: in a terminal rich tells it."""
    hold_collector()
    if _DONE_WITHOUT in sys.modules:
        yield
        return
    sys.modules[_DONE_WITHOUT] = None  # type: ignore[assignment] # an import of it fails, as if it were not installed
    try:
        yield
    finally:
        del sys.modules[_DONE_WITHOUT]
