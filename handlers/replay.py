"""`/replay <run_id>`, `@bot replay`, and Replay buttons."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, RunTarget, action_pattern, decode
from bot.domain.incident.named import split_incident
from bot.domain.run.record_references import clean
from bot.domain.run.run_ids import parse_run_id, several_run_ids
from bot.domain.text.typed import with_plain_dashes
from bot.domain.text.word_list import words
from bot.errors import UsageError
from bot.jobs.queueing import enqueue
from bot.jobs.replay import ReplayRequest
from bot.jobs.replay_message import NamedRequest, SeveralRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission
from handlers.named_incident import means_this_run
from handlers.words import (
    REPLAY,
    Typed,
    Understood,
    help_for,
    nearly_a_word,
    not_a_word,
    refused,
    started,
    subcommand,
    word_of,
)

NEW = "new"
_WITH_NEW = words(
    "a and an as begin create for from in incident instead make of on one open please start to under with"
)  # `as a new one`
REPLAYING = "Replaying run `{run_id}` from Aionis; the result comes as a message."
REPLAYING_SEVERAL = (
    "Replaying {count} runs from Aionis, each in a message of its own; `/replay compare <failing_run> <rerun>` "
    "compares two."
)
# `replay <run> and compare it with <run>`, `diff <run> <run>`
_COMPARES = re.compile(
    r"\b(?:compar(?:e|ed|ing|ison)|diff(?:erence)?|cmp|vs|versus|against|fixed by)\b|[-=]>|→", re.IGNORECASE
)
_OF_RUNS = words("compare similar gate")  # are asked for when they are misspelt, where runs are named
LOOKING = "Looking for the run that this thread is about…"


@subcommand(
    "",
    arguments="<run_id> [new | <incident>]",
    help="the run's verdict and critical step in the channel, its analysis with the timeline in the thread. "
    "The first one opens an incident, "
    "later ones join it, or the one that is named, and `new` opens another",
    doc="docs/diagnosis.md",
)
def replay(typed: Typed) -> Understood:
    """Read a run's id or link, and `new` before or behind it; nothing at all is the run that the thread is about.

    Two runs are compared where that is said, too; several are replayed one by one, as those of a message are.
    """
    text, new = _new_split_off(typed.text)
    if typed.in_thread and means_this_run(text):
        return started(NamedRequest(reply=typed.reply, new=new), LOOKING)
    if not text:
        return Understood(None, help_for(typed.reply.where, REPLAY))
    if (other := _other_word(typed, text)) is not None:
        return other
    if several := several_run_ids(text):
        said = REPLAYING_SEVERAL.format(count=len(several))
        return started(SeveralRequest(reply=typed.reply, named=" ".join(several), new=new), said)
    incident, run = (None, text) if new else split_incident(with_plain_dashes(text))
    try:
        run_id = parse_run_id(run)
    except UsageError as error:
        meant = nearly_a_word(REPLAY, text)
        return refused(not_a_word(text, meant) if meant else error, typed)
    request = ReplayRequest(reply=typed.reply, run_id=run_id, new=new, incident=incident, typed=bool(incident))
    return started(request, REPLAYING.format(run_id=run_id))


def _other_word(typed: Typed, text: str) -> Understood | None:
    """Return what is understood where runs are named behind a misspelt word, or two are compared in so many words; else None."""
    if (meant := nearly_a_word(REPLAY, text.split(maxsplit=1)[0])) in _OF_RUNS:
        return refused(not_a_word(text, meant), typed)
    compare = word_of(REPLAY, "compare") if _COMPARES.search(typed.text) else None
    compared = compare.understand(typed) if compare else None
    return compared if compared and compared.request else None


def _new_split_off(text: str) -> tuple[str, bool]:
    """Return what was typed without `new`, `as new`, `new one` and their like at either end, and whether it was there."""
    parts = text.split()
    said = [clean(word).strip("!()/-–—").lower() for word in parts]
    first, last = 0, len(parts)
    while first < last and (said[first] == NEW or said[first] in _WITH_NEW):
        first += 1
    while last > first and (said[last - 1] == NEW or said[last - 1] in _WITH_NEW):
        last -= 1
    if NEW in said[:first] or NEW in said[last:]:
        return " ".join(parts[first:last]), True
    return text, False


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.REPLAY), middleware=[with_admission(services)])
    async def on_button(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        request = ReplayRequest(reply=click.reply, run_id=target.run_id, incident=target.incident, new=target.new)
        await enqueue(services, request, key=click.key)
        await ack()
