"""Walking blocks: their elements, and the identifiers Slack makes up where the sender gave none."""

import secrets
from collections.abc import Iterator
from typing import Any, TypeGuard

from bot.playground.slack.blockkit.checks import Path
from bot.playground.slack.blockkit.elements import ELEMENTS

Json = dict[str, Any]
_LISTS = {"actions": "elements", "context_actions": "elements", "card": "actions"}
_CHILDREN = {"container": "child_blocks", "carousel": "elements"}
_INTERACTIVE = frozenset(ELEMENTS) - {"image"}
_MADE_UP = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"


def every_block(blocks: Any, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Every block with its path, those inside containers and carousels too."""
    if not isinstance(blocks, list):
        return
    for index, block in enumerate(blocks):
        if isinstance(block, dict):
            here = (*path, index)
            yield here, block
            kind = block.get("type")
            if isinstance(kind, str) and (children := _CHILDREN.get(kind)):
                yield from every_block(block.get(children), (*here, children))


def elements_of(block: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Interactive elements that sit directly in one block, with their paths."""
    for key in ("accessory", "element"):
        element = block.get(key)
        if _is_interactive(element):
            yield (*path, key), element
    kind = block.get("type")
    key = _LISTS.get(kind, "") if isinstance(kind, str) else ""
    held = block.get(key)
    for index, element in enumerate(held if isinstance(held, list) else []):
        if _is_interactive(element):
            yield (*path, key, index), element


def every_element(blocks: Any) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block that holds it."""
    for _, block in every_block(blocks):
        for _, element in elements_of(block):
            yield block, element


def as_kept(blocks: list[Json]) -> list[Json]:
    """Copy deeply, as Slack keeps and returns it: ids filled in, text objects with their defaults."""
    kept: list[Json] = [_copy(block) for block in blocks]
    for _, block in every_block(kept):
        if not block.get("block_id"):
            block["block_id"] = _made_up()
        for _, element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = _made_up()
    return kept


def _is_interactive(element: Any) -> TypeGuard[Json]:
    kind = element.get("type") if isinstance(element, dict) else None
    return isinstance(kind, str) and kind in _INTERACTIVE


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        copied = {key: _copy(entry) for key, entry in value.items()}
        kind = copied.get("type")
        if kind == "plain_text":
            copied.setdefault("emoji", True)
        elif kind == "mrkdwn":
            copied.setdefault("verbatim", False)
        return copied
    if isinstance(value, list):
        return [_copy(entry) for entry in value]
    return value


def _made_up() -> str:
    return "".join(secrets.choice(_MADE_UP) for _ in range(5))
