"""Clicks and submitted modals: who clicked where, what they are admitted to, one atomic change, and what a refused one is told.

A listener names its admission as Bolt's own listener middleware, and gets what that lets in by argument:

    @app.action(action_pattern(Action.CLOSE), middleware=[with_incident(services)])
    async def on_close(ack: AsyncAck, click: Click, incident: Incident) -> None: ...

An option of the root's ⋯ menu has its listener with its feature as well: `matchers=[chosen(MenuChoice.EXPORT)]` tells which.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncBoltContext

from bot.blocks.interactions import (
    foreign_button_message,
    incident_closed_message,
    item_refused_message,
)
from bot.blocks.layout import Message
from bot.blocks.lead import lead_message
from bot.blocks.notices import notice
from bot.blocks.routing import (
    IN_PLACE,
    IncidentModal,
    IncidentTarget,
    MenuChoice,
    MenuTarget,
    ThreadTarget,
    decode,
    incident_in,
)
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import Incident
from bot.errors import UsageError
from bot.jobs.channels import ChannelMovedJob, move_channel
from bot.jobs.close import BlockersRequest
from bot.jobs.queueing import enqueue
from bot.jobs.refresh import refresh_if_cut_off, refresh_soon
from bot.jobs.show import tell
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_click
from bot.store.incident_changes import Applied

log = structlog.get_logger(__name__)
_ELSEWHERE = frozenset({"id", "team", "tenancy"})  # why the script refuses what is not the admission's
EDITED_MEANWHILE = "The table was saved by somebody else meanwhile. Open it again, and add what is yours."

Next = Callable[[], Awaitable[None]]
Middleware = Callable[[dict[str, Any], AsyncBoltContext, Next], Awaitable[None]]
Matcher = Callable[[dict[str, Any]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked or submitted, and where the answer goes. `key` is Slack's own id of it, `view_id` the modal it was in."""

    user: str
    reply: ReplyTo
    key: str
    view_id: str | None = None

    @property
    def channel(self) -> str:
        """Return the channel of the click: the only one in which its incident is looked up."""
        return self.reply.channel


