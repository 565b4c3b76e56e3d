"""What becomes of a job that fails: its failure is told to whoever asked and that is the end, or it waits and is tried again.

A failure with a message for people (`BotError`) is told once. A Slack or Redis that is away is waited for, with growing pauses,
for as long as `JOB_PATIENCE_HOURS` says. A defect of ours is tried a few times, then told.
"""

import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import ValidationError

from bot.blocks.binding import unbound_message
from bot.blocks.layout import Message
from bot.blocks.notices import failure_message, notice, other_kind_button, placed
from bot.domain.incident.state import ROOT
from bot.errors import (
    AionisError,
    BotError,
    GivenUp,
    NotAllowed,
    NotInChannel,
    OtherKind,
    PostingRefused,
    SeveralFit,
    SlackError,
    SlackRefused,
    SlackUnreachable,
    StoreTimeout,
    Unbound,
    UnexpectedError,
)
from bot.jobs.job_metrics import failed_with
from bot.jobs.moved_channels import hand_back_moved
from bot.jobs.queueing import may_be_mended
from bot.jobs.registry import Job, Request, Tell
from bot.jobs.unposted_incidents import discard_of
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.store.connection import STORE_IS_AWAY
from bot.store.outbox import ASKING, FAILURE, anew
from bot.store.outbox import WAITING as WAITS
from bot.store.queue import Delivery, HandedBack, current_lease

ATTEMPTS = 4  # of a job that meets a defect of ours
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds; doubled from the one to the other
SAY_AFTER = 30.0  # seconds of waiting after which whoever asked hears of it
WAITING = "Slack does not take what I post just now. Your request waits and goes on by itself; nothing needs to be typed again."
BEGUN = "{what} The incident is open, and the rest follows by itself; nothing needs to be typed again."
OTHER_VERSION = "Your request was stored by another version of the bot, which this one does not understand."
CHOOSE = "Choose one below, or type the whole id."
GAVE_UP = "Your request waited for {hours} for Slack and the bot's store, and was given up: {what}"

_NOT_TOLD_BESIDE_A_RESULT = (AionisError, GivenUp, UnexpectedError)
_ROOTS = frozenset({ROOT, anew(ROOT)})
_NO_RESULT = frozenset({*_ROOTS, ASKING, WAITS, FAILURE})  # parts of a job

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a job. `tell` is the job's own way of telling its failure, None for the usual one."""

    delivery: Delivery
    request: Job
    tell: Tell[Any] | None = None
    begun: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Return for how many seconds whoever asked has been waiting: this try may have hung for a while itself."""
        return self.delivery.age + time.monotonic() - self.begun

    @property
    def reply(self) -> ReplyTo | None:
        """Return where whoever asked is told something, None where nobody did."""
        return getattr(self.request, "reply", None)


async def run_or_tell(services: Services, attempt: Attempt, work: Awaitable[None]) -> None:
    """Do a job's work; returns when it is done or its failure was told. Raises `HandedBack` for what is to be tried again."""
    try:
        await work
    except HandedBack:
        raise  # before `Exception`, below: it is no failure
    except (SlackUnreachable, StoreTimeout, *STORE_IS_AWAY) as away:
        await _wait(services, attempt, away)
    except AionisError as error:
        await _end_or_go_on(services, attempt, error)
    except BotError as error:
        await _end(services, attempt, error)
    except Exception:
        # The boundary of a job: a defect is logged whole, tried again, and on the last try the asker is told.
        delivery = attempt.delivery
        log.exception("job_crashed", job=delivery.key, kind=delivery.kind)
        if delivery.crashes + 1 < ATTEMPTS:
            raise HandedBack(_pause(delivery.crashes), count="crashes") from None
        fix = attempt.request.fix_in_part(UnexpectedError.default_fix)
        await _end(
            services, attempt, UnexpectedError("Something broke inside the bot.", fix=fix, request_id=delivery.key)
        )


async def end(services: Services, delivery: Delivery, reply: ReplyTo) -> None:
    """Record that a job is done. Raises `HandedBack` where something of its must go, and Slack is away."""
    try:
        await services.slack.end(delivery.key, reply)
    except SlackUnreachable as away:
        if delivery.age < 2 * services.patience.total_seconds():
            raise HandedBack(_next_try(delivery, away), count="troubles") from away
        log.error("job_not_ended", job=delivery.key, kind=delivery.kind, because=away.what)  # noqa: TRY400 no defect


