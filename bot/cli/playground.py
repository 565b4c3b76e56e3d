"""`incident-bot playground`: everything on one machine."""

from typing import Annotated

import typer

from bot.cli.running import run


def playground(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8080,
    aionis: Annotated[
        str | None, typer.Option("--aionis", help="Use a real Aionis at this URL, not the sample.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier playgrounds stored.")] = False,
) -> None:
    """Run the bot with a local Slack, a sample Aionis and an embedded Valkey; nothing else is needed."""
    import uvloop  # noqa: PLC0415

    from bot.playground.run import run_playground  # noqa: PLC0415

    run(run_playground(port=port, aionis_url=aionis, fresh=fresh), by=uvloop.run)
