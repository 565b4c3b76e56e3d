"""What was asked for in a channel that has another id since: it goes on there."""

from typing import TypeVar

from bot.errors import BotError, NotInChannel, SlackError
from bot.jobs.registry import Job, Request
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.refusals import NO_SUCH_CHANNEL
from bot.store.queue import HandedBack, current_lease

_HEARD_WITHIN = 5.0  # seconds in which Slack tells of a channel's new id after it took the old one away
_LOOK_AGAIN = 0.3  # seconds

AnyJob = TypeVar("AnyJob", bound=Job)


async def followed(services: Services, request: AnyJob) -> AnyJob:
    """Return a request as of the id that its channel has now."""
    channel = _channel(request)
    new = await services.channel_moves.new_id(channel) if channel else None
    if channel is None or new is None:
        return request
    # Once more: an earlier try may have stored something under the old id while all else was moved.
    await services.channel_moves.move(channel, new, at=services.now())
    if isinstance(request, Request):
        return request.model_copy(update={"reply": request.reply.model_copy(update={"channel": new})})
    return request.model_copy(update={"channel": new})


async def hand_back_moved(services: Services, request: Job, error: BotError) -> None:
    """Have a job that has failed done again where its channel has another id since, or is about to be told to have one."""
    channel = _channel(request)
    if channel and await has_moved(services, channel, error):
        raise HandedBack(_LOOK_AGAIN, count="troubles") from error


async def may_show_alone(services: Services, reply: ReplyTo, refused: BotError) -> bool:
    """Tell whether the asker alone is shown what a channel did not take.

    Not where nothing else reaches a person, and not where the channel has another id since: that one may take it.
    """
    return reply.response_url is not None and not await has_moved(services, reply.channel, refused)


async def has_moved(services: Services, channel: str, error: BotError) -> bool:
    """Tell whether a channel that did not take something has another id since, or may be about to be told to have one."""
    if await services.channel_moves.new_id(channel):
        return True
    if not isinstance(error, NotInChannel) or error.code != NO_SUCH_CHANNEL:
        return False
    lease = current_lease.get()
    if lease is None or lease.delivery.age >= _HEARD_WITHIN:
        return False
    # To whoever is not in a private channel Slack says the same: only one that the bot was in may have another id.
    return await services.channel_moves.knows(channel) or await _was_in(services, channel)


async def _was_in(services: Services, channel: str) -> bool:
    try:
        return (await services.directory.place(channel)).known  # as it was up to some minutes ago
    except SlackError:
        return False


def _channel(request: Job) -> str | None:
    return request.reply.channel if isinstance(request, Request) else getattr(request, "channel", None)
