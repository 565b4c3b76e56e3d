"""The Home tab: open incidents of one's channels, one's own items, the latest failed runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.incidents import incident_blocks
from bot.blocks.recent import standing, where_it_broke
from bot.blocks.recurrence import recurrence_words
from bot.blocks.text import code_span, cut, duration, outside
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.reminders import owner_of
from bot.domain.incident.state import Incident, Item
from bot.domain.recurrence.troubled import TroubledRun
from bot.domain.run.phrases import plural
from bot.domain.run.steps import seconds_between
from bot.errors import BotError
from bot.ids import as_uuid

_INCIDENTS = 20  # three blocks each, of a view's 100
_ITEMS = 15  # a block each
_WATCHES = 8  # a line each
_RUN_LINE = 400  # characters; a section takes 3,000


@dataclass(frozen=True, slots=True)
class WatchStanding:
    """A channel that watches a tenancy: when that was looked at last, and why that failed, "" where it did not."""

    channel: str
    tenancy: Tenancy
    looked: datetime | None
    failed: str


def latest(incidents: Sequence[Incident]) -> list[Incident]:
    """Return the incidents that the tab shows, of all that are open."""
    return sorted(incidents, key=lambda one: one.head.at, reverse=True)[:_INCIDENTS]


def home_view(
    *,
    user: str,
    incidents: Sequence[Incident],
    permalinks: Mapping[str, str],
    failed: Mapping[Tenancy, Sequence[TroubledRun] | BotError],
    watched: Sequence[WatchStanding],
    now: datetime,
) -> dict[str, Any]:
    """Return a person's Home tab. `failed` are the latest failed runs by tenancy, or why there are none."""
    blocks = [
        *_incidents(incidents, permalinks, now),
        el.divider(),
        *_watched(watched, incidents, now),
        el.divider(),
        *_own_items(user, incidents),
        el.divider(),
        *_failed_runs(failed, now),
    ]
    return {"type": "home", "blocks": el.to_dicts(blocks)}


def _incidents(incidents: Sequence[Incident], permalinks: Mapping[str, str], now: datetime) -> Iterator[Block]:
    yield el.header(f"Open incidents · {len(incidents)}")
    if not incidents:
        yield el.context("None in the channels that you share with me.")
    for number, incident in enumerate(latest(incidents)):
        yield el.mrkdwn(el.channel_link(incident.channel))
        yield from incident_blocks(incident, permalinks, now=now, number=number)
    if len(incidents) > _INCIDENTS:
        yield el.context(f"{len(incidents) - _INCIDENTS} more")


def _watched(watched: Sequence[WatchStanding], incidents: Sequence[Incident], now: datetime) -> Iterator[Block]:
    """Yield what is watched, and what came back."""
    yield el.header(f"Watched · {plural(len(watched), 'channel')}")
    if not watched:
        yield el.context("No channel that you share with me watches. /replay watch in an incident channel begins it.")
    lines = [_watch_line(one, now) for one in watched[:_WATCHES]]
    if lines:
        yield el.mrkdwn("\n".join(lines))
    if len(watched) > _WATCHES:
        yield el.context(f"{len(watched) - _WATCHES} more")
    back = [one for one in incidents if one.came_back]
    if back:
        shown = [
            f"↩ {el.channel_link(one.channel)} · {one.id} · {' · '.join(recurrence_words(one))}"
            for one in back[:_WATCHES]
        ]
        more = [f"{len(back) - _WATCHES} more"] if len(back) > _WATCHES else []
        yield el.mrkdwn("*Came back*\n" + "\n".join([*shown, *more]))


def _watch_line(one: WatchStanding, now: datetime) -> str:
    ago = duration(seconds_between(one.looked, now))
    last = f"looked at {ago} ago" if ago else "not looked at yet"
    trouble = f", without success: {el.literal(one.failed, 150)}" if one.failed else ""
    return f"{el.channel_link(one.channel)} · {el.code_text(str(one.tenancy), 150)} · {last}{trouble}"


def _own_items(user: str, incidents: Sequence[Incident]) -> Iterator[Block]:
    own = [(one, item) for one in incidents for item in one.blockers if owner_of(item, one) == user]
    yield el.header(f"Your open items · {len(own)}")
    if not own:
        yield el.context("No open item names you as its owner.")
    yield from (el.mrkdwn(_item_line(one, item)) for one, item in own[:_ITEMS])
    if len(own) > _ITEMS:
        yield el.context(f"{len(own) - _ITEMS} more")


def _item_line(incident: Incident, item: Item) -> str:
    return f"☐ {el.literal(item.spec.title, 120)} · {incident.id} in {el.channel_link(incident.channel)}"


def _failed_runs(failed: Mapping[Tenancy, Sequence[TroubledRun] | BotError], now: datetime) -> Iterator[Block]:
    yield el.header("Latest failed runs")
    if not failed:
        yield el.context("No channel that you share with me reads from Aionis.")
    for tenancy, runs in failed.items():
        where = outside(str(tenancy), 150, one_line=True)
        if isinstance(runs, BotError):
            yield el.context(f"{where}: could not be read. {outside(str(runs), 500, one_line=True)}")
            continue
        lines = [line for run in runs if (line := _run_line(run, now))]
        shown = "\n".join(lines) or "No failed run is visible."
        yield el.mrkdwn(f"*{el.literal(where, 150)}* · {plural(len(lines), 'run')}\n{shown}")
    yield el.context("To replay one, type /replay and its id in an incident channel.")


def _run_line(run: TroubledRun, now: datetime) -> str | None:
    run_id = as_uuid(run.diagnosis.run_id)
    if run_id is None:
        return None
    ago = duration(seconds_between(run.at, now))
    words = [code_span(run_id), el.literal(standing(run), 80), f"{ago} ago" if ago else ""]
    broke = el.literal(where_it_broke(run.diagnosis), 160)
    return cut(" · ".join(word for word in (*words, broke) if word), _RUN_LINE)
