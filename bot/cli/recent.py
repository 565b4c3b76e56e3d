"""`incident-bot recent`: the runs of a scope that are in trouble as they stand now."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, run, settings_of, with_aionis

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.domain.recurrence.troubled import TroubledRun


def recent(
    most: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many failures to list.")] = 10,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """List the latest failed, partial and crashed runs; those that failed the same way are one line."""
    from bot.domain.recurrence.decisions import Decisions  # noqa: PLC0415
    from bot.investigation.recent import TroubledRuns, by_failure  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)

    async def read(aionis: "Aionis") -> "list[list[TroubledRun]]":
        silence = timedelta(seconds=settings.run_stalled_seconds)
        found = TroubledRuns(aionis, now=datetime.now(UTC), stalled_after=silence)
        return list((await by_failure(found, Decisions(), most=most)).values())[:most]

    failures = run(with_aionis(settings, read))
    if as_json:
        from bot.domain.recurrence.troubled import troubled_json  # noqa: PLC0415

        print_json([troubled_json(runs) for runs in failures])
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415
        from bot.cli.terminal_recent import print_recent  # noqa: PLC0415

        print_recent(terminal(), failures, settings.tenancy)
