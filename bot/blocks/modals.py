"""What all modals share: the frame, and the states before and instead of content."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import VIEW_BLOCKS
from bot.blocks.notices import failure_blocks
from bot.blocks.routing import ModalTarget, View, encode
from bot.errors import BotError


def modal(kind: View, title: str, blocks: Sequence[Block], target: ModalTarget) -> dict[str, Any]:
    """Return a view. `title` is at most 24 characters, blocks at most 100."""
    if len(blocks) > VIEW_BLOCKS:
        raise AssertionError("a modal's pages are made to fit")
    return {
        "type": "modal",
        "callback_id": kind,
        "title": {"type": "plain_text", "text": title, "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "private_metadata": encode(target),
        "blocks": el.to_dicts(blocks),
    }


def loading_modal(kind: View, title: str, target: ModalTarget) -> dict[str, Any]:
    """Return the modal that opens at once and is filled when Aionis has answered."""
    return modal(kind, title, [el.rich(el.line(el.italic("Asking Aionis…")))], target)


def failed_modal(kind: View, title: str, target: ModalTarget, error: BotError) -> dict[str, Any]:
    """Return the modal for when Aionis could not answer."""
    return modal(kind, title, failure_blocks(error), target)
