"""Runs that failed the same way: `/replay similar`, and the button that lists them."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, RunTarget, action_pattern, decode
from bot.domain.run.run_ids import JOIN_FORM, SIMILAR_FORM, parse_run_id, two_run_ids
from bot.errors import BotError, UsageError
from bot.jobs.queueing import enqueue
from bot.jobs.similar import JoinRequest, SimilarRequest, SplitRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission
from handlers.words import Typed, Understood, refused, started, subcommand

WHICH = "Similar to which run?"
JOINING = "Looking at the two failures…"
_AS = re.compile(r"(?i)\bas\b")
COMING = "Looking for runs that failed the same way…"


@subcommand(
    "similar",
    arguments="<run_id> [as <run_id>]",
    help="the runs that failed the same way, and what makes them the same; `as` says that two runs are one failure",
    doc="docs/recurrence.md",
)
def similar(typed: Typed) -> Understood:
    """Read a run's id, or two with `as` between them."""
    if not typed.text:
        return refused(UsageError(WHICH, fix=f"Type {SIMILAR_FORM}."), typed)
    try:
        if _AS.search(typed.text):
            run_id, other = two_run_ids(typed.text, form=JOIN_FORM)
            return started(JoinRequest(reply=typed.reply, run_id=run_id, other=other), JOINING)
        run_id = parse_run_id(typed.text, form=SIMILAR_FORM)
    except BotError as error:
        return refused(error, typed)
    return started(SimilarRequest(reply=typed.reply, run_id=run_id), COMING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.SIMILAR), middleware=[with_admission(services)])
    async def on_button(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        await enqueue(services, _request(click, target), key=click.key)
        await ack()

    @app.action(action_pattern(Action.SPLIT), middleware=[with_admission(services)])
    async def on_split(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        await enqueue(services, SplitRequest(reply=click.reply, run_id=target.run_id), key=click.key)
        await ack()


def _request(click: Click, target: RunTarget) -> SimilarRequest | JoinRequest:
    if target.rerun_id:
        return JoinRequest(reply=click.reply, run_id=target.run_id, other=target.rerun_id)
    return SimilarRequest(reply=click.reply, run_id=target.run_id, incident=target.incident)