def with_visitor(services: Services) -> Middleware:
    """Let a listener run for whoever gets an answer there; it gets `click` and `visitor`, who may read nothing by that."""

    async def let_in(body: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        click = await _present(services, body, context)
        context["visitor"] = await services.authorization.enter(click.user, click.channel)
        await next_()

    return let_in


def with_admission(services: Services) -> Middleware:
    """Let a listener run for whoever may read there; it gets `click` and `admission`."""

    async def admit(body: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        await _admitted(services, body, context)
        await next_()

    return admit


def with_incident(services: Services) -> Middleware:
    """Let a listener run for an incident that the click is admitted to; it gets `click`, `admission` and `incident`."""

    async def admit(body: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        admission = await _admitted(services, body, context)
        context["incident"] = await services.incidents.read(admission, decode(IncidentTarget, _value(body)).incident)
        await next_()

    return admit


def chosen_value(action: dict[str, Any]) -> str | None:
    """Return the value of the option that was chosen in a menu; None where there is none."""
    option = action.get("selected_option") or {}
    return option.get("value")


def chosen(choice: MenuChoice) -> Matcher:
    """Return what tells Bolt that this option of the root's menu was chosen: Slack gives one action id to all of them."""

    async def is_chosen(action: dict[str, Any]) -> bool:
        try:
            return decode(MenuTarget, chosen_value(action)).choice is choice
        except UsageError:
            return False  # of another version: no listener takes it, and whoever clicked is told that

    return is_chosen


async def apply(services: Services, click: Click, admission: AskerAdmission, incident: str, change: Change) -> Applied:
    """Apply a change that somebody clicked for, where the admission is the incident's.

    Accepted or not, the message they clicked on is brought up to date; refused, they are told why.
    """
    # A job that is killed is done again; of a click nobody knows, and its change would be in the log alone.
    await refresh_if_cut_off(services, admission.channel, incident)
    applied = await services.incidents.apply(admission, incident, change)
    # Refused, too: whoever was refused clicked on what was shown before, and is to see how it stands.
    if applied.incident:
        await refresh_soon(services, applied.incident)
    if not applied.accepted:
        if applied.incident is None or applied.because in _ELSEWHERE:
            # Raises, and says what is so: it expired, is of another channel, or about another tenancy.
            await services.incidents.read(admission, incident)
            refusal = foreign_button_message()  # it was bound back just now
        else:
            refusal = _refusal(services, click, applied.incident, applied.because)
        await tell(services, click.reply, refusal, key=click.key)
    return applied


async def show_parent(services: Services, click: Click, modal: IncidentModal) -> None:
    """Have the modal below the one that was submitted shown anew, where there is one."""
    if modal.parent:
        request = BlockersRequest(reply=click.reply, incident=modal.incident, view_id=modal.parent)
        await enqueue(services, request, key=click.key)


async def _admitted(services: Services, body: dict[str, Any], context: AsyncBoltContext) -> AskerAdmission:
    click = await _present(services, body, context)
    if not click.view_id:
        click = context["click"] = await _follow(services, click, incident_in(_value(body)))
    admission = await services.authorization.admit(click.user, click.channel)
    context["admission"] = admission
    return admission


async def _present(services: Services, body: dict[str, Any], context: AsyncBoltContext) -> Click:
    """Return the click. A message is seen by those who are there; a modal stays open for somebody who has left."""
    click = _read_click(body)
    # A modal carries the id that its channel had when it was opened.
    if click.view_id and (now := await services.channel_moves.new_id(click.channel)):
        click = _in_channel(click, now)
    context["click"] = click
    if click.view_id:
        await services.authorization.ensure_present(click.user, click.channel)
    return click


async def _follow(services: Services, click: Click, incident: str | None) -> Click:
    """Have an incident found in the channel that its button is in, where Slack has not told yet of the channel's new id.

    A click that was on its way while Slack told it is one under the new id: nothing goes back to the earlier one for it.
    """
    root_ts = click.reply.thread_ts
    if incident and root_ts and (before := await services.channel_moves.id_before(click.channel, root_ts, incident)):
        if now := await services.channel_moves.new_id(click.channel):
            return _in_channel(click, now)
        await move_channel(services, ChannelMovedJob(channel=click.channel, before=before))
    return click


def _in_channel(click: Click, channel: str) -> Click:
    return replace(click, reply=click.reply.model_copy(update={"channel": channel}))


def _read_click(body: dict[str, Any]) -> Click:
    """Return a click on a message, or in a modal, whose private_metadata says where it was opened."""
    user, view = body["user"]["id"], body.get("view")
    if view is None:
        return _in_place(body) or Click(user=user, reply=reply_to_click(body), key=body["trigger_id"])
    # Slack tells of a modal not where it was opened: it carries that itself.
    here = decode(ThreadTarget, view.get("private_metadata"))
    reply = ReplyTo(channel=here.channel, user=user, thread_ts=here.thread_ts)
    return Click(user=user, reply=reply, key=body["trigger_id"], view_id=view["id"])


def _in_place(body: dict[str, Any]) -> Click | None:
    """Return the click on a button whose answer takes the place of its message: the first of it counts; None for others."""
    message, container = body.get("message") or {}, body["container"]
    standing = [block.get("block_id") for block in message.get("blocks") or []]
    clicked = (body.get("actions") or [{}])[0].get("block_id")
    if clicked != IN_PLACE or IN_PLACE not in standing or container.get("is_ephemeral"):
        return None
    # By the edit, and not by the trigger: two quick clicks on one message have two triggers, and must give one answer.
    ts, edited, thread_ts = container["message_ts"], (message.get("edited") or {}).get("ts"), container.get("thread_ts")
    where = {"thread_ts": None if thread_ts == ts else thread_ts, "placeholder": ts}
    reply = reply_to_click(body).model_copy(update=where)
    return Click(
        user=body["user"]["id"], reply=reply, key=f"{IN_PLACE}:{ts}:{edited}" if edited else body["trigger_id"]
    )


def _value(body: dict[str, Any]) -> str | None:
    """Return the target that was clicked, or that the submitted modal is about."""
    if not body.get("actions"):
        return str(body["view"].get("private_metadata") or "")
    action: dict[str, Any] = body["actions"][0]
    chosen: dict[str, Any] = action.get("selected_option") or action
    value = chosen.get("value")
    return None if value is None else str(value)


def _refusal(services: Services, click: Click, incident: Incident, because: str) -> Message:
    if because == "root_cause:edition":
        return notice(EDITED_MEANWHILE)
    if because == "lead":
        return lead_message(incident, click.user)
    item = incident.item(because.removeprefix("item:"))
    if item is not None and incident.is_open:
        return item_refused_message(item, now=services.now())
    return incident_closed_message(incident, now=services.now())
