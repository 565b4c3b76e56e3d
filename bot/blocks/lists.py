"""Bullet lists that say how many more there are than they show."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el

Parts = Sequence[el.RichText]


def with_rest(items: Sequence[Parts], total: int, where: str = "") -> list[Parts]:
    """Return what is shown of `total` items and, where that is not all, how many more there are: `3 more in Details`."""
    rest = total - len(items)
    return [*items, [el.italic(f"{rest:,} more{where}")]] if rest > 0 else [*items]


def bulleted(title: str, items: Sequence[Parts]) -> list[Block]:
    """Return a titled list; nothing where nothing is in it."""
    return [el.rich(el.line(el.bold(title)), el.bullets(items))] if items else []
