"""`incident-bot bisect`: the last good run of a failing run's case, and what has changed since."""

from typing import Annotated

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, read_runs, run, settings_of


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
    from bot.investigation.last_good import bisect as find_last_good  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    found = run(read_runs(settings, find_last_good, run_id, form="`incident-bot bisect <run_id>`"))
    if as_json:
        print_json(bisection_json(found))
    else:
        from bot.cli.terminal_bisect import print_bisection  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_bisection(terminal(), found)
