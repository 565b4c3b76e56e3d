"""What a watch says: that it is on, what came back, more of the same, and the digest of a storm."""

from collections.abc import Mapping
from datetime import datetime

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.text import duration, escape, outside
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.kept import RunDigest
from bot.domain.recurrence.fingerprint import Ingredients
from bot.domain.recurrence.occurrences import FailedRun
from bot.domain.run.phrases import plural
from bot.domain.run.steps import seconds_between
from bot.ids import short

_LISTED = 8


def watching_message(tenancy: Tenancy, user: str) -> Message:
    """Return what everybody is told when a channel begins to watch."""
    where = outside(str(tenancy), 150, one_line=True)
    text = f"This channel watches {where} now: failures come here by themselves."
    parts = [el.plain("This channel watches "), el.code(where), el.plain(" now, as "), el.person(user)]
    line = el.line(
        *parts,
        el.plain(" asked: failures come here by themselves. "),
        el.code("/replay watch off"),
        el.plain(" ends it."),
    )
    return Message(escape(text), el.to_dicts([el.rich(line)]))


def status_line(tenancy: Tenancy, looked: datetime | None, failed: str, *, now: datetime, every: float) -> str:
    """Return how a watch stands, in a sentence or two."""
    ago = duration(seconds_between(looked, now))
    last = f"Looked at {ago} ago" if ago else "Not looked at yet"
    trouble = f", without success: {failed}" if failed else "."
    return f"This channel watches {tenancy}, every {every:g} s. {last}{trouble}"


def backlog_words(waiting: int, left_out: int, left_at: datetime | None, because: str) -> str:
    """Return what a watch has not read, in a sentence each; "" where there is nothing."""
    trying = f" {plural(waiting, 'failed run')} could not be read yet, and will be tried again." if waiting else ""
    when = f", the last on {left_at:%d %b at %H:%M} UTC" if left_at else ""
    return f"{trying} Left out for good: {left_out:,}{when} ({because})." if left_out else trying


def came_back_message(incident: str, run_id: str, *, reopened: bool) -> Message:
    """Return what the thread and the channel are told of a failure that was closed as fixed."""
    text = f"{incident} has come back: run {short(run_id)} failed the same way."
    more = (
        " It was opened again." if reopened else " It was closed too long ago to be reopened: a new incident is opened."
    )
    button = el.button(
        "Replay", action_id(Action.REPLAY), encode(RunTarget(run_id=run_id, incident=incident if reopened else None))
    )
    blocks = [el.rich(el.line(el.bold(f"↩ {text}"), el.plain(more))), el.actions(button)]
    return Message(escape(text), el.to_dicts(blocks))


def again_message(count: int, recently: int, run_id: str) -> Message:
    """Return the line in an open incident's thread: it happened again."""
    often = f"{plural(count, 'more run')}, {plural(recently, 'time')} in 30 days"
    text = f"The same failure again: {often}. The newest is {short(run_id)}."
    button = el.button("Replay", action_id(Action.REPLAY), encode(RunTarget(run_id=run_id)))
    return Message(escape(text), el.to_dicts([el.rich(el.line(el.plain(text))), el.actions(button)]))


def new_failure_message(run: FailedRun, *, recently: int) -> Message:
    """Return the line about a failure without an incident, with the button that opens one. `recently`: runs in 30 days.

    It has the run's own sentence; what all runs of the failure have in common is said of many at once alone.
    """
    run_id, what = run.run_id, _failure_words(run.ingredients, run.said)
    often = f"as {plural(recently - 1, 'run')} did before in 30 days" if recently > 1 else "as no run did before"
    text = f"Run {short(run_id)} failed, {often}: {what}"
    line = el.line(el.bold(f"Run {short(run_id)} failed"), el.plain(f", {often}: "), el.code(what))
    button = el.button("Open incident", action_id(Action.REPLAY), encode(RunTarget(run_id=run_id)), style="primary")
    return Message(escape(text), el.to_dicts([el.rich(line), el.actions(button)]))


def taken_message(incident: str, run: RunDigest) -> Message:
    """Return the line about a failure once an incident is open for it: with the run's own sentence, and nothing to press."""
    what = outside(run.error or run.said or run.title, 200, one_line=True)
    text = f"Run {short(run.run_id)} failed: {what}. {incident} is open for it."
    line = el.line(
        el.bold(f"Run {short(run.run_id)} failed"),
        el.plain(": "),
        el.code(what),
        el.plain(f". {incident} is open for it."),
    )
    return Message(escape(text), el.to_dicts([el.rich(line)]))


def digest_message(counts: Mapping[str, int], known: Mapping[str, Ingredients], *, now: datetime) -> Message:
    """Return the digest of a storm: how many runs failed, in how many ways, and which most often."""
    total = sum(counts.values())
    title = f"{plural(total, 'more failed run')} in {plural(len(counts), 'way')}"
    often = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    items = [
        [el.bold(f"× {count:,} "), el.code(_failure_words(known[one]) if one in known else short(one))]
        for one, count in often[:_LISTED]
    ]
    more = [el.context(f"And {plural(len(often) - _LISTED, 'other way')}.")] if len(often) > _LISTED else []
    parts = [
        Part("title", [el.rich(el.line(el.bold(title)), el.bullets(items))]),
        Part("more", more),
        Part("note", [el.context(f"All are counted: /replay recent lists them. As of {now:%H:%M:%S} UTC.")]),
    ]
    return Message(escape(title), fit(parts))


def _failure_words(made_of: Ingredients, said: str = "") -> str:
    tool = outside(made_of.tool, 60, one_line=True) if made_of.tool else made_of.kind.value
    error = said.strip() or made_of.error
    return f"{tool}: {outside(error, 200 if said else 120, one_line=True)}" if error else tool
