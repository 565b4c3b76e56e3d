"""Posting for everybody, or showing to the asker where the bot may not."""

from collections.abc import Awaitable

from bot.blocks.layout import Message
from bot.blocks.notices import INVITE, failure_message, notice
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.jobs.moved_channels import has_moved, may_show_alone
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo

UNSAID = "{done}, but the channel could not be told. {why}"


async def post_or_show(
    services: Services, job: str, part: str, reply: ReplyTo, message: Message, *, broadcast: bool = False
) -> Posted | None:
    """Post for everybody; where the bot may not, show the whole to the asker with what helps, and return None."""
    try:
        return await services.slack.post_once(job, part, reply, message, broadcast=broadcast)
    except (NotInChannel, PostingRefused) as refused:
        if not await may_show_alone(services, reply, refused):
            raise
        because = refused
    await show_alone(services, job, part, reply, message, because)
    return None


async def show_alone(
    services: Services,
    job: str,
    part: str,
    reply: ReplyTo,
    message: Message,
    because: NotInChannel | PostingRefused,
    *,
    more: str = "",
) -> None:
    """Show the asker alone what everybody was to see, and what helps against that; `more` is said behind it."""
    await services.slack.answer_once(job, f"{part}-shown", reply, message)
    if isinstance(because, PostingRefused):
        fix = f"{because.fix} {more}".strip()
        helps = failure_message(PostingRefused(because.what, fix=fix, code=because.code))
    else:
        helps = notice(f"{INVITE.format(bot=await services.slack.bot_name())} {more}".strip())
    await services.slack.answer_once(job, f"{part}-invite", reply, helps)


async def post_or_tell(services: Services, job: str, part: str, reply: ReplyTo, message: Message, *, done: str) -> None:
    """Say in the channel what was done, as `say_or_tell` has it."""
    saying = services.slack.post_once(job, part, reply, message)
    await say_or_tell(services, job, reply, saying, part=f"{part}-unsaid", done=done.rstrip("."))


async def say_or_tell(
    services: Services, job: str, reply: ReplyTo, saying: Awaitable[object], *, part: str, done: str
) -> None:
    """Say in the channel what was done; where Slack refuses that, it is done all the same, and whoever did it is told so."""
    try:
        await saying
    except (NotInChannel, PostingRefused, SlackRefused) as refused:
        if await has_moved(services, reply.channel, refused):
            raise
        words = UNSAID.format(done=done, why=refused)
        await services.slack.answer_once(job, part, reply, notice(words))
