"""Options that several commands have."""

from typing import Annotated

import typer

from bot.cli.running import remember_json

BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Where Aionis answers. Default: AIONIS_BASE_URL.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Tenant id. Default: AIONIS_TENANT_ID.")]
Scope = Annotated[str | None, typer.Option("--scope", help="Scope. Default: AIONIS_SCOPE.")]
Agent = Annotated[str | None, typer.Option("--consumer-agent", help="Read private records as this agent.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.", callback=remember_json)]
AsBlocks = Annotated[bool, typer.Option("--blocks", help="Print the exact Slack messages as JSON.")]
