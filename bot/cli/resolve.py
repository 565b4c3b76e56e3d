"""`incident-bot resolve`: one decision, commit, node or edge."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import Agent, AsBlocks, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, print_messages, run, settings_of, with_aionis

if TYPE_CHECKING:
    from bot.aionis import Aionis


def resolve(
    uri: Annotated[
        list[str],
        typer.Argument(
            help="An Aionis URI, memory://commit/<uuid>, or `decision <uuid>`; eight characters of the id are enough."
        ),
    ],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show one decision, commit, node or edge."""
    from bot.domain.run.record_references import parse_reference  # noqa: PLC0415
    from bot.investigation.record import resolve_record  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)

    async def read(aionis: "Aionis") -> Any:
        return await resolve_record(aionis, parse_reference(" ".join(uri), settings.tenancy))

    resolution = run(with_aionis(settings, read))
    if as_json:
        from bot.domain.run.json_form import resolution_json  # noqa: PLC0415

        print_json(resolution_json(resolution))
    elif as_blocks:
        from bot.blocks.resolve import resolve_message  # noqa: PLC0415

        print_messages(resolve_message(resolution))
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415
        from bot.cli.terminal_resolve import print_resolution  # noqa: PLC0415

        print_resolution(terminal(), resolution)
