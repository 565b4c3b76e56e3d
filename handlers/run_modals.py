"""Opening a modal at once and having it filled by a job; turning its pages."""

from typing import Any

from bot.blocks.modals import RUN_TITLES, loading_modal
from bot.blocks.routing import IncidentModal, ModalTarget, RunTarget, View, decode
from bot.jobs.queueing import enqueue
from bot.jobs.requests import FillRequest
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_click


async def open_modal(services: Services, kind: View, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Open a modal for a click, on top of the modal it was clicked in, and store the job that fills it.

    A trigger lives three seconds, so this one call of Slack's comes before the ack, within its own two seconds.
    """
    target = _target(body, decode(RunTarget, action.get("value")))
    view = loading_modal(kind, target)
    view_id = await services.slack.open_view(body["trigger_id"], view, push="view" in body)
    await _fill(services, kind, view_id, target, body)


async def turn_modal(services: Services, kind: View, body: dict[str, Any], action: dict[str, Any]) -> None:
    """Store the job that shows another page in the modal that was clicked in."""
    target = _target(body, decode(RunTarget, action.get("value")))
    await _fill(services, kind, body["view"]["id"], target, body)


def _target(body: dict[str, Any], run: RunTarget) -> ModalTarget:
    if "view" in body and body["view"].get("callback_id") in RUN_TITLES:
        here = decode(ModalTarget, body["view"].get("private_metadata"))
        return here.model_copy(update={"run_id": run.run_id, "page": run.page, "step": run.step})
    if "view" in body:
        modal = decode(IncidentModal, body["view"].get("private_metadata"))
        return ModalTarget(**run.model_dump(), channel=modal.channel)
    reply = reply_to_click(body)
    return ModalTarget(**run.model_dump(), channel=reply.channel, thread_ts=reply.thread_ts)


async def _fill(services: Services, kind: View, view_id: str, target: ModalTarget, body: dict[str, Any]) -> None:
    reply = ReplyTo(channel=target.channel, user=body["user"]["id"], thread_ts=target.thread_ts)
    request = FillRequest(reply=reply, view=kind, view_id=view_id, target=target)
    await enqueue(services, request, key=body["trigger_id"])
