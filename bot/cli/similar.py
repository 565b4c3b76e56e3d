"""`incident-bot similar`: how often a run's failure was seen, and why the others are the same."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, read_runs, run, settings_of

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.recurrence.occurrences import Seen
    from bot.store.recurrence import Failure


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
    from bot.investigation.similar import similar_runs  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    found = run(
        _with_index(settings, read_runs(settings, similar_runs, run_id, form="`incident-bot similar <run_id>`"))
    )
    if as_json:
        print_json(seen_json(found))
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415
        from bot.cli.terminal_similar import print_seen  # noqa: PLC0415

        print_seen(terminal(), found)


async def _with_index(settings: "Settings", reading: Coroutine[Any, Any, "Seen"]) -> "Seen":
    """Add what the bot's index knows of the failure, where a Redis is named: older runs, and the incidents it had."""
    found = await reading
    if settings.redis_url is None or found.fingerprint is None:
        return found
    from bot.domain.recurrence.occurrences import with_known, without_runs  # noqa: PLC0415
    from bot.runtime.container import open_store  # noqa: PLC0415
    from bot.store.keys import Keys  # noqa: PLC0415
    from bot.store.migration import workspaces  # noqa: PLC0415
    from bot.store.recurrence import FailureIndex  # noqa: PLC0415

    known: list[Failure] = []
    counts, apart = [0], set[str]()
    async with open_store(settings) as redis:
        for workspace in await workspaces(redis):
            index = FailureIndex(redis, Keys(workspace), retention=timedelta(days=settings.recurrence_retention_days))
            decisions = await index.decisions(settings.tenancy)
            failure = decisions.of_run(found.run_id, found.fingerprint)
            if failure != decisions.of(found.fingerprint):  # somebody took it for a failure of its own
                apart |= {run.run_id for run in found.runs} - {found.run_id}
                continue
            here = await index.find(settings.tenancy, decisions.joined(found.fingerprint))
            listed = [run_id for one in here for run_id, _ in one.runs] + [run.run_id for run in found.runs]
            others = {one for one in listed if decisions.of_run(one, found.fingerprint) != failure}
            counts.append(sum(one.count for one in here) - len(others))
            apart |= others
            known += here
    return with_known(
        without_runs(found, apart),
        count=max(counts),
        seen=[moment for one in known for moment in (one.first_seen, one.last_seen) if moment],
        runs=[run for one in known for run in one.runs if run[0] not in apart],
        incidents=[incident for one in known for incident in one.incidents],
    )
