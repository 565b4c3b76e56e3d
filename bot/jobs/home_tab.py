"""The Home tab: open incidents of the channels one is in, one's own items, and the latest failed runs."""

import asyncio

from bot.blocks.home_tab import home_view
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import Incident
from bot.domain.run.records import Node
from bot.errors import AionisError, BotError
from bot.investigation.run import recent_failures
from bot.jobs.requests import HomeJob
from bot.runtime.services import Services

SCOPES = 3  # whose latest failed runs are shown
FAILED_RUNS = 5  # of each scope


async def show_home(services: Services, job: str, request: HomeJob) -> None:
    """Publish a person's Home tab."""
    user = request.user
    channels = await services.gate.readable(await services.directory.channels_of(user), user)
    incidents = await services.incidents.open_in_channels(channels)
    scopes = list(dict.fromkeys(channels.values()))[:SCOPES]
    failed = await asyncio.gather(*(_failed(services, scope) for scope in scopes))
    links = await _links(services, incidents)
    view = home_view(
        user=user,
        incidents=incidents,
        permalinks=links,
        failed=dict(zip(scopes, failed, strict=True)),
        now=services.now(),
    )
    await services.slack.messages.publish_home(user, view)


async def _failed(services: Services, tenancy: Tenancy) -> list[Node] | BotError:
    try:
        answer = await recent_failures(services.aionis(tenancy), limit=FAILED_RUNS)
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
