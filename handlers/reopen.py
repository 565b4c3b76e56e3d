"""`/replay reopen`, and *Reopen…* on the line of a close."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.inputs import REASON_LIMIT, read_reason
from bot.blocks.reopen import reopen_modal
from bot.blocks.routing import Action, Modal, action_pattern
from bot.domain.incident.state import Incident
from bot.domain.text.typed import with_plain_dashes
from bot.errors import BotError, UsageError
from bot.jobs.queueing import enqueue
from bot.jobs.reopen import ReopenRequest
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.modals import open_modal
from handlers.named_incident import incident_and_why
from handlers.words import Typed, Understood, refused, started, subcommand

REOPENING = "Opening the incident again…"
UNDO = "What is to be undone?"
UNDO_FORM = (
    "Type `/replay reopen` to take a close back, or `/replay lead off` to step back from the lead; "
    "what the checklist has as done has a button Undo… beside it."
)
_HYPHENED = re.compile(r"re-open\b", re.IGNORECASE)
_UNDO = re.compile(r"undo(?: (?:that|this|it|last))?")
_AGAIN = re.compile(
    r"(?:undo|revert|take back|cancel) (?:the )?clos(?:e|ing)|unclose|open (?:(?:it|this|the incident) )?again"
)


@subcommand(
    "reopen",
    arguments="[<incident>] [<why>]",
    help="open a closed incident again: the one that is named, else the thread's, else the one closed last",
    phrases=re.compile(f"{_HYPHENED.pattern}.*|{_AGAIN.pattern}|{_UNDO.pattern}", re.DOTALL),
)
def reopen(typed: Typed) -> Understood:
    """Open an incident again, with what stands behind its id as the reason; `undo` alone is asked what it means."""
    typed = replace(typed, text=_HYPHENED.sub("", with_plain_dashes(typed.text), count=1).strip())
    said = typed.text.strip(" .,;!?…").lower()
    if _UNDO.fullmatch(said):
        return refused(UsageError(UNDO, fix=UNDO_FORM), typed)
    try:
        incident, why = incident_and_why(typed, "reopen")
    except BotError as error:
        return refused(error, typed)
    reason = "" if _AGAIN.fullmatch(said) else why[:REASON_LIMIT]
    return started(ReopenRequest(reply=typed.reply, incident=incident, reason=reason, typed=True), REOPENING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.REOPEN), middleware=[with_incident(services)])
    async def on_reopen(ack: AsyncAck, body: dict[str, Any], incident: Incident) -> None:
        await open_modal(services, body, reopen_modal(incident))
        await ack()

    @app.view(Modal.REOPEN, middleware=[with_incident(services)])
    async def on_reopen_submitted(ack: AsyncAck, view: dict[str, Any], click: Click, incident: Incident) -> None:
        reason = read_reason(view["state"]["values"])
        request = ReopenRequest(reply=click.reply, incident=incident.id, reason=reason)
        await enqueue(services, request, key=click.key)
        await ack()
