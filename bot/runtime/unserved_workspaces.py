"""Telling whoever asked that a job is dropped because their workspace is not served: without the services that it has none of."""

import structlog
from pydantic import ValidationError

from bot.blocks.notices import failure_message
from bot.errors import SlackError, SlackRefused
from bot.slack import ReplyTo
from bot.slack.calls import call
from bot.slack.tokens import InstalledClient
from bot.store.queue import Delivery

log = structlog.get_logger(__name__)


async def tell_refused(client: InstalledClient, delivery: Delivery, refused: SlackRefused) -> None:
    """Show the person behind a job why it is not done; a job that nobody asked for ends in silence."""
    if "reply" not in delivery.payload:
        return
    try:
        reply = ReplyTo.model_validate(delivery.payload["reply"])
        message = failure_message(refused)
        shown = client.chat_postEphemeral(
            channel=reply.channel, user=reply.user, text=message.text, blocks=message.blocks
        )
        await call("tell whoever asked", shown)
    except (ValidationError, SlackError):
        log.exception("nobody_could_be_told", job=delivery.key, failure=refused.what)
