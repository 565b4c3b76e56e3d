"""The latest failed runs of a scope, each with a Replay button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import Message, Part, fit
from bot.blocks.phrases import unsaid_words, verdict_word
from bot.blocks.routing import Action, PageTarget, RunTarget, action_id, encode
from bot.blocks.spoken import spoken
from bot.blocks.text import duration, escape, outside
from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.troubled import TroubledRun
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.phrases import READ_AS, plural
from bot.domain.run.steps import seconds_between
from bot.ids import as_uuid, short

SHOWN = 10
_MARKS = {Verdict.FAILED: "✗", Verdict.PARTIAL: "◐", Verdict.STALLED: "…"}
_LINE = 200  # characters
NOTHING_OLDER = "There is no page {page}: no older failed run is visible in {where}."
NOTHING = "No failed run is visible in {where}."
UNREAD = "{runs} could not be read just now; what is said there is from stored records, which may be older."
SO_FAR = "Not all failures of this scope could be counted yet: there may be more of each."
NOT_ALL = "Only the newest records of this scope were looked through; older failures are not in this list."


@dataclass(frozen=True, slots=True)
class RecentFailure:
    """The newest run of a failure, and how often that was seen."""

    run: TroubledRun
    count: int = 1


def recent_message(
    failures: Sequence[RecentFailure],
    tenancy: Tenancy,
    *,
    now: datetime,
    page: int,
    older: bool,
    has_more: bool,
    counted: bool = True,
    reads_as: str | None = None,
) -> Message:
    """Return a page of the list, newest first.

    `older`: there is another page; `has_more`: not all records were read; `counted`: how often each was seen is known.
    """
    where = outside(str(tenancy), 150, one_line=True)
    rows = [_row(failure, number, now) for number, failure in enumerate(failures[:SHOWN])]
    shown = [row for row in rows if row is not None]
    unread = sum(failure.run.unread for failure in failures[:SHOWN])
    notes = [
        UNREAD.format(runs=plural(unread, "run")) if unread else "",
        f"{READ_AS.format(agent=outside(reads_as, 60, one_line=True))}." if reads_as else "",
        "" if counted else SO_FAR,
        NOT_ALL if has_more and not older else "",
    ]
    note = Part("note", [el.context(*told)] if (told := [words for words in notes if words]) else [])
    if not shown:
        text = (NOTHING_OLDER if page else NOTHING).format(where=where, page=page + 1)
        return Message(escape(text), fit([Part("list", [el.rich(el.line(el.plain(text)))]), note]))
    title = f"Latest failed runs of {where}" + (f" · page {page + 1}" if page else "")
    more = el.button("Older failures", action_id(Action.RECENT), encode(PageTarget(page=page + 1)))
    parts = [
        Part("title", [el.rich(el.line(el.bold(title)))]),
        *(Part("an older run", [row], rank=rank) for rank, row in enumerate(shown)),
        Part("older ones", [el.actions(more)] if older else []),
        note,
    ]
    blocks = fit(parts)
    return Message(spoken(blocks), blocks)


def _row(failure: RecentFailure, number: int, now: datetime) -> Block | None:
    found = failure.run.diagnosis
    run_id = as_uuid(found.run_id)
    if run_id is None:
        return None
    ago = duration(seconds_between(failure.run.at, now))
    head = [
        f"{_MARKS.get(found.verdict, '?')} {standing(failure.run)} {short(run_id)}",
        f"{ago} ago" if ago else "",
        f"× {failure.count:,}" if failure.count > 1 else "",
        "not read just now" if failure.run.unread else "",
    ]
    lines = [" · ".join(part for part in head if part), what_and_who(found), where_it_broke(found)]
    button = el.button("Replay", action_id(Action.REPLAY, number), encode(RunTarget(run_id=run_id)))
    return el.text_with_button("\n".join(lines), button)


def standing(run: TroubledRun) -> str:
    """Return how a run stands now, and whether it had ended well before."""
    if run.diagnosis.verdict is Verdict.STALLED:
        return "CRASHED (no end recorded)"
    word = outside(verdict_word(run.diagnosis), 60, one_line=True)
    return f"{word} (its first end said success)" if run.turned else word


def what_and_who(found: Diagnosis) -> str:
    """Return the case, else the goal, and the agent."""
    what = f"case {found.case}" if found.case else found.goal or "goal not recorded"
    who = f" · {outside(found.agent, 60, one_line=True)}" if found.agent else ""
    return outside(what, _LINE, one_line=True) + who


def where_it_broke(found: Diagnosis) -> str:
    """Return where a run broke and with what, on one line."""
    critical = found.critical
    said = (critical.error if critical else None) or found.summary
    none = unsaid_words(critical.step if critical else None)
    error = outside(said, _LINE, one_line=True) if said else none
    if critical is None:
        return error
    # Of a run that could not be read just now there is none, and "not recorded" would not be true.
    tool = critical.step.record.tool_name
    return f"{critical.step.label}{f' {outside(tool, 60, one_line=True)}' if tool else ''}: {error}"
