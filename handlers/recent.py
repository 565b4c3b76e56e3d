"""`/replay recent`: the latest failed runs, and the button to older ones."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, PageTarget, action_pattern, decode
from bot.jobs.queueing import enqueue
from bot.jobs.recent import RecentRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission
from handlers.words import Typed, Understood, started, subcommand

LISTING = "Looking for the latest failed runs…"


@subcommand(
    "recent",
    help="the latest failed, partial and crashed runs of this scope with step, tool and error, each with a Replay button; "
    "those that failed the same way are one line",
)
def recent(typed: Typed) -> Understood:
    """List them for whoever asked."""
    return started(RecentRequest(reply=typed.reply), LISTING)


def register(app: AsyncApp, services: Services) -> None:
    """Register the listener of the button."""

    @app.action(action_pattern(Action.RECENT), middleware=[with_admission(services)])
    async def on_older(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        page = decode(PageTarget, action.get("value")).page
        await enqueue(services, RecentRequest(reply=click.reply, page=page), key=click.key)
        await ack()
