"""Clicks and submitted modals of an incident: who clicked where, one atomic change, and what a refused click is told."""

from dataclasses import dataclass
from typing import Any

import structlog

from bot.blocks.checklist import (
    binding_changed_message,
    foreign_button_message,
    incident_closed_message,
    item_refused_message,
)
from bot.blocks.layout import Message
from bot.blocks.notices import notice
from bot.blocks.routing import IncidentModal, decode
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import Incident
from bot.jobs.close import BlockersRequest
from bot.jobs.queueing import enqueue
from bot.jobs.refresh import refresh_soon
from bot.jobs.show import ShowRequest
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_click
from bot.store.incidents import Applied

log = structlog.get_logger(__name__)
EDITED_MEANWHILE = "The table was saved by somebody else meanwhile. Open it again, and add what is yours."


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked, in which workspace, and where the answer goes. `key` is Slack's own id of it."""

    user: str
    team: str
    reply: ReplyTo
    key: str
    view_id: str | None = None

    @property
    def channel(self) -> str:
        """Return the channel of the click: the only one in which its incident is looked up."""
        return self.reply.channel


def read_click(body: dict[str, Any]) -> Click:
    """Return a click on a message, or in a modal, whose private_metadata says where it was opened."""
    if "view" in body:
        modal = decode(IncidentModal, body["view"].get("private_metadata"))
        reply = ReplyTo(channel=modal.channel, user=body["user"]["id"])
    else:
        reply = reply_to_click(body)
    return Click(
        user=body["user"]["id"],
        team=(body.get("team") or {}).get("id", ""),
        reply=reply,
        key=body["trigger_id"],
        view_id=(body.get("view") or {}).get("id"),
    )


async def apply(services: Services, click: Click, incident: str, change: Change) -> Applied:
    """Apply a change that somebody clicked for, where the click's channel and workspace are the incident's.

    Accepted or not, the message they clicked on is brought up to date; refused, they are told why.
    """
    admission = await services.authorization.admit(click.user, click.channel)
    applied = await services.incidents.apply(admission, incident, change)
    if applied.incident:
        await refresh_soon(services, applied.incident)
    if not applied.accepted:
        await tell(services, click, _refusal(services, click, applied))
    return applied


async def look(services: Services, click: Click, incident: str) -> Incident:
    """Return the incident of a click, to open a modal about it. Raises `StaleButton` for one that is not this channel's."""
    admission = await services.authorization.admit(click.user, click.channel)
    return await services.incidents.read(admission, incident)


async def tell(services: Services, click: Click, message: Message) -> None:
    """Have a message shown to the person who clicked, and to nobody else."""
    await enqueue(services, ShowRequest(reply=click.reply, text=message.text, blocks=message.blocks), key=click.key)


async def show_parent(services: Services, click: Click, modal: IncidentModal) -> None:
    """Have the modal below the one that was submitted shown anew, where there is one."""
    if modal.parent:
        request = BlockersRequest(reply=click.reply, incident=modal.incident, view_id=modal.parent)
        await enqueue(services, request, key=click.key)


def _refusal(services: Services, click: Click, applied: Applied) -> Message:
    incident, because = applied.incident, applied.because
    if incident is None or because in {"id", "team"}:
        log.warning("foreign_button_refused", channel=click.channel, user=click.user, because=because)
        return foreign_button_message()
    if because == "tenancy":
        log.warning("foreign_button_refused", channel=click.channel, user=click.user, because=because)
        return binding_changed_message(incident)
    if because == "root_cause:edition":
        return notice(EDITED_MEANWHILE)
    item = incident.item(because.removeprefix("item:"))
    if item is not None and incident.is_open:
        return item_refused_message(item, now=services.now())
    return incident_closed_message(incident, now=services.now())
