"""`/replay watch`: failures that come to the channel by themselves."""

import re

from bot.domain.run.record_references import clean, echo
from bot.errors import UsageError
from bot.jobs.watch import WatchRequest
from handlers.words import Typed, Understood, refused, started, subcommand

COMING = "Looking at what this channel watches…"
NOT_ONE = "I understood {typed}, which is none of what there is to say about watching."
FORM = "Type `/replay watch`, `/replay watch off` or `/replay watch status`."
_STOP = re.compile(r"unwatch|stop watch(?:ing)?(?: (?:here|it|(?:this|the)(?: channel)?))?")
_START = re.compile(r"(?:start|begin) watch(?:ing)?(?: (?:here|it|(?:this|the)(?: channel)?))?")


@subcommand(
    "watch",
    arguments="[off | status]",
    help="failures of the channel's scope come to it by themselves; `off` ends that, `status` tells how it stands",
    doc="docs/recurrence.md",
    phrases=re.compile(f"{_STOP.pattern}|{_START.pattern}"),
)
def watch(typed: Typed) -> Understood:
    """Read `off`, `status`, or nothing."""
    said = clean(typed.text).lower()
    match "off" if _STOP.fullmatch(said) else "on" if _START.fullmatch(said) else said:
        case "" | "on" | "this" | "this channel" | "here" | "it":
            return started(WatchRequest(reply=typed.reply), COMING)
        case "off" | "stop" | "end":
            return started(WatchRequest(reply=typed.reply, to_do="off"), COMING)
        case "status":
            return started(WatchRequest(reply=typed.reply, to_do="status"), COMING)
    return refused(UsageError(NOT_ONE.format(typed=echo(typed.text)), fix=FORM), typed)
