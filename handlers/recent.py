"""`/replay recent`: the latest failed runs, and the button to older ones."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.recent import SHOWN
from bot.blocks.routing import Action, PageTarget, action_pattern, decode
from bot.domain.run.record_references import clean, echo
from bot.domain.text.typed import with_plain_dashes
from bot.errors import UsageError
from bot.jobs.queueing import enqueue
from bot.jobs.recent import MOST, RecentRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission
from handlers.words import Typed, Understood, refused, started, subcommand

LISTING = "Looking for the latest failed runs…"
NOT_A_PAGE = "I understood {typed}, which is not a page of the list."
FORM = f"Type `/replay recent` for the newest failures, `/replay recent 2` for the next {SHOWN}, up to page {MOST}."
_PHRASES = re.compile(
    r"recents|(?:list |the ){0,2}(?:list|latest|last|newest|recent)(?: (?:the )?(?:failures|failed runs|runs))?"
    r"|failures|failed runs|(?:what|which runs?) failed"
)
_PAGE = re.compile(r"(?:(?:page|p|seite) ?)?[#.]? ?([+-]?\d+)(?:st|nd|rd|th)?(?: page)?")


@subcommand(
    "recent",
    arguments="[<page>]",
    help="the latest failed, partial and crashed runs of this scope with step, tool and error, each with a Replay button; "
    "those that failed the same way are one line",
    phrases=_PHRASES,
)
def recent(typed: Typed) -> Understood:
    """List a page of them for whoever asked: the newest, where no number says otherwise."""
    page = _PAGE.fullmatch(with_plain_dashes(clean(typed.text)).lower())
    if page and not 1 <= int(page.group(1)[:9]) <= MOST:
        return refused(UsageError(NOT_A_PAGE.format(typed=echo(typed.text)), fix=FORM), typed)
    return started(RecentRequest(reply=typed.reply, page=int(page.group(1)) - 1 if page else 0), LISTING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.RECENT), middleware=[with_admission(services)])
    async def on_older(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        page = decode(PageTarget, action.get("value")).page
        await enqueue(services, RecentRequest(reply=click.reply, page=page), key=click.key)
        await ack()
