"""Listening to incident threads: what people write, edit, delete and mark has the summary follow once it is quiet."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.incident.thread import PINS
from bot.jobs.analysis import analyses_soon
from bot.jobs.queueing import enqueue, reschedule
from bot.jobs.refresh import RefreshJob
from bot.jobs.summary import MarkedJob, QuietJob
from bot.runtime.services import Services

_CHANGES = {"message_changed", "message_deleted"}


def register(app: AsyncApp, services: Services) -> None:
    @app.event("message")
    async def on_message(ack: AsyncAck, event: dict[str, Any]) -> None:
        heard = _heard(event)
        if heard:
            await _note(services, event["channel"], *heard)
        elif root := _of_another_app(event, (await services.slack.identify()).bot_user_id):
            await _changed(services, event["channel"], root)
        if gone := _own_deleted(event):
            await _make_good(services, event["channel"], *gone)
        await ack()

    @app.event("reaction_added")
    async def on_reaction_added(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        await _mark(services, event, body["event_id"])
        await ack()

    @app.event("reaction_removed")
    async def on_reaction_removed(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        await _mark(services, event, body["event_id"])
        await ack()


def _heard(event: dict[str, Any]) -> tuple[str, bool] | None:
    """Return the root of the thread that a person wrote in, and whether something older changed; None for all else.

    Slack calls it a change, too, when it puts the preview of a link below a message.
    """
    changed = event.get("subtype") in _CHANGES
    message = (event.get("message") or event.get("previous_message") or {}) if changed else event
    if changed and event.get("message") and _says(event["message"]) == _says(event.get("previous_message") or {}):
        return None
    root = message.get("thread_ts")
    return (root, changed) if root and not message.get("bot_id") else None


def _of_another_app(event: dict[str, Any], own: str | None) -> str | None:
    """Return the root of the thread in which another app's message was edited or deleted; None for all else."""
    message = event.get("previous_message") or {}
    is_changed = event.get("subtype") in _CHANGES and message.get("bot_id") and message.get("user") != own
    return message.get("thread_ts") if is_changed else None


def _says(message: dict[str, Any]) -> tuple[object, object, object]:
    files = [file.get("id") for file in message.get("files") or []]
    return message.get("text"), message.get("subtype"), files


def _own_deleted(event: dict[str, Any]) -> tuple[str, str] | None:
    """Return the thread's root and the ts of a message of a bot's that was deleted; None for all else.

    A root that has replies is not deleted but becomes a tombstone.
    """
    before = event.get("previous_message") or {}
    tombstone = (event.get("message") or {}).get("subtype") == "tombstone"
    if not before.get("bot_id") or not (event.get("subtype") == "message_deleted" or tombstone):
        return None
    ts = str(before.get("ts") or "")
    return str(before.get("thread_ts") or ts), ts


async def _make_good(services: Services, channel: str, root: str, deleted: str) -> None:
    incident = await services.incidents.id_at_root(channel, root)
    if incident:
        job = RefreshJob(channel=channel, incident=incident, deleted=deleted)
        await reschedule(services, job, key=f"{channel}:{incident}:deleted:{deleted}", at=services.now())
        await analyses_soon(services, channel, incident, deleted=deleted)


async def _changed(services: Services, channel: str, root: str) -> None:
    """Have the thread read from its beginning for the next summary."""
    incident = await services.incidents.id_at_root(channel, root)
    if incident:
        await services.live_messages.changed(channel, incident)


async def _note(services: Services, channel: str, root: str, changed: bool) -> None:
    incident = await services.incidents.id_at_root(channel, root)
    if incident is None:
        return
    if changed:
        await services.live_messages.changed(channel, incident)
    # An edit or a deletion may take away what a summary quotes, so it counts as enough.
    await services.live_messages.heard(channel, incident, count=services.timing.quiet_messages if changed else 1)
    at = services.now() + services.timing.summary_quiet
    await reschedule(services, QuietJob(channel=channel, incident=incident), key=f"{channel}:{incident}", at=at)


async def _mark(services: Services, event: dict[str, Any], key: str) -> None:
    item = event.get("item") or {}
    if event.get("reaction") not in PINS or item.get("type") != "message":
        return
    # The event does not say in which thread it is: the job asks Slack, where an incident may be meant at all.
    if await services.incidents.may_have_said(item["channel"], item["ts"]):
        await enqueue(services, MarkedJob(channel=item["channel"], ts=item["ts"]), key=key)
