"""`incident-bot similar`: how often a run's failure was seen, and why the others are the same."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, run, settings_of, with_aionis

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.domain.recurrence.occurrences import Seen


def similar(
    run_id: Annotated[str, typer.Argument(help="The run's id, a UUID.")],
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show how often a run's failure was seen in its scope, and what makes the runs the same."""
    from bot.domain.recurrence.occurrences import seen_json  # noqa: PLC0415
    from bot.domain.run.uris import parse_run_id  # noqa: PLC0415
    from bot.investigation.similar import similar_runs  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    stalled_after = timedelta(seconds=settings.run_stalled_seconds)

    async def read(aionis: "Aionis") -> "Seen":
        return await similar_runs(aionis, parse_run_id(run_id), now=datetime.now(UTC), stalled_after=stalled_after)

    found = run(with_aionis(settings, read))
    if as_json:
        print_json(seen_json(found))
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415
        from bot.cli.terminal_similar import print_seen  # noqa: PLC0415

        print_seen(terminal(), found)
