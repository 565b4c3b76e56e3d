"""`incident-bot replay`: what a run did, with the failing step first."""

from typing import Annotated

import typer

from bot.cli.options import Agent, AsBlocks, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import print_json, print_messages, read_runs, run, settings_of


def replay(
    run_id: Annotated[str, typer.Argument(help="The run's id, or the first eight characters of it.")],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    every_step: Annotated[bool, typer.Option("--all", help="Do not fold long timelines, nor many decisions.")] = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show what a run did, with the failing step first."""
    from bot.investigation.run import investigate  # noqa: PLC0415

    settings = settings_of(base_url, tenant, scope, consumer_agent)
    diagnosis = run(read_runs(settings, investigate, run_id)).diagnosis
    if as_json:
        from bot.domain.run.json_form import diagnosis_json  # noqa: PLC0415

        print_json(diagnosis_json(diagnosis))
    elif as_blocks:
        from bot.blocks.replay import replay_message  # noqa: PLC0415

        print_messages(replay_message(diagnosis))
    else:
        from bot.cli.terminal_output import terminal  # noqa: PLC0415
        from bot.cli.terminal_replay import print_diagnosis  # noqa: PLC0415

        print_diagnosis(terminal(), diagnosis, every_step=every_step)
