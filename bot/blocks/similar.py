"""How often a failure was seen: the line in a replay, and the list of the runs that failed the same way."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.spoken import spoken
from bot.blocks.text import duration, escape, outside
from bot.domain.recurrence.fingerprint import NO_TOOL_KNOWN, RECIPE, Ingredients
from bot.domain.recurrence.history import FailureHistory
from bot.domain.recurrence.occurrences import PastIncident
from bot.domain.run.phrases import DIVERGENT, plural
from bot.domain.run.steps import seconds_between
from bot.ids import short

_LISTED = 10
_INCIDENTS = 5
NOT_FAILED = "Run {run_id} did not fail, or has not yet: there is nothing to compare it by."
_KINDS = {"divergent": DIVERGENT, "unknown": "ended with a status that is not known"}


def seen_before(
    history: FailureHistory | None, *, current: str | None, links: Mapping[str, str], channel: str, now: datetime
) -> list[Block]:
    """Return the line that says that a failure is not new; [] where it is. `current` is the incident that the run is in."""
    if history is None or not history.was_seen_before(current):
        return []
    others = history.other_incidents(current)
    # The oldest run of a failure may be replayed, too: it was not seen before that.
    label = "Seen again since: " if history.is_first and history.since else "Seen before: "
    label = "Seen: " if history.since is None else label
    parts: list[el.RichText] = [el.bold(label), el.plain(how_often(history, now))]
    if others:
        parts += [el.plain(" · "), *_incident(others[0], links, channel, now)]
    return [el.rich(el.line(*parts))]


def how_often(history: FailureHistory, now: datetime) -> str:
    """Return `5th time in 30 days · first 12 Nov`; of a run that is not the newest, which of how many it is.

    `at least the 5th time` where not all that failed before is known yet.
    """
    if history.since != 0:
        return _among_others(history, now)
    recently = history.recently(now)
    times = f"{ordinal(recently)} time in 30 days" if recently > 1 else f"{ordinal(max(1, history.count))} time"
    if not history.whole:
        return f"at least the {times}" if history.count > 1 else "at least once"
    return f"{times}{_first(history, now)}" if history.count > 1 else times


def _among_others(history: FailureHistory, now: datetime) -> str:
    """Return `2nd of 5 times in 30 days · last 1 h ago · first 12 Nov`; just how many where the run is none that is listed."""
    count, recently, since = history.count, history.recently(now), history.since
    at_least = "" if history.whole else "at least "
    which = f"{ordinal(count - since) if history.whole else 'one'} of " if since is not None else ""
    ago = duration(seconds_between(history.last_seen, now))
    lately = f"{recently:,} of them in 30 days" if 0 < recently < count else ""
    facts = [
        f"{which}{at_least}{plural(count, 'time')}{' in 30 days' if recently == count else ''}",
        ", ".join(fact for fact in (lately, f"last {ago} ago" if ago else "") if fact),
    ]
    first = "" if history.is_first or not history.whole else _first(history, now)
    return " · ".join(fact for fact in facts if fact) + first


def _first(history: FailureHistory, now: datetime) -> str:
    first = history.first_seen
    if first is None:
        return ""
    return f" · first {first.day} {first:%b}{f' {first.year}' if first.year != now.year else ''}"


def similar_message(history: FailureHistory, *, links: Mapping[str, str], channel: str, now: datetime) -> Message:
    """Return the list of the runs that failed the same way, and what makes them the same."""
    seen = plural(history.count, "time") if history.count > 1 else "once"
    title = f"Run {short(history.run_id)}: seen {'' if history.whole else 'at least '}{seen}"
    rows = [_row(run_id, at, number, history, now) for number, (run_id, at) in enumerate(history.runs[:_LISTED])]
    more = history.count - len(rows)
    parts = [
        Part("title", [el.header(title)]),
        Part("how often", [el.rich(el.line(el.plain(how_often(history, now))))]),
        Part("why the same", [_why(history)]),
        Part("incidents", _incidents(history, links, channel, now), rank=2),
        *(Part("a run", [row], rank=1) for row in rows),
        Part("decide", [el.actions(_split_button(history))]),
        Part("more", [el.context(f"And {plural(more, 'older run')}.")] if rows and more > 0 else []),
    ]
    blocks = fit(parts)
    return Message(spoken(blocks), blocks)


def _split_button(history: FailureHistory) -> ButtonElement:
    label = "It is the same after all" if history.split else "This one is different"
    return el.button(label, action_id(Action.SPLIT), encode(RunTarget(run_id=history.run_id)))


def not_failed_message(run_id: str) -> Message:
    """Return the answer about a run that did not fail."""
    text = NOT_FAILED.format(run_id=outside(run_id, 60, one_line=True))
    return Message(escape(text), el.to_dicts([el.rich(el.line(el.plain(text)))]))


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _why(history: FailureHistory) -> Block:
    title = el.line(el.bold("A failure of its own, as somebody said." if history.split else "Why the same?"))
    return el.rich(title, el.bullets(list(_ingredients(history.ingredients, history.fingerprint))))


def _ingredients(made_of: Ingredients, fingerprint: str) -> Iterator[list[el.RichText]]:
    tool = outside(made_of.tool, 120, one_line=True) if made_of.tool else NO_TOOL_KNOWN
    yield [el.plain("tool "), el.code(tool)]
    if made_of.postconditions:
        names = ", ".join(outside(name, 60, one_line=True) for name in made_of.postconditions[:5])
        yield [el.plain("failed postconditions "), el.code(names)]
    yield [
        el.plain("error "),
        el.code(outside(made_of.error, 400, one_line=True) if made_of.error else "no error text"),
    ]
    yield [el.plain(f"kind: {_KINDS.get(made_of.kind, made_of.kind.value)}")]
    yield [el.plain("fingerprint "), el.code(outside(fingerprint, 80, one_line=True)), el.plain(f" ({RECIPE})")]


def _incidents(history: FailureHistory, links: Mapping[str, str], channel: str, now: datetime) -> list[Block]:
    if not history.incidents:
        return []
    items = [list(_incident(one, links, channel, now)) for one in history.incidents[:_INCIDENTS]]
    return [el.rich(el.line(el.bold("Incidents")), el.bullets(items))]


def _incident(one: PastIncident, links: Mapping[str, str], channel: str, now: datetime) -> Iterator[el.RichText]:
    """Return `INC-7Q2K closed as fixed by PR 71, 3 d 2 h ago`, or that it was closed without a verified fix.

    What people wrote in another channel is not shown here.
    """
    link = links.get(one.id)
    yield el.permalink(link, one.id) if link else el.bold(one.id)
    ago = duration(seconds_between(one.at, now))
    if one.state != "closed":
        yield el.plain(f" has been open for {ago}" if ago else " is open")
        return
    when = f", {ago} ago" if ago else ""
    by = f" by {outside(one.fix, 60, one_line=True)}" if one.fix and one.channel == channel else ""
    yield el.plain(f" closed{f' as fixed{by}' if one.fixed else ' without a verified fix'}{when}")


def _row(run_id: str, at: datetime, number: int, history: FailureHistory, now: datetime) -> Block:
    ago = duration(seconds_between(at, now))
    words = f"{short(run_id)}{f' · {ago} ago' if ago else ''}{' · this run' if run_id == history.run_id else ''}"
    target = encode(RunTarget(run_id=run_id))
    return el.text_with_button(words, el.button("Replay", action_id(Action.REPLAY, number), target))