@contextlib.contextmanager
def handed_back_without_store() -> Iterator[None]:
    """Have the job tried again soon where Redis is away beside its work: before it begins, or when it is done."""
    try:
        yield
    except STORE_IS_AWAY as away:
        raise HandedBack(FIRST_PAUSE, count="troubles") from away


async def hand_back_unknown(services: Services, delivery: Delivery, because: Exception) -> None:
    """Have a job of an unknown kind or form tried again by others, which may be of a newer version; then tell whoever asked."""
    if delivery.crashes + 1 < ATTEMPTS:
        log.warning("job_not_understood", job=delivery.key, kind=delivery.kind, because=type(because).__name__)
        raise HandedBack(_pause(delivery.crashes), count="crashes")
    log.error("job_put_away", job=delivery.key, kind=delivery.kind, because=type(because).__name__)
    if "reply" not in delivery.payload:
        return
    error = UnexpectedError(OTHER_VERSION, request_id=delivery.key)
    try:
        reply = ReplyTo.model_validate(delivery.payload["reply"])
        await services.slack.answer_once(delivery.key, FAILURE, reply, failure_message(error))
    except (ValidationError, SlackError):
        log.exception("nobody_could_be_told", job=delivery.key, failure=error.what)


async def _end_or_go_on(services: Services, attempt: Attempt, error: AionisError) -> None:
    """Tell whoever asked that Aionis failed; but where an earlier try has shown something of it, do what is left of it later."""
    delivery = attempt.delivery
    try:
        result = await _has_shown(services, attempt, _is_result)
        begun = result or await _has_shown(services, attempt, _ROOTS.__contains__)
    except (SlackUnreachable, *STORE_IS_AWAY) as away:
        await _wait(services, attempt, away)
        return
    if not begun or attempt.age >= services.patience.total_seconds():
        await _end(services, attempt, error)
        return
    pause = _pause(delivery.troubles)
    log.warning("job_goes_on_later", job=delivery.key, kind=delivery.kind, because=error.what, pause=round(pause, 1))
    if attempt.reply and not result and attempt.age >= SAY_AFTER:
        with contextlib.suppress(SlackError, *STORE_IS_AWAY):
            message = notice(BEGUN.format(what=error.what))
            await services.slack.answer_once(delivery.key, WAITS, attempt.reply, message, aside=True)
    # Nobody waits for what comes behind the result. Where that itself is to come, it keeps its place for a while.
    if (lease := current_lease.get()) and (result or attempt.age >= SAY_AFTER):
        await lease.leave_lane()
    raise HandedBack(pause, count="troubles") from error


async def _end(services: Services, attempt: Attempt, error: BotError) -> None:
    """Tell whoever asked, once. Where nobody can be told, that is a line in the log; a Slack that is away is waited for."""
    delivery = attempt.delivery
    await hand_back_moved(services, attempt.request, error)
    failed_with(error)
    await may_be_mended(services, delivery.key, attempt.request)
    log.info(
        "job_failed",
        job=delivery.key,
        kind=delivery.kind,
        error=type(error).__name__,
        what=error.what,
        request_id=error.request_id,
    )
    try:
        if isinstance(error, _NOT_TOLD_BESIDE_A_RESULT) and await _has_shown(services, attempt, _is_result):
            log.error("job_not_finished", job=delivery.key, kind=delivery.kind, because=error.what)
            return
        await _has_shown(services, attempt, _ROOTS.__contains__)  # so that a root that is there is known of
        await discard_of(services, delivery.key, attempt.request, because=error.what)
        await _tell(services, attempt, error)
    except (SlackUnreachable, *STORE_IS_AWAY) as away:
        # Twice: the first half was spent on the work itself, and whoever asked has still not been told.
        if attempt.age < 2 * services.patience.total_seconds():
            raise HandedBack(_next_try(delivery, away), count="troubles") from away
        with contextlib.suppress(SlackError, *STORE_IS_AWAY):
            await discard_of(services, delivery.key, attempt.request, because=error.what)
        _log_untold(attempt, error, away)


async def _has_shown(services: Services, attempt: Attempt, counts: Callable[[str], bool]) -> bool:
    """Tell whether an earlier try of a job has shown any of the parts that count, of which Slack may not have told."""
    reply = attempt.reply
    return reply is not None and await services.slack.has_shown(attempt.delivery.key, reply.channel, counts)


def _is_result(part: str) -> bool:
    return part not in _NO_RESULT


