"""How incidents stand, for one person, and where something was added."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.checklist import progress
from bot.blocks.incident_root import fix_standing
from bot.blocks.layout import Message
from bot.blocks.notices import placed, told_at
from bot.blocks.place import Where
from bot.blocks.recurrence import recurrence_words
from bot.blocks.routing import (
    IN_PLACE,
    Action,
    IncidentTarget,
    PlacedTarget,
    RunTarget,
    UriTarget,
    action_id,
    encode,
)
from bot.blocks.text import age, cut, escape, linked, mrkdwn_time, outside
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural
from bot.domain.run.steps import seconds_between
from bot.errors import UsageError
from bot.ids import short

ANOTHER_CASE = "is of another case than what is open here."
NONE_OPEN = "No incident is open in this channel."
NONE_OPEN_FIX = "Type `/replay <run_id>` to open one, or `/replay recent` for the latest failed runs."
NONE_KEPT = "No incident is open: none is kept in direct messages."
NONE_KEPT_FIX = "Invite me to the channel where people work on it, and replay the run there: that opens one."
SHOW_AGAIN = "Show its messages again"
_RUNS = 5
_CHOICES = 4
_RUN_LINE = 500  # escaping makes a text up to five times as long, and a section takes 3,000 characters
_WAITING = 2_500  # of the 3,000 characters that a section takes


def none_open(where: Where) -> UsageError:
    """Return what is told where no incident is open, and how one is opened."""
    return UsageError(NONE_KEPT, fix=NONE_KEPT_FIX) if where.direct else UsageError(NONE_OPEN, fix=NONE_OPEN_FIX)


def no_incident_message(where: Where, *, closed: str = "") -> Message:
    """Return the same as an answer, not as a failure, with what there is to say of the one that was `closed` last."""
    told = placed(none_open(where), where)
    lines = [told.what, *([told_at(where, closed)] if closed else []), escape(told.fix)]
    return Message(" ".join(lines), el.to_dicts([el.mrkdwn(line) for line in lines]))


def incident_blocks(
    incident: Incident, permalinks: Mapping[str, str], *, now: datetime, number: int = 0, show_again: bool = False
) -> Iterator[Block]:
    """Yield one incident at a glance: age, lead, fix, runs, what blocks, and a button to its thread; `number` makes that unique.

    `show_again` offers to post its messages anew where they were deleted.
    """
    for_ = age(seconds_between(incident.head.at, now))
    facts = [incident.id, incident.severity, f"open for {for_}" if for_ else "open", progress(incident)]
    title = f"*{' · '.join(escape(fact) for fact in facts if fact)}*"
    link = permalinks.get(incident.root_ts or "")
    button = el.link_button("Open thread", action_id(Action.LINK, number), link) if link else None
    lead = f"lead {el.who(incident.lead)}" if incident.lead else "nobody is on it yet"
    stands = " · ".join([lead, *(escape(fix_standing(proof)) for proof in proofs_of(incident)[:_RUNS])])
    lines = [title, stands, *_run_lines(incident.runs[:_RUNS])]
    if len(incident.runs) > _RUNS:
        lines.append(plural(len(incident.runs) - _RUNS, "more run"))
    if again := recurrence_words(incident):
        lines.append(" · ".join(again))
    yield el.mrkdwn("\n".join(lines), button)
    waiting = "; ".join(el.literal(item.spec.title, 80) for item in incident.blockers)
    blocks = f"Blocks the close: {cut(waiting, _WAITING)}" if waiting else "Nothing blocks the close."
    yield el.mrkdwn(blocks)
    if show_again:
        target = IncidentTarget(incident=incident.id)
        yield el.actions(el.button(SHOW_AGAIN, action_id(Action.SHOW_AGAIN, number), encode(target)))


def joined_message(
    incident: Incident, what: str, placed: PlacedTarget, *, others: int, link: str | None = None
) -> Message:
    """Return what the asker is told: where it was added, and a button that moves it. `others` counts the other open ones."""
    also = f" {plural(others, 'other incident')} {'is' if others == 1 else 'are'} open here." if others else ""
    said, button = (
        f"{escape(what)} was added to",
        el.button("Choose another…", action_id(Action.CHOOSE), encode(placed)),
    )
    block = el.mrkdwn(f"{said} {linked(incident.id, link)}.{also}", button)
    return Message(f"{said} {incident.id}.{also}", el.to_dicts([block]))


def added_message(what: str, incident: str, *, link: str | None) -> Message:
    """Return the line for whoever asked elsewhere than in the incident's thread, where the answer went."""
    said = el.literal(what, 200)
    return Message(
        f"{said} · in {incident}", el.to_dicts([el.mrkdwn(f"{said} · in the thread of {linked(incident, link)}")])
    )


