"""Fitting content into one message or modal: what matters most is kept, what is left out is named."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks.elements import context, to_dicts
from bot.domain.run.phrases import plural

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100  # Slack's limits, past which it refuses the whole
JSON_BUDGET = 12_000  # characters of a message's blocks; Slack refuses somewhere near 13,200
TEXT_LIMIT = 3_000  # characters of a fallback text; Slack cuts at 40,000, a notification far earlier


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the fallback text (notifications, screen readers) and the blocks as Slack's JSON.

    `plainer` are blocks to post instead where Slack refuses `blocks`; None where there are no others.
    """

    text: str
    blocks: list[dict[str, Any]]
    plainer: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks that stay together. `name` says what they are, for when they are left out; `rank` 0 is never left out.

    `encoded` are the blocks as Slack's JSON: made once, as it is measured more often than sent.
    """

    name: str
    blocks: Sequence[Block]
    rank: int = 0
    encoded: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoded", to_dicts(self.blocks))


def fit(parts: Sequence[Part], *, max_blocks: int = MESSAGE_BLOCKS, budget: int = JSON_BUDGET) -> list[dict[str, Any]]:
    """Return the blocks of all parts that fit, in order. The highest rank is left out first, and a last line says so.

    Parts of rank 0 are bounded by whoever makes them, so that they always fit together.
    """
    kept = [part for part in parts if part.blocks]
    dropped: set[int] = set()
    while True:
        shown = [block for place, part in enumerate(kept) if place not in dropped for block in part.encoded]
        # Counted anew with each part that goes, and before the size is: the line takes room, too.
        written = _compact(shown)
        lines = []
        if masked := written.count("[masked: "):  # each says so itself (bot/domain/redaction)
            lines.append(context(f"{plural(masked, 'value')} masked."))
        if dropped:
            names = ", ".join(kept[place].name for place in sorted(dropped))
            lines.append(context(f"Left out for length: {names}."))
        if lines:
            shown += to_dicts(lines)
            written = _compact(shown)
        if len(shown) <= max_blocks and len(written) <= budget:
            return shown
        last = max(
            (place for place in range(len(kept)) if place not in dropped),
            key=lambda place: (kept[place].rank, place),
        )
        if kept[last].rank == 0:
            raise AssertionError("the parts that are always kept do not fit together")
        dropped.add(last)


def json_size(blocks: Sequence[dict[str, Any]]) -> int:
    """Return the size of blocks as Slack counts it: characters of their compact JSON."""
    return len(_compact(blocks))


def _compact(blocks: Sequence[dict[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))
