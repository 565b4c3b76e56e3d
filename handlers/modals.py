"""Opening modals for a click: ready ones, and those about a run, which open at once, are filled by a job, and have pages."""

from typing import Any

from bot.blocks.modals import RUN_TITLES, loading_modal
from bot.blocks.routing import IncidentModal, ModalTarget, RunTarget, decode, outdated
from bot.jobs.modals import ModalRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import reply_to_click


async def open_modal(services: Services, body: dict[str, Any], view: dict[str, Any]) -> str:
    """Open a modal for a click, on top of the modal it was clicked in, and return its view id.

    A trigger lives three seconds, so this one call of Slack's comes before the ack, within its own two seconds.
    """
    return await services.slack.open_view(body["trigger_id"], view, push=bool(body.get("view")))


async def open_run_modal(
    services: Services, request: type[ModalRequest], body: dict[str, Any], action: dict[str, Any]
) -> None:
    """Open a modal about a run, and store the job that fills it."""
    target = _target(body, decode(RunTarget, action.get("value")))
    # Opened empty before anything is read: a trigger lives for three seconds, and Aionis may take longer.
    view_id = await open_modal(services, body, loading_modal(request.view, target))
    await _fill(services, request, view_id, target, body)


async def turn_page(
    services: Services, request: type[ModalRequest], body: dict[str, Any], action: dict[str, Any]
) -> None:
    """Store the job that shows another page in the modal that was clicked in; raises `UsageError` for a click elsewhere."""
    view = body.get("view")
    if not view:
        raise outdated()
    target = _target(body, decode(RunTarget, action.get("value")))
    await _fill(services, request, view["id"], target, body)


def _target(body: dict[str, Any], run: RunTarget) -> ModalTarget:
    if body.get("view") and body["view"].get("callback_id") in RUN_TITLES:
        here = decode(ModalTarget, body["view"].get("private_metadata"))
        return here.model_copy(
            update={"run_id": run.run_id, "page": run.page, "step": run.step, "failed_only": run.failed_only}
        )
    if body.get("view"):
        modal = decode(IncidentModal, body["view"].get("private_metadata"))
        return ModalTarget(**run.model_dump(), channel=modal.channel)
    reply = reply_to_click(body)
    return ModalTarget(**run.model_dump(), channel=reply.channel, thread_ts=reply.thread_ts)


async def _fill(
    services: Services, kind: type[ModalRequest], view_id: str, target: ModalTarget, body: dict[str, Any]
) -> None:
    reply = ReplyTo(channel=target.channel, user=body["user"]["id"], thread_ts=target.thread_ts)
    await enqueue(services, kind(reply=reply, view_id=view_id, target=target), key=body["trigger_id"])
