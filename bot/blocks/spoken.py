"""A message's blocks in words, for notifications, screen readers and clients that show no blocks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blocks.text import cut, escape

Json = Mapping[str, Any]
# Links and dates are their words, people stay people; channels and addresses alone are left out.
_REFERENCE = re.compile(r"<(?!@[UW][A-Z0-9]+>)[^<>|]*(?:\|([^<>]*))?>")
LONGEST = 1_500  # characters; whoever hears it wants the beginning


def spoken(blocks: Sequence[Json], *, limit: int = LONGEST) -> str:
    """Return what blocks say, a line each, as mrkdwn; buttons, menus and pictures are left out.

    People are mentioned where the blocks mention them: who may not be notified is named instead in both (bot/blocks/mentions.py).
    """
    return cut("\n".join(line for block in blocks if (line := _line(block))), limit)


def _line(block: Json) -> str:
    if block["type"] in {"header", "section"}:
        texts = [block["text"]] if block.get("text") else block.get("fields", [])
    elif block["type"] == "context":
        texts = block["elements"]
    elif block["type"] == "rich_text":
        return "; ".join(part for element in block["elements"] if (part := "".join(_words(element)).strip()))
    else:
        return ""
    return " · ".join(_text(text).replace("\n", " ") for text in texts)


def _text(text: Json) -> str:
    shown = str(text.get("text") or "")
    return escape(shown) if text["type"] == "plain_text" else _REFERENCE.sub(r"\1", shown)


def _words(element: Json) -> Iterator[str]:
    """Yield the words of a piece of rich text; the items of a list are parted by semicolons."""
    if element["type"] == "rich_text_list":
        yield "; ".join(words for item in element["elements"] if (words := "".join(_words(item)).strip()))
        return
    for piece in element.get("elements", ()):
        if piece["type"] == "user":
            yield f"<@{piece['user_id']}>"
        yield escape(str(piece.get("text") or piece.get("fallback") or piece.get("url") or ""))
