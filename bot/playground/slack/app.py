"""The local Slack as one ASGI application."""

from collections.abc import Awaitable, Callable, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from bot.playground.http import LOOPBACK, OwnSite
from bot.playground.slack import bot_routes
from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.oauth_page import oauth_routes
from bot.playground.slack.page import page_routes, refused

Json = dict[str, Any]
Endpoint = Callable[[LocalSlack, Request], Awaitable[Response]]
BOT_PATHS = ("/api/", "/response/", "/upload/", "/socket/")  # each call shows a token or a secret address
DIST = Path(__file__).parents[1] / "web" / "dist"
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
NO_PAGE = """<!doctype html><title>Local Slack</title>
<h1>The local Slack is running</h1>
<p>Its page is not built. Run <code>make playground</code>, which builds it.</p>
"""


class SlackDate:
    """Puts Slack's time, which tests may set apart from this machine's, into every answer's `Date`."""

    def __init__(self, app: ASGIApp, slack: LocalSlack) -> None:
        self._app = app
        self._slack = slack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to what the application answers."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Date"] = formatdate(self._slack.workspace.clock(), usegmt=True)
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)


def asgi_app(slack: LocalSlack, routes: Sequence[BaseRoute] = (), host: str = LOOPBACK) -> Starlette:
    """Build the application, to be served at `host`; `routes` come before its own."""

    def of(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def bound(request: Request) -> Response:
            return await endpoint(slack, request)

        return bound

    async def download(request: Request) -> Response:
        return _download(slack, request)

    async def socket(connection: WebSocket) -> None:
        await _socket(slack, connection)

    async def index(_request: Request) -> Response:
        page = DIST / "index.html"
        return FileResponse(page, headers=PAGE_HEADERS) if page.is_file() else HTMLResponse(NO_PAGE)

    return Starlette(
        routes=[
            *routes,
            Route("/api/{method}", of(bot_routes.web_api), methods=["GET", "POST"]),
            Route("/response/{token}", of(bot_routes.response_url), methods=["POST"]),
            Route("/upload/{token}", of(bot_routes.upload), methods=["POST", "PUT"]),
            Route("/files/{file_id}/{name:path}", download),
            WebSocketRoute("/socket/{ticket}", socket),
            *oauth_routes(slack),
            *page_routes(slack),
            Route("/", index),
            Mount("/assets", StaticFiles(directory=DIST / "assets", check_dir=False)),
        ],
        middleware=[
            Middleware(SlackDate, slack=slack),
            Middleware(OwnSite, any_host=() if host == LOOPBACK else BOT_PATHS),
        ],
        exception_handlers={RefusedError: refused},
    )


def _download(slack: LocalSlack, request: Request) -> Response:
    file_id = request.path_params["file_id"]
    slack = slack.where(lambda known: file_id in known.workspace.files.by_id)
    token = request.headers.get("authorization")
    if token is not None and not _good(slack, token.removeprefix("Bearer ")):
        return PlainTextResponse("invalid_auth", 401)
    file = slack.workspace.files.by_id.get(file_id)
    if file is None or file.content is None or not file.completed:
        return PlainTextResponse("file_not_found", 404)
    # What people upload must not run in the page's origin.
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    if "download" in request.query_params:
        headers["Content-Disposition"] = "attachment"
    return Response(file.content, headers=headers, media_type=file.mimetype)


def _good(slack: LocalSlack, token: str) -> bool:
    try:
        return slack.workspace.installation.kind_of(token) == "bot"
    except SlackError:
        return False


async def _socket(slack: LocalSlack, connection: WebSocket) -> None:
    ticket = connection.path_params["ticket"]
    slack = slack.where(lambda known: ticket in known.workspace.tickets)
    if ticket not in slack.workspace.tickets:
        await connection.close(4000)
        return
    slack.workspace.tickets.discard(ticket)
    await connection.accept()
    await slack.link.sockets.serve(connection)
