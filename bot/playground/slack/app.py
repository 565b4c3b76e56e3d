"""The local Slack as one ASGI application."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.page import page_routes, refused
from bot.playground.slack.replies import answer
from bot.playground.slack.web_api.dispatch import Answer

Json = dict[str, Any]
DIST = Path(__file__).parents[1] / "web" / "dist"
NO_PAGE = """<!doctype html><title>Local Slack</title>
<h1>The local Slack is running</h1>
<p>Its page is not built. Run <code>make playground</code>, which builds it.</p>
"""
_GONE = {"expired_url": 404, "used_url": 404}


def asgi_app(slack: LocalSlack, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Build the application; `routes` come before its own."""

    async def web_api(request: Request) -> Response:
        return await _web_api(slack, request)

    async def response_url(request: Request) -> Response:
        return await _response_url(slack, request)

    async def upload(request: Request) -> Response:
        return await _upload(slack, request)

    async def download(request: Request) -> Response:
        return _download(slack, request)

    async def socket(connection: WebSocket) -> None:
        await _socket(slack, connection)

    async def index(_request: Request) -> Response:
        page = DIST / "index.html"
        return FileResponse(page) if page.is_file() else HTMLResponse(NO_PAGE)

    return Starlette(
        routes=[
            *routes,
            Route("/api/{method}", web_api, methods=["GET", "POST"]),
            Route("/response/{token}", response_url, methods=["POST"]),
            Route("/upload/{token}", upload, methods=["POST", "PUT"]),
            Route("/files/{file_id}/{name:path}", download),
            WebSocketRoute("/socket/{ticket}", socket),
            *page_routes(slack),
            Route("/", index),
            Mount("/assets", StaticFiles(directory=DIST / "assets", check_dir=False)),
        ],
        exception_handlers={RefusedError: refused},
    )


async def _web_api(slack: LocalSlack, request: Request) -> Response:
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    method = request.path_params["method"]
    try:
        args = await _arguments(request)
    except ValueError:
        return _told(Answer({"ok": False, "error": "invalid_json"}))
    result = slack.api.answer(method, args, token or None)
    wait = slack.latency + (result.fault.delay if result.fault else 0.0)
    if wait:
        await asyncio.sleep(wait)
    if result.fault and result.fault.lose_response:
        return await _lost(slack, request)
    return _told(result)


async def _arguments(request: Request) -> Json:
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        async with request.form() as form:
            return args | {name: value for name, value in form.items() if isinstance(value, str)}
    body = await request.body()
    if not body:
        return args
    if kind.startswith("application/json"):
        given = json.loads(body)
        if not isinstance(given, dict):
            raise ValueError("not an object")
        return args | given
    return args | dict(parse_qsl(body.decode(), keep_blank_values=True))


def _told(result: Answer) -> Response:
    if isinstance(result.body, str):
        return PlainTextResponse(result.body, result.status, result.headers)
    content = json.dumps(result.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, result.status, result.headers, "application/json; charset=utf-8")


async def _lost(slack: LocalSlack, request: Request) -> Response:
    if slack.drop_connection:
        slack.drop_connection(request.scope)
        await asyncio.sleep(0)
    # Where the server is somebody else's, a length that is never reached makes it close the connection.
    return Response(b"", headers={"Content-Length": "1"})


async def _response_url(slack: LocalSlack, request: Request) -> Response:
    call = slack.api.record("response_url", {})
    fault = slack.api.faults.take("response_url")
    if fault and fault.before_effect:
        call.error = fault.error or f"http_{fault.status or 500}"
        return PlainTextResponse(fault.error or "Server Error", fault.status or 500)
    try:
        call.args = json.loads(await request.body())
        answer(slack.workspace, slack.workspace.grants.reply(request.path_params["token"]), call.args)
    except ValueError:
        call.error = "invalid_payload"
    except SlackError as error:
        call.error, call.answer = error.code, {"ok": False, "error": error.code, **error.extra}
    slack.workspace.changes.happened()
    if fault and fault.lose_response:
        return await _lost(slack, request)
    if call.error:
        return JSONResponse(call.answer or {"ok": False, "error": call.error}, _GONE.get(call.error, 400))
    call.ok = True
    return PlainTextResponse("ok")


async def _upload(slack: LocalSlack, request: Request) -> Response:
    content = await _uploaded(request)
    file = slack.workspace.files.receive(request.path_params["token"], content)
    if file is None:
        return PlainTextResponse("No such upload, or not the length that was announced.", 400)
    return PlainTextResponse(f"OK - {len(content)}")


async def _uploaded(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""


def _download(slack: LocalSlack, request: Request) -> Response:
    token = request.headers.get("authorization")
    if token is not None and token.removeprefix("Bearer ") != slack.bot_token:
        return PlainTextResponse("invalid_auth", 401)
    file = slack.workspace.files.by_id.get(request.path_params["file_id"])
    if file is None or file.content is None or not file.completed:
        return PlainTextResponse("file_not_found", 404)
    # What people upload must not run in the page's origin.
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    if "download" in request.query_params:
        headers["Content-Disposition"] = "attachment"
    return Response(file.content, headers=headers, media_type=file.mimetype)


async def _socket(slack: LocalSlack, connection: WebSocket) -> None:
    ticket = connection.path_params["ticket"]
    if ticket not in slack.workspace.tickets:
        await connection.close(4000)
        return
    slack.workspace.tickets.discard(ticket)
    await connection.accept()
    await slack.link.sockets.serve(connection)
