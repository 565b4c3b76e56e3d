"""The latest failed runs of a scope, each with a Replay button."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.text import duration, escape, outside
from bot.domain.access.tenancy import Tenancy
from bot.domain.run.records import Node
from bot.domain.run.steps import seconds_between
from bot.domain.run.wording import plural
from bot.ids import as_uuid, short

SHOWN = 10
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


def recent_message(
    ends: Sequence[Node], tenancy: Tenancy, *, now: datetime, has_more: bool, counts: Mapping[str, int] = NO_COUNTS
) -> Message:
    """Return the list; `ends` are failed end records, newest first. `counts` says by their ids how often a failure was seen."""
    where = outside(str(tenancy), 150, one_line=True)
    rows = [_row(node, counts.get(node.id, 1), number, now) for number, node in enumerate(ends[:SHOWN])]
    shown = [row for row in rows if row is not None]
    if not shown:
        text = f"No failed run is visible in {where}."
        return Message(escape(text), fit([Part("list", [el.rich(el.line(el.plain(text)))])]))
    title = f"Latest failed runs of {where}"
    more = [el.context("There are older ones.")] if has_more or len(ends) > SHOWN else []
    parts = [Part("title", [el.rich(el.line(el.bold(title)))])]
    parts += [Part("an older run", [row], rank=rank) for rank, row in enumerate(shown)]
    return Message(escape(f"{title}: {plural(len(shown), 'run')}"), fit([*parts, Part("note", more)]))


def _row(node: Node, count: int, number: int, now: datetime) -> Block | None:
    run_id = as_uuid(node.run_id or "")
    if run_id is None:
        return None
    ago = duration(seconds_between(node.created_at, now))
    words = [
        f"{short(run_id)} failed" + (f" {ago} ago" if ago else "") + (f" · × {count:,}" if count > 1 else ""),
        outside(str(node.slots.get("summary") or "no summary recorded"), 200, one_line=True),
    ]
    button = el.button("Replay", action_id(Action.REPLAY, number), encode(RunTarget(run_id=run_id)))
    return el.text_with_button(" · ".join(words), button)
