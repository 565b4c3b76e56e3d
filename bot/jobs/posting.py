"""Posting for everybody, or showing to the asker where the bot may not."""

from bot.blocks.layout import Message
from bot.blocks.notices import INVITE, failure_message, notice
from bot.errors import NotInChannel, PostingRefused
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo


async def post_or_show(
    services: Services, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool = False
) -> Posted | None:
    """Post for everybody; where the bot may not, show the whole to the asker with what helps, and return None."""
    try:
        return await services.slack.post_once(job, part, reply, message, broadcast=broadcast)
    except (NotInChannel, PostingRefused) as refused:
        if reply.response_url is None:  # nothing else reaches a person where the bot is no member
            raise
        because = refused
    await services.slack.answer_once(job, f"{part}-shown", reply, message)
    helps = failure_message(because) if isinstance(because, PostingRefused) else await _invite(services)
    await services.slack.answer_once(job, f"{part}-invite", reply, helps)
    return None


async def _invite(services: Services) -> Message:
    return notice(INVITE.format(bot=await services.slack.bot_name()))
