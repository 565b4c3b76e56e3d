"""What becomes of a job that fails: it is told to whoever asked and over, or tried again.

A failure with a message for people (`BotError`) is told once and ends the job. A Slack that gave no clear answer, and a defect of
ours, are raised: the queue tries again, and on the last try of a defect the asker is told.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.blocks.binding import unbound_message
from bot.blocks.layout import Message
from bot.blocks.notices import failure_message
from bot.errors import BotError, NotInChannel, SlackRefused, SlackUnreachable, Unbound, UnexpectedError
from bot.jobs.registry import Job, Tell
from bot.runtime.services import Services
from bot.slack import ReplyTo

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a job: `kind` and `key` name it in logs and in the outbox; `last`: no retry follows.

    `tell` is the job's own way of telling its failure, None for the usual one.
    """

    kind: str
    key: str
    request: Job
    last: bool
    tell: Tell[Any] | None = None


async def run_or_tell(services: Services, attempt: Attempt, work: Awaitable[None]) -> None:
    """Do a job's work; returns when it is done or its failure was told, and raises what is to be tried again."""
    try:
        await work
    except SlackUnreachable:
        raise
    except BotError as error:
        log.info(
            "job_failed",
            job=attempt.key,
            kind=attempt.kind,
            error=type(error).__name__,
            what=error.what,
            request_id=error.request_id,
        )
        await tell_failure(services, attempt, error)
    except Exception:
        # The boundary of a job: a defect is logged whole, tried again, and on the last try the asker is told.
        log.exception("job_crashed", job=attempt.key, kind=attempt.kind)
        if attempt.last:
            unexpected = UnexpectedError("Something broke inside the bot.", request_id=attempt.key)
            await tell_failure(services, attempt, unexpected)
        raise


async def tell_failure(services: Services, attempt: Attempt, error: BotError) -> None:
    """Tell whoever asked, once. Where nobody can be told, that is a line in the log."""
    if attempt.tell is not None:
        await attempt.tell(services, attempt.key, attempt.request, error)
        return
    reply: ReplyTo | None = getattr(attempt.request, "reply", None)
    if reply is None:
        return
    try:
        await services.slack.answer_once(attempt.key, "failure", reply, _failure(error, reply))
    except (NotInChannel, SlackRefused) as untold:
        log.error("nobody_could_be_told", job=attempt.key, failure=error.what, because=untold.what)  # noqa: TRY400 expected


def _failure(error: BotError, reply: ReplyTo) -> Message:
    return unbound_message(error, reply.channel) if isinstance(error, Unbound) else failure_message(error)
