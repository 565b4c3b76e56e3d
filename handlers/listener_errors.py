"""When a listener fails before its job is stored: nothing was started, and the person is told so."""

import json
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.blocks.modals import notice_modal
from bot.blocks.notices import failure_message, placed
from bot.blocks.place import IN_MODAL
from bot.blocks.routing import outdated
from bot.blocks.text import cut
from bot.errors import BotError, SlackError, StoreTimeout, UnexpectedError, UsageError
from bot.ids import new_id
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.connection import STORE_IS_AWAY

NOT_STORED = "The bot could not store that, so nothing was started."
UNKNOWN_TITLE = "Nothing was done"
NO_SUCH_COMMAND = "This version of the bot has no command {command}."
NO_SUCH_COMMAND_FIX = "Type `/replay help` for what there is."
NOT_STORED_FIX = "Try again in a moment; if it stays, give the id to whoever runs the bot."

_IN_MODAL = 1_000  # characters below an input

log = structlog.get_logger(__name__)


async def answer_listener_error(services: Services, error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Return Slack's answer for a failed listener, telling the person where Slack lets us.

    A command's ack carries the message, and a modal that was submitted shows it and keeps what was typed. A click is told where
    it was made. An event gets HTTP 503: Slack sends it again.
    """
    if isinstance(error, BoltUnhandledRequestError):
        return await _answer_unknown(services, body)
    failure = _told(error)
    if "command" in body:
        return _as_ack(failure)
    if body.get("type") == "view_submission":
        if block := _first_input(body["view"]):
            errors = {block: cut(str(placed(failure, IN_MODAL)), _IN_MODAL)}
            return _json({"response_action": "errors", "errors": errors})
        return _json({"response_action": "update", "view": notice_modal(UNKNOWN_TITLE, failure)})
    if "event" in body:
        return BoltResponse(status=503, body="")
    await _tell(services, body, failure)
    return BoltResponse(status=200, body="")


def answer_stranger(failure: BotError, body: dict[str, Any]) -> BoltResponse:
    """Answer a request of a workspace whose services nobody has: not installed there any more, or not known just now.

    An event is taken where it would never be: Slack sends none to an app that refuses too many.
    """
    if "command" in body:
        return _as_ack(failure)
    if body.get("type") == "view_submission":
        return _json({"response_action": "update", "view": notice_modal(UNKNOWN_TITLE, failure)})
    passing = isinstance(failure, StoreTimeout)
    return BoltResponse(status=503 if passing else 200, body="")


async def _answer_unknown(services: Services, body: dict[str, Any]) -> BoltResponse:
    """Answer what no listener takes, such as a button from before an upgrade: HTTP 200, or Slack shows a warning sign of its own.

    Too many refused events, and Slack sends none any more.
    """
    kind = body.get("type")
    log.info("no_listener", kind=kind, event_type=_event_type(body))
    if "command" in body:
        return _as_ack(UsageError(NO_SUCH_COMMAND.format(command=body["command"]), fix=NO_SUCH_COMMAND_FIX))
    if kind == "view_submission":
        return _json({"response_action": "update", "view": notice_modal(UNKNOWN_TITLE, outdated())})
    if kind == "block_suggestion":
        return _json({"options": []})
    if kind in {"block_actions", "message_action", "shortcut"}:
        await _tell(services, body, outdated())
    return BoltResponse(status=200, body="")


async def _tell(services: Services, body: dict[str, Any], failure: BotError) -> None:
    """Show somebody a failure: by a message where they clicked in a channel, else in a modal."""
    reply = _reply(body)
    try:
        if reply is not None:
            in_thread = bool((body.get("container") or {}).get("thread_ts"))
            where = replace(reply.where, in_thread=in_thread)
            await services.slack.answer_now(reply, failure_message(placed(failure, where)))
        elif body.get("trigger_id"):
            push = (body.get("view") or {}).get("type") == "modal"
            await services.slack.open_view(body["trigger_id"], notice_modal(UNKNOWN_TITLE, failure), push=push)
    except SlackError as untold:
        log.warning("nobody_could_be_told", failure=failure.what, because=untold.what)


def _first_input(view: dict[str, Any]) -> str | None:
    """Return the block of a modal's first input: Slack shows an error below an input and nowhere else."""
    blocks = view.get("blocks") or []
    return next((str(block["block_id"]) for block in blocks if block.get("type") == "input"), None)


def _as_ack(failure: BotError) -> BoltResponse:
    message = failure_message(failure)
    return _json({"response_type": "ephemeral", "text": message.text, "blocks": message.blocks})


def _json(value: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(value), headers={"content-type": ["application/json"]})


def _told(error: Exception) -> BotError:
    if isinstance(error, BotError):
        log.info("listener_refused", error=type(error).__name__, what=error.what)
        return error
    identifier = new_id()
    if isinstance(error, STORE_IS_AWAY):
        log.warning("listener_without_store", id=identifier, error=type(error).__name__)
    else:
        log.error("listener_crashed", id=identifier, exc_info=error)
    return UnexpectedError(NOT_STORED, fix=NOT_STORED_FIX, request_id=identifier)


def _reply(body: dict[str, Any]) -> ReplyTo | None:
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    user = (body.get("user") or {}).get("id")
    if not channel or not user:
        return None
    return ReplyTo(channel=channel, user=user, response_url=body.get("response_url"))


def _event_type(body: dict[str, Any]) -> Any:
    event = body.get("event")
    return event.get("type") if isinstance(event, dict) else None
