"""A message that holds the place of an answer while that is waited for, and is edited into it.

Slack lets nobody edit what one person alone was shown after a command: it is a message for everybody, as the answer is.
"""

import structlog

from bot.blocks.layout import Message
from bot.errors import SlackRefused
from bot.slack.messages import Messages
from bot.slack.posted import Posted
from bot.slack.replies import ReplyTo
from bot.store.outbox import BECAME, GONE, PLACEHOLDER, Outbox

log = structlog.get_logger(__name__)


class Placeholders:
    """Edits placeholders into what a job says first in their place. Raises the `SlackError` that fits."""

    def __init__(self, outbox: Outbox, messages: Messages) -> None:
        self._outbox = outbox
        self._messages = messages

    async def become(self, job: str, part: str, held: Posted, reply: ReplyTo, message: Message) -> Posted | None:
        """Put a part in its job's placeholder; None where that is in another place, or gone."""
        if held.thread_ts != reply.thread_ts:
            return None
        # Before the edit: a repetition edits once more, and what else the job says is said beside it.
        await self._outbox.keep(job, BECAME, part)
        return held if await self._messages.edit(reply.channel, held.ts, message) else None

    async def remove(self, job: str, channel: str, held: Posted) -> None:
        """Take away what held the place of an answer that came elsewhere."""
        try:
            await self._messages.remove(channel, held.ts)
        except SlackRefused as refused:  # it stays: nothing that could be waited for changes that
            log.warning("placeholder_stays", code=refused.code, channel=channel, job=job)
        await self._outbox.keep(job, BECAME, GONE)

    async def take_over(self, job: str, reply: ReplyTo, ts: str, message: Message) -> None:
        """Make a message of the bot's the job's placeholder."""
        await self._outbox.keep(job, PLACEHOLDER, Posted(ts, reply.thread_ts).kept)
        await self._messages.edit(reply.channel, ts, message)
