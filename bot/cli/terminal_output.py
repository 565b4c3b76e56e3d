"""The only way to a terminal: whatever is printed goes through here, and nothing in it can move, hide, colour or forge.

Colours are the bot's own. Text is never markup, and its hidden characters are written out (`bot/domain/text/visible.py`).
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from bot.blocks.text import outside
from bot.domain.text.json_text import finite
from bot.domain.text.visible import escaped_json, visible, visible_line
from bot.errors import BotError

_PIPED = 4_000  # characters of a line that goes to a file or another program


class SafeConsole(Console):
    """A console whose text is text: no markup, no emoji names, no controls but those of its own styles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)
        if not self.is_terminal:
            self.width = _PIPED  # whoever reads a pipe or a file splits at lines: none is broken inside an id

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; what is piped has no blanks at the ends of its lines, with which a table fills up its last column."""
        if self.is_terminal:
            super().print(*objects, **options)
            return
        with self.capture() as captured:
            super().print(*objects, **options)
        self.file.write("\n".join(line.rstrip(" ") for line in captured.get().split("\n")))

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


def print_error(console: Console, error: BotError) -> None:
    """Print what happened, what to try, and the id to quote."""
    console.print(Text.assemble(("✗ ", "bold red"), (outside(error.what, 1_500), "bold")))
    if error.fix:
        console.print(Text(f"  Try: {error.fix}"))
    if error.request_id:
        console.print(Text(f"  Request id: {error.request_id}", style="dim"))


def say(line: str) -> None:
    """Print one line, which stays one."""
    _write(visible_line(line))


def print_json(value: Any) -> None:
    """Print a value as JSON that reads the same and carries no character a terminal acts on; no number is infinite."""
    told = finite(value)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    if not _can_show(text):  # an ASCII locale: what `_write` would put in place of the others is no JSON
        text = json.dumps(told, indent=2)
    _write(escaped_json(text))


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _write(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:  # a terminal without Unicode
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()
