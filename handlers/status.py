"""`/replay status`: how the channel's incidents stand."""

from bot.jobs.status import StatusRequest
from handlers.words import Typed, Understood, started, subcommand

STATUS_COMING = "Looking at the incidents of this channel…"


@subcommand("status", help="how the channel's incidents stand, for you alone")
def status(typed: Typed) -> Understood:
    """Show them to whoever asked."""
    return started(StatusRequest(reply=typed.reply), STATUS_COMING)
