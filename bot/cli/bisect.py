"""`incident-bot bisect`: the last good run of a failing run's case, and what has changed since."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, run, settings_of, with_aionis

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.domain.recurrence.bisect import Bisection


def bisect(
    run_id: Annotated[str, typer.Argument(help="The failing run's id, a UUID.")],
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Find the last run of the same case that went well, and show what has changed since."""
    from bot.domain.recurrence.bisect import bisection_json  # noqa: PLC0415
    from bot.domain.run.uris import parse_run_id  # noqa: PLC0415
    from bot.investigation.last_good import bisect as find_last_good  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    stalled_after = timedelta(seconds=settings.run_stalled_seconds)

    async def read(aionis: "Aionis") -> "Bisection":
        return await find_last_good(aionis, parse_run_id(run_id), now=datetime.now(UTC), stalled_after=stalled_after)

    found = run(with_aionis(settings, read))
    if as_json:
        print_json(bisection_json(found))
    else:
        from bot.cli.terminal_bisect import print_bisection  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_bisection(terminal(), found)
