"""Every kind of job, and doing one. Imports all that jobs need, so it is imported after the start: see `bot.app`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

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
from bot.jobs.failures import Attempt, run_or_tell
from bot.runtime.services import Services


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
    """Do a job, and record that it is done; what becomes of a failure says `bot/jobs/failures.py`."""
    kind = KINDS[name]
    request = kind.request.model_validate(payload)
    once = isinstance(request, ask.Request)  # other jobs keep their keys, and are done anew each time
    if once and await services.outbox.value(key, _DONE):
        return
    await run_or_tell(services, Attempt(name, key, request, last), kind.run(services, key, request))
    if once:
        await services.outbox.keep(key, _DONE, "yes")
