"""The Home tab: open incidents of the channels one is in, one's own items, and the latest failed runs."""

import asyncio
from typing import ClassVar

from bot.blocks.home_tab import home_view
from bot.domain.access.admission import Admission, HomeAdmission
from bot.domain.incident.state import Incident
from bot.domain.run.records import Node
from bot.errors import AionisError, BotError
from bot.investigation.run import recent_failures
from bot.jobs.registry import Job, job, of_home
from bot.runtime.services import Services

SCOPES = 3  # whose latest failed runs are shown
FAILED_RUNS = 5  # of each scope


class HomeJob(Job):
    """Show a person their Home tab."""

    kind: ClassVar[str] = "home"
    user: str


@job(HomeJob, admission=of_home)
async def show_home(services: Services, key: str, admission: HomeAdmission, request: HomeJob) -> None:
    """Publish a person's Home tab."""
    incidents = await services.incidents.open_ones(*admission.channels)
    scopes = {one.tenancy: one for one in reversed(admission.channels)}  # any channel that reads a scope will do
    shown = list(dict.fromkeys(one.tenancy for one in admission.channels))[:SCOPES]
    failed = await asyncio.gather(*(_failed(services, scopes[scope]) for scope in shown))
    view = home_view(
        user=request.user,
        incidents=incidents,
        permalinks=await _links(services, incidents),
        failed=dict(zip(shown, failed, strict=True)),
        now=services.now(),
    )
    await services.slack.messages.publish_home(request.user, view)


async def _failed(services: Services, admission: Admission) -> list[Node] | BotError:
    try:
        answer = await recent_failures(services.aionis(admission), limit=FAILED_RUNS)
    except AionisError as error:
        return error
    return answer.value.nodes


async def _links(services: Services, incidents: list[Incident]) -> dict[str, str]:
    """Return root ts → permalink. A ts is unique in its channel, and all but surely in the workspace."""
    found = await asyncio.gather(
        *(services.slack.messages.permalink(one.channel, one.root_ts) for one in incidents if one.root_ts)
    )
    roots = [one.root_ts for one in incidents if one.root_ts]
    return {ts: link for ts, link in zip(roots, found, strict=True) if link}
