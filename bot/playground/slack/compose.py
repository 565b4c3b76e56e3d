"""What Slack makes of the text that a person types: escaped, with mentions and links marked up.

The same tokens give the message's text and its `rich_text` block.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.world import World

Json = dict[str, Any]
_TOKEN = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^<>]*)?>"
    r"|<#(?P<channel>[CGD][A-Z0-9]+)(?:\|[^<>]*)?>"
    r"|<(?P<link>https?://[^\s<>|]+)(?:\|[^<>]*)?>"
    r"|(?P<url>https?://[^\s<>|]+)"
    r"|(?<![\w.+-])(?P<mail>[\w.+-]++@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/])@(?P<handle>[a-z0-9][\w.-]*)"
    r"|(?<![\w/&])\#(?P<name>[a-z0-9][\w-]*)"
)
_AFTER_LINK = ".,;:!?'\")]}"
_RANGES = {"here", "channel", "everyone"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of typed text; `kind` is text, user, channel, link, mail or broadcast."""

    kind: str
    value: str
    label: str = ""


def escape(text: str) -> str:
    """Slack's three escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tokens(text: str, world: World) -> list[Token]:
    """Split typed text at the mentions and links that exist in this workspace."""
    return list(_joined(_split(text, world)))


def as_text(pieces: Iterable[Token], *, named: bool = False) -> str:
    """Message text; `named` adds the names to mentions, as commands have them."""
    return "".join(_as_text(piece, named=named) for piece in pieces)


def as_rich_text(pieces: Iterable[Token], block_id: str) -> Json:
    """Build the block that Slack adds to what people type."""
    parts = [_as_part(piece) for piece in pieces]
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [{"type": "rich_text_section", "elements": parts}],
    }


def _split(text: str, world: World) -> Iterator[Token]:
    at = 0
    for match in _TOKEN.finditer(text):
        yield Token("text", text[at : match.start()])
        known = _known(match, world)
        yield known
        at = match.start() + len(match.group(0))
        if known.kind == "link" and match.lastgroup == "url":
            at = match.start() + len(known.value)
    yield Token("text", text[at:])


def _known(match: re.Match[str], world: World) -> Token:
    kind = match.lastgroup or ""
    value = match.group(kind)
    if kind == "url":
        return Token("link", _without_punctuation(value))
    if kind in ("link", "mail"):
        return Token(kind, value)
    if kind == "handle" and value in _RANGES:
        return Token("broadcast", value)
    if kind in ("user", "handle"):
        user = next((u for u in world.users.values() if value in (u.id, u.name)), None)
        return Token("user", user.id, user.name) if user else Token("text", match.group(0))
    channel = next((c for c in world.channels.values() if value in (c.id, c.name)), None)
    return Token("channel", channel.id, channel.name) if channel else Token("text", match.group(0))


def _without_punctuation(url: str) -> str:
    while url and url[-1] in _AFTER_LINK and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url


def _joined(pieces: Iterable[Token]) -> Iterator[Token]:
    text = ""
    for piece in pieces:
        if piece.kind == "text":
            text += piece.value
            continue
        if text:
            yield Token("text", text)
        text = ""
        yield piece
    if text:
        yield Token("text", text)


def _as_text(piece: Token, *, named: bool) -> str:
    label = f"|{piece.label}" if named and piece.label else ""
    match piece.kind:
        case "user":
            return f"<@{piece.value}{label}>"
        case "channel":
            return f"<#{piece.value}|{piece.label if named else ''}>"
        case "link":
            return f"<{escape(piece.value)}>"
        case "mail":
            return f"<mailto:{piece.value}|{piece.value}>"
        case "broadcast":
            return f"<!{piece.value}>"
        case _:
            return escape(piece.value)


def _as_part(piece: Token) -> Json:
    match piece.kind:
        case "user":
            return {"type": "user", "user_id": piece.value}
        case "channel":
            return {"type": "channel", "channel_id": piece.value}
        case "link":
            return {"type": "link", "url": piece.value}
        case "mail":
            return {"type": "link", "url": f"mailto:{piece.value}", "text": piece.value}
        case "broadcast":
            return {"type": "broadcast", "range": piece.value}
        case _:
            return {"type": "text", "text": piece.value}
