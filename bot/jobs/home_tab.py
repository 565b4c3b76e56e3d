"""The Home tab: open incidents of the channels one is in, one's own items, and the latest failed runs."""

import asyncio
from contextlib import aclosing
from typing import ClassVar

from bot.blocks.home_tab import WatchStanding, home_view, latest
from bot.domain.access.admission import Admission, HomeAdmission
from bot.domain.incident.state import Incident
from bot.domain.recurrence.troubled import TroubledRun
from bot.errors import AionisError, BotError
from bot.investigation.recent import TroubledRuns
from bot.jobs.registry import Job, job, of_home
from bot.runtime.services import Services

SCOPES = 3  # whose latest failed runs are shown: each is read from Aionis every time somebody opens the tab
FAILED_RUNS = 5  # of each scope


class HomeJob(Job):
    """Show a person their Home tab."""

    kind: ClassVar[str] = "home"
    user: str


@job(HomeJob, admission=of_home)
async def show_home(services: Services, _key: str, admission: HomeAdmission, request: HomeJob) -> None:
    """Publish a person's Home tab."""
    incidents = await services.incidents.open_ones(*admission.channels)
    scopes = {one.tenancy: one for one in reversed(admission.channels)}  # any channel that reads a scope will do
    # Each scope is a search of its own: somebody of fifty channels must not have Aionis asked fifty times.
    shown = list(dict.fromkeys(one.tenancy for one in admission.channels))[:SCOPES]
    failed = await asyncio.gather(*(_failed(services, scopes[scope]) for scope in shown))
    view = home_view(
        user=request.user,
        incidents=incidents,
        permalinks=await _links(services, latest(incidents)),
        failed=dict(zip(shown, failed, strict=True)),
        watched=await _watched(services, admission),
        now=services.now(),
    )
    await services.slack.publish_home(request.user, view)


async def _watched(services: Services, admission: HomeAdmission) -> list[WatchStanding]:
    """Return how the watches of the person's channels stand, of what those channels read."""
    reads = {one.channel: one.tenancy for one in admission.channels}
    watches = [one for one in await services.watches.all() if reads.get(one.channel) == one.tenancy]
    looks = await asyncio.gather(*(services.watches.last_look(one.tenancy) for one in watches))
    return [WatchStanding(one.channel, one.tenancy, *look) for one, look in zip(watches, looks, strict=True)]


async def _failed(services: Services, admission: Admission) -> list[TroubledRun] | BotError:
    found = TroubledRuns(services.aionis(admission), now=services.now(), stalled_after=services.stalled_after)
    shown: list[TroubledRun] = []
    try:
        async with aclosing(found.read()) as runs:
            async for run in runs:
                shown.append(run)
                if len(shown) == FAILED_RUNS:
                    break
    except AionisError as error:
        # Shown in its place: a scope that Aionis does not answer for must not empty the whole tab.
        return error
    return shown


async def _links(services: Services, incidents: list[Incident]) -> dict[str, str]:
    """Return root ts → permalink. A ts is unique in its channel, and all but surely in the workspace."""
    return await services.slack.messages.permalinks((one.channel, one.root_ts) for one in incidents if one.root_ts)
