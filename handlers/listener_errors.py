"""When a listener fails before its job is stored: nothing was started, and the person is told so."""

import json
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.blocks.notices import failure_message
from bot.errors import BotError, SlackError, UnexpectedError
from bot.ids import new_id
from bot.runtime.services import Services
from bot.slack import ReplyTo

NOT_STORED = "The bot could not store that, so nothing was started."
NOT_STORED_FIX = "Try again in a moment; if it stays, give the id to whoever runs the bot."

log = structlog.get_logger(__name__)


async def answer_listener_error(services: Services, error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Return Slack's answer for a failed listener, telling the person where Slack lets us.

    A command's ack carries the message. A click is told through its response_url. An event gets HTTP 500: Slack sends it again.
    """
    failure = _told(error)
    message = failure_message(failure)
    if "command" in body:
        text = json.dumps({"response_type": "ephemeral", "text": message.text, "blocks": message.blocks})
        return BoltResponse(status=200, body=text, headers={"content-type": ["application/json"]})
    if "event" in body:
        return BoltResponse(status=500, body="")
    reply = _reply(body)
    if reply is not None:
        try:
            await services.slack.answer_now(reply, message)
        except SlackError as untold:
            log.warning("nobody_could_be_told", failure=failure.what, because=untold.what)
    return BoltResponse(status=200, body="")


def _told(error: Exception) -> BotError:
    if isinstance(error, BotError):
        log.info("listener_refused", error=type(error).__name__, what=error.what)
        return error
    identifier = new_id()
    log.error("listener_crashed", id=identifier, exc_info=error)
    return UnexpectedError(NOT_STORED, fix=NOT_STORED_FIX, request_id=identifier)


def _reply(body: dict[str, Any]) -> ReplyTo | None:
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    user = (body.get("user") or {}).get("id")
    if not channel or not user:
        return None
    return ReplyTo(channel=channel, user=user, response_url=body.get("response_url"))