def choice_message(choices: Sequence[Incident], target: RunTarget, action: Action, *, guess_new: bool) -> Message:
    """Return what the asker is told of a run of another case than any open incident: join one, or open a new one.

    `target` is what is to be done, by `action`; the bot's guess is the first button.
    """
    new = el.button("Open a new one", action_id(action), encode(target.model_copy(update={"new": True})))
    run = short(target.run_id)
    what = f"Run {el.code_text(run, 8)}"
    return Message(
        f"Run {run} {ANOTHER_CASE} Choose an incident.",
        _choice_blocks(what, choices, target, action, other=new, guess_other=guess_new),
    )


def record_choice_message(
    title: str, choices: Sequence[Incident], target: UriTarget, *, guess_outside: bool
) -> Message:
    """Return what the asker is told of a record whose run is of another case than any open incident.

    What is shown outside of them has the button that opens an incident around it.
    """
    outside_ = target.model_copy(update={"outside": True})
    alone = el.button("Show it outside of incidents", action_id(Action.RESOLVE), encode(outside_))
    what = el.literal(title, 200)
    return Message(
        f"{what} {ANOTHER_CASE} Choose an incident.",
        _choice_blocks(what, choices, target, Action.RESOLVE, other=alone, guess_other=guess_outside),
    )


def _choice_blocks(
    what: str,
    choices: Sequence[Incident],
    target: RunTarget | UriTarget,
    action: Action,
    *,
    other: ButtonElement,
    guess_other: bool,
) -> list[dict[str, Any]]:
    joins = [
        el.button(f"Join {one.id}", action_id(action, place), encode(target.model_copy(update={"incident": one.id})))
        for place, one in enumerate(choices[:_CHOICES], start=1)
    ]
    buttons = [other, *joins] if guess_other else [*joins, other]
    buttons[0].style = "primary"
    known = [choice_words(one) for one in choices[:_CHOICES]]
    text = f"{what} {ANOTHER_CASE} Nothing was posted yet: where does it belong?"
    return el.to_dicts(
        [el.mrkdwn(text), *(el.context(line) for line in known), el.actions(*buttons, block_id=IN_PLACE)]
    )


def known_run_message(
    incident: Incident, run_id: str, *, link: str | None, now: datetime, again: bool = False
) -> Message:
    """Return the line for whoever replays a run that is in an incident already; what is shown of it is up to date now.

    `again`: its analysis had been deleted, and was posted again.
    """
    posted = " Its analysis was deleted; I posted it again." if again else ""
    text = f"Run {el.code_text(short(run_id), 8)} is already in {linked(incident.id, link)}, as of {mrkdwn_time(now)}.{posted}"
    return Message(f"Run {short(run_id)} is already in {incident.id}.{posted}", el.to_dicts([el.mrkdwn(text)]))


def run_words(run: RunDigest) -> str:
    """Return a run in a line for mrkdwn: id, verdict, critical step."""
    at = f" at {el.literal(run.critical, 80)}" if run.critical else ""
    word = "succeeded" if run.verdict == "success" else run.verdict.replace("_", " ")
    return f"run {el.code_text(short(run.run_id), 8)} {el.literal(word, 30)}{at}"


def _run_lines(runs: Sequence[RunDigest]) -> Iterator[str]:
    """Yield a line a run; a goal that the run above has, too, is not said again."""
    said = ""
    for run in runs:
        goal = f" — {el.literal(run.goal, 80)}" if run.goal and run.goal != said else ""
        said = run.goal or said
        yield cut(f"{run_words(run)}{goal}", _RUN_LINE)


def choice_words(incident: Incident) -> str:
    """Return an incident as one of several to choose from: its id and what its runs were to do."""
    goal = next((run.goal for run in incident.runs if run.goal), "")
    return outside(f"{incident.id} {goal}", 75, one_line=True)
