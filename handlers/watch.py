"""`/replay watch`: failures that come to the channel by themselves."""

from bot.errors import UsageError
from bot.jobs.watch import WatchRequest
from handlers.words import Typed, Understood, refused, started, subcommand

COMING = "Looking at what this channel watches…"
FORM = "Type `/replay watch`, `/replay watch off` or `/replay watch status`."


@subcommand(
    "watch",
    arguments="[off | status]",
    help="failures of the channel's scope come to it by themselves; `off` ends that, `status` tells how it stands",
    doc="docs/recurrence.md",
)
def watch(typed: Typed) -> Understood:
    """Read `off`, `status`, or nothing."""
    match typed.text.strip().lower():
        case "" | "on":
            return started(WatchRequest(reply=typed.reply), COMING)
        case "off":
            return started(WatchRequest(reply=typed.reply, to_do="off"), COMING)
        case "status":
            return started(WatchRequest(reply=typed.reply, to_do="status"), COMING)
    return refused(UsageError("I did not understand that.", fix=FORM), typed)
