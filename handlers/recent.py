"""`/replay recent`: the latest failed runs."""

from bot.jobs.recent import RecentRequest
from handlers.words import Typed, Understood, started, subcommand

LISTING = "Looking for the latest failed runs…"


@subcommand(
    "recent",
    help="the latest failed runs of this scope, each with a Replay button; those that failed the same way are one line",
)
def recent(typed: Typed) -> Understood:
    """List them for whoever asked."""
    return started(RecentRequest(reply=typed.reply), LISTING)