async def _tell(services: Services, attempt: Attempt, error: BotError) -> None:
    try:
        if attempt.tell is not None:
            await attempt.tell(services, attempt.delivery.key, attempt.request, error)
        elif attempt.reply is not None:
            message = await _told(services, attempt, attempt.reply, error)
            await services.slack.answer_once(attempt.delivery.key, FAILURE, attempt.reply, message)
    except (NotInChannel, PostingRefused, SlackRefused, NotAllowed) as untold:
        _log_untold(attempt, error, untold)


async def _told(services: Services, attempt: Attempt, reply: ReplyTo, error: BotError) -> Message:
    if isinstance(error, Unbound):
        return await _unbound(services, reply, error)
    told = placed(error, reply.where)
    if not isinstance(attempt.request, Request):
        return failure_message(told)
    if isinstance(error, SeveralFit):
        meant = {id_: attempt.request.with_id(error.beginning, id_).again() for id_ in error.ids}
        choices = {id_: button for id_, button in meant.items() if button}
        if choices:
            told = SeveralFit(error.what, beginning=error.beginning, ids=error.ids, fix=CHOOSE)
        return failure_message(told, choices=choices)
    if isinstance(error, OtherKind):
        return failure_message(told, again=other_kind_button(error))
    return failure_message(told, again=attempt.request.again() if isinstance(error, AionisError) else None)


async def _unbound(services: Services, reply: ReplyTo, error: Unbound) -> Message:
    """Return what is told in a channel that is bound to nothing: the button that binds it to whoever may, who may to others."""
    visitor = await services.authorization.enter(reply.user, reply.channel)
    if await services.authorization.manages(visitor):
        return unbound_message(placed(error, reply.where), reply.channel)
    who = await services.authorization.managers(visitor.place)
    return failure_message(Unbound(error.what, fix=f"Ask {who} to bind it."))


async def _wait(services: Services, attempt: Attempt, away: Exception) -> None:
    """Hand the job back to be done later; where it has waited for long enough, tell whoever asked that it was given up."""
    delivery, patience = attempt.delivery, services.patience.total_seconds()
    if attempt.age >= patience:
        what = GAVE_UP.format(hours=_duration(patience), what=_what(away))
        log.error("job_given_up", job=delivery.key, kind=delivery.kind, after=round(attempt.age), because=_what(away))
        fix = attempt.request.fix_in_part(GivenUp.default_fix)
        await _end(services, attempt, GivenUp(what, fix=fix, request_id=delivery.key))
        return
    # The last try is at the end of the patience, not a whole pause after it.
    pause = min(_next_try(delivery, away), max(patience - attempt.age, FIRST_PAUSE))
    log.warning("job_waits", job=delivery.key, kind=delivery.kind, because=_what(away), pause=round(pause, 1))
    if attempt.age >= SAY_AFTER:
        # A response_url may well work while posting does not; where it does not either, the wait is what matters.
        with contextlib.suppress(SlackError, *STORE_IS_AWAY):
            await _say_waiting(services, attempt)
    raise HandedBack(pause, count="troubles")


async def _say_waiting(services: Services, attempt: Attempt) -> None:
    """Tell whoever asked, and whoever asked for what waits behind it, once each; ends with the first that Slack does not take."""
    message = notice(WAITING)
    if attempt.reply:
        await services.slack.answer_once(attempt.delivery.key, WAITS, attempt.reply, message, aside=True)
    for waiting in await services.queue.behind(attempt.delivery.lane, for_at_least=SAY_AFTER):
        if "reply" in waiting.payload:
            reply = ReplyTo.model_validate(waiting.payload["reply"])
            await services.slack.answer_once(waiting.key, WAITS, reply, message, aside=True)


def _next_try(delivery: Delivery, away: Exception) -> float:
    asked: float | None = getattr(away, "retry_after", None)
    return _pause(delivery.troubles) if asked is None else asked


def _pause(times: int) -> float:
    """Return seconds; a little more than doubling asks for, so that many jobs do not come back at once."""
    pause = min(FIRST_PAUSE * 2.0 ** min(times, 16), LONGEST_PAUSE / 1.1)
    return pause * random.uniform(1.0, 1.1)  # noqa: S311 not for secrets


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.0f} hours" if seconds >= 3600 else f"{seconds:.0f} seconds"


def _what(away: Exception) -> str:
    return away.what if isinstance(away, BotError) else "The bot's store (Redis or Valkey) does not answer."


def _log_untold(attempt: Attempt, error: BotError, because: Exception) -> None:
    log.error("nobody_could_be_told", job=attempt.delivery.key, failure=error.what, because=_what(because))
