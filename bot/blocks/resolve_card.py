"""What the cards of all kinds of records are made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.blocks.layout import Part
from bot.blocks.text import mrkdwn_time, outside
from bot.domain.run.resolution import Resolution
from bot.domain.run.uris import AionisUri, uri_of
from bot.ids import as_uuid

LISTED = 8  # things of a kind

Goal = tuple[str, AionisUri | str | None]  # a label, and a URI to resolve or the id of a run to replay
Walk = list[Goal]


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a record: its title, its parts, and the places that can be walked to from it."""

    title: str
    parts: list[Part]
    walk: Walk


def own_uri(resolution: Resolution, type_: str, id_: Any) -> AionisUri | None:
    """Return the URI of a record of the same tenant and scope, where it can be walked to; `id_` is whatever a record holds."""
    found = as_uuid(id_) if isinstance(id_, str) else None
    return resolution.walkable(str(uri_of(resolution.tenancy, type_, found))) if found else None


def time_words(moment: datetime | None) -> str:
    """Return a time for mrkdwn, or that there is none."""
    return mrkdwn_time(moment) if moment else "not recorded"


def short_text(value: Any, limit: int) -> str:
    """Return a text from outside on one line; "" for what is no text, or blank."""
    return outside(value, limit, one_line=True) if isinstance(value, str) and value.strip() else ""
