"""A message that holds the place of an answer while that is waited for, and is edited into it.

Slack lets nobody edit what one person alone was shown after a command: it is a message for everybody, as the answer is.
"""

from bot.blocks.layout import Message
from bot.slack.messages import Messages
from bot.slack.posted import Posted
from bot.slack.replies import ReplyTo
from bot.store.outbox import BECAME, PLACEHOLDER, Outbox, PartState


class Placeholders:
    """Edits placeholders into what a job says first in their place. Raises the `SlackError` that fits."""

    def __init__(self, outbox: Outbox, messages: Messages) -> None:
        self._outbox = outbox
        self._messages = messages

    async def become(self, job: str, part: str, entry: PartState, reply: ReplyTo, message: Message) -> Posted | None:
        """Put a part in its job's placeholder; None where there is none in its place, or it is gone."""
        held = Posted.read(entry.placeholder) if entry.placeholder else None
        if held is None or held.thread_ts != reply.thread_ts:
            return None
        # Before the edit: a repetition edits once more, and what else the job says is said beside it.
        await self._outbox.keep(job, BECAME, part)
        return held if await self._messages.edit(reply.channel, held.ts, message) else None

    async def take_over(self, job: str, reply: ReplyTo, ts: str, message: Message) -> None:
        """Make a message of the bot's the job's placeholder."""
        await self._outbox.keep(job, PLACEHOLDER, Posted(ts, reply.thread_ts).kept)
        await self._messages.edit(reply.channel, ts, message)
