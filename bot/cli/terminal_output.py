"""The only way to a terminal: whatever is printed goes through here, and nothing in it can move, hide, colour or forge.

Colours are the bot's own. Text is never markup, and its hidden characters are written out (`bot/domain/text/visible.py`).
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from bot.domain.text.json_text import finite
from bot.domain.text.visible import escaped_json, visible, visible_line


class SafeConsole(Console):
    """A console whose text is text: no markup, no emoji names, no controls but those of its own styles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render with hidden characters written out. Styles are segments' own, and links are not among the bot's."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(visible(text), style)


def terminal() -> SafeConsole:
    """Return the console for results."""
    return SafeConsole()


def error_terminal() -> SafeConsole:
    """Return the console for what went wrong."""
    return SafeConsole(stderr=True)


def say(line: str) -> None:
    """Print one line, which stays one."""
    _write(visible_line(line))


def print_json(value: Any) -> None:
    """Print a value as JSON that reads the same and carries no character a terminal acts on; no number is infinite."""
    _write(escaped_json(json.dumps(finite(value), ensure_ascii=False, indent=2)))


def _write(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:  # a terminal without Unicode
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()
