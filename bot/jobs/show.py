"""Showing one person a message that is ready."""

from typing import Any, ClassVar

from bot.blocks.layout import Message
from bot.jobs.queueing import enqueue
from bot.jobs.registry import Request, job, of_nobody
from bot.runtime.services import Services
from bot.slack import ReplyTo


class ShowRequest(Request):
    """Show a ready message to the person who asked."""

    kind: ClassVar[str] = "show"
    ordered: ClassVar[bool] = False
    text: str
    blocks: list[dict[str, Any]]


def showing(reply: ReplyTo, message: Message) -> ShowRequest:
    return ShowRequest(reply=reply, text=message.text, blocks=message.blocks)


async def tell(services: Services, reply: ReplyTo, message: Message, *, key: str) -> None:
    """Have a message shown to one person, and to nobody else."""
    await enqueue(services, showing(reply, message), key=key)


@job(ShowRequest, admission=of_nobody)
async def show_ready(services: Services, key: str, _admission: None, request: ShowRequest) -> None:
    """Show a ready message to the person who asked."""
    await services.slack.answer_once(key, "shown", request.reply, Message(request.text, request.blocks))
