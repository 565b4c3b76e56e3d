"""`incident-bot compare`: what a rerun proves about a failing run."""

from typing import Annotated

import typer

from bot.cli.options import Agent, AsBlocks, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, print_messages, read_runs, run, settings_of

# Exit codes by the verdict's word (bot/domain/comparison/fix_verdict.py), for scripts that wait for a fix.
_EXITS = {"fixed": 0, "still failing": 3, "fails elsewhere": 3, "regressed": 3, "not proof": 4, "not comparable": 5}

_FORM = "`incident-bot compare <failing_run> <rerun>`"


def compare(  # noqa: PLR0913, PLR0917 each is an argument or option of the command
    failing_run: Annotated[str, typer.Argument(help="The failing run's id, a UUID.")],
    rerun: Annotated[str, typer.Argument(help="The id of the run after the fix.")],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    every_step: Annotated[bool, typer.Option("--all", help="List equal steps, too.")] = False,
    tell_verdict: Annotated[
        bool, typer.Option("--exit-code", help="Exit 0 fixed, 3 not fixed, 4 no proof, 5 not comparable.")
    ] = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show what a rerun proves about a failing run, and where the two part."""
    from bot.investigation.pair import investigate_pair  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    comparison = run(read_runs(settings, investigate_pair, failing_run, rerun, form=_FORM)).comparison
    if as_json:
        from bot.domain.comparison.json_form import comparison_json  # noqa: PLC0415

        print_json(comparison_json(comparison))
    elif as_blocks:
        from bot.blocks.compare import comparison_message  # noqa: PLC0415

        print_messages(comparison_message(comparison))
    else:
        from bot.cli.terminal_compare import print_comparison  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_comparison(terminal(), comparison, every_step=every_step)
    if tell_verdict:
        raise typer.Exit(_EXITS[comparison.verdict.value])
