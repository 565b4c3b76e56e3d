"""Serving a local Slack inside the running event loop."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from starlette.routing import BaseRoute

from bot.playground.http import LOOPBACK, serve_app
from bot.playground.slack.app import asgi_app
from bot.playground.slack.local import LocalSlack


@contextlib.asynccontextmanager
async def serve(
    slack: LocalSlack, port: int = 0, host: str = LOOPBACK, routes: Sequence[BaseRoute] = ()
) -> AsyncIterator[str]:
    """Serve `slack` until the context ends; yields its base URL. Port 0 takes a free one, `routes` add to its own."""
    async with serve_app(
        asgi_app(slack, routes, host), port=port, host=host, lifespan="off", date_header=False
    ) as server:
        slack.base_url = server.base_url
        for known in slack.workspaces:
            known.server = server
        try:
            yield slack.base_url
        finally:
            await slack.close()
