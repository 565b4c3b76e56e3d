"""`/replay close`, and *Close incident* with what blocks it shown first."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.close import blocked_modal
from bot.blocks.inputs import REASON_LIMIT, read_reason
from bot.blocks.routing import Action, Modal, action_pattern
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.state import Incident
from bot.errors import BotError, UsageError
from bot.jobs.close import CloseRequest, closing_rights
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, with_incident
from handlers.modals import open_modal
from handlers.named_incident import incident_and_why
from handlers.words import Typed, Understood, refused, started, subcommand

CLOSING = "Closing the incident, if nothing blocks that…"
WHY = "To close although something blocks, say why."
WHY_FORM = "Type `/replay close anyway because <why>`; `/replay close` alone closes where nothing blocks."
WHY_TOO = "With a reason: `/replay close because <why>`."
# `close anyway`, `close INC-7Q2K although nothing is merged`: whatever blocks.
_ANYWAY = re.compile(r"(?:--)?\b(?:any ?ways?|regardless|nevertheless|nonetheless|force(?:d|fully)?)\b", re.IGNORECASE)
# What begins a reason where no incident is named; `close nonsense` has none.
_BECAUSE = re.compile(
    r"[ ,.;:(-]*(?:(?:it|this|that|the|one|incident|now|please)[ ,.;:(-]+)*"
    r"(?:because|since|as|for|due to|reason|was|is|it's|fixed|resolved|solved|mitigated|done|duplicate|false|drill|test)\b",
    re.IGNORECASE,
)


@subcommand(
    "close",
    arguments="[<incident>] [[anyway] because <why>]",
    help="close the incident, or say what blocks that; `anyway because <why>` closes it although something does",
)
def close(typed: Typed) -> Understood:
    """Close the incident that is named, else the thread's, else the channel's only open one, with a reason or without."""
    text, anyway = _ANYWAY.subn(" ", typed.text, count=1)
    said = replace(typed, text=text)
    try:
        incident, why = incident_and_why(said, "close", strict=not (anyway or _BECAUSE.match(text)))
    except BotError as error:
        fix = error.fix if "because" in error.fix else f"{error.fix} {WHY_TOO}"
        return refused(UsageError(error.what, fix=fix), typed)
    why = why[:REASON_LIMIT]
    if anyway and not why:
        return refused(UsageError(WHY, fix=WHY_FORM), typed)
    reasons = {"reason": why} if anyway else {"because": why}
    return started(CloseRequest(reply=typed.reply, incident=incident, **reasons), CLOSING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.CLOSE), middleware=[with_incident(services)])
    async def on_close(
        ack: AsyncAck, body: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        # Looked at before the job, for only now is there a trigger for a modal. What decides is the job, a moment later.
        if incident.is_open and incident.blockers:
            rights = await closing_rights(services, admission, incident)
            await open_modal(services, body, blocked_modal(incident, rights))
        else:
            await enqueue(services, CloseRequest(reply=click.reply, incident=incident.id), key=click.key)
        await ack()

    @app.view(Modal.CLOSE, middleware=[with_incident(services)])
    async def on_close_anyway(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        await services.authorization.ensure_manager(admission, f"close {incident.id}")  # told in the modal
        reason = read_reason(view["state"]["values"])
        await enqueue(services, CloseRequest(reply=click.reply, incident=incident.id, reason=reason), key=click.key)
        # All of the stack: below this modal there may be the one that listed what blocks, which is past.
        await ack(response_action="clear")
