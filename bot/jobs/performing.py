"""Every kind of job, and doing one. Imports all that jobs need, so it is imported after the start: see `bot.app`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.blocks.binding import unbound_message
from bot.blocks.layout import Message
from bot.blocks.notices import failure_message
from bot.errors import BotError, NotInChannel, SlackRefused, SlackUnreachable, Unbound, UnexpectedError
from bot.jobs import (
    close,
    compare,
    export,
    home_tab,
    incidents,
    reconcile,
    reminders,
    replay,
    resolve,
    run_modals,
    summary,
)
from bot.jobs import requests as ask
from bot.runtime.services import Services
from bot.slack import ReplyTo

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: how its payload reads, and what it does."""

    request: type[ask.Job]
    run: Callable[[Services, str, Any], Awaitable[None]]


_KINDS = (
    Kind(ask.ReplayRequest, replay.replay_run),
    Kind(ask.CompareRequest, compare.compare),
    Kind(ask.RecentRequest, replay.list_recent),
    Kind(ask.RawJsonRequest, replay.upload_raw_json),
    Kind(ask.ShowRequest, replay.show),
    Kind(ask.FillRequest, run_modals.fill_modal),
    Kind(ask.ResolveRequest, resolve.resolve_reference),
    Kind(ask.StartRequest, resolve.start_incident),
    Kind(ask.MoveRequest, incidents.move),
    Kind(ask.StatusRequest, incidents.show_status),
    Kind(ask.BindRequest, incidents.bind),
    Kind(ask.RefreshJob, reconcile.refresh),
    Kind(ask.MoveHereRequest, reconcile.move_here),
    Kind(ask.QuietJob, summary.when_quiet),
    Kind(ask.MarkedJob, summary.when_marked),
    Kind(ask.SummaryRequest, summary.show_summary),
    Kind(ask.ThreadSummaryRequest, summary.summarise_any_thread),
    Kind(ask.ExportRequest, export.export),
    Kind(ask.CloseRequest, close.close),
    Kind(ask.BlockersRequest, close.show_blockers),
    Kind(ask.ReopenRequest, close.reopen),
    Kind(ask.NudgeJob, reminders.nudge),
    Kind(ask.HomeJob, home_tab.show_home),
)
KINDS: dict[str, Kind] = {kind.request.kind: kind for kind in _KINDS}
_DONE = "done"


async def perform(services: Services, name: str, key: str, payload: dict[str, Any], last: bool) -> None:
    """Do a job. A failure with a message for people is told once and ends it; anything else is raised and tried again."""
    kind = KINDS[name]
    request = kind.request.model_validate(payload)
    once = isinstance(request, ask.Request)  # other jobs keep their keys, and are done anew each time
    if once and await services.outbox.value(key, _DONE):
        return
    try:
        await kind.run(services, key, request)
    except SlackUnreachable:
        raise
    except BotError as error:
        log.info(
            "job_failed", job=key, kind=name, error=type(error).__name__, what=error.what, request_id=error.request_id
        )
        await _tell_failure(services, key, request, error)
    except Exception:
        # The boundary of a job: a defect is logged whole, tried again, and on the last try the asker is told.
        log.exception("job_crashed", job=key, kind=name)
        if last:
            unexpected = UnexpectedError("Something broke inside the bot.", request_id=key)
            await _tell_failure(services, key, request, unexpected)
        raise
    if once:
        await services.outbox.keep(key, _DONE, "yes")


def _failure(error: BotError, reply: ReplyTo) -> Message:
    return unbound_message(error, reply.channel) if isinstance(error, Unbound) else failure_message(error)


async def _tell_failure(services: Services, key: str, request: ask.Job, error: BotError) -> None:
    reply: ReplyTo | None = getattr(request, "reply", None)
    if reply is None:
        return
    try:
        await services.slack.answer_once(key, "failure", reply, _failure(error, reply))
    except (NotInChannel, SlackRefused) as untold:
        log.error("nobody_could_be_told", job=key, failure=error.what, because=untold.what)  # noqa: TRY400 expected
