"""What the bot calls: the Web API, response URLs and uploads, each with the faults that wait for it."""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.playground.slack.errors import SlackError
from bot.playground.slack.faults import Fault
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.replies import answer
from bot.playground.slack.web_api.call import ApiCall
from bot.playground.slack.web_api.dispatch import Answer, faulty

Json = dict[str, Any]
_GONE = {"expired_url": 404, "used_url": 404}


async def web_api(slack: LocalSlack, request: Request) -> Response:
    """Answer one call of the Web API."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    token = shown.strip() if kind.lower() == "bearer" else ""
    try:
        args = await _arguments(request) | (_credentials(shown) if kind.lower() == "basic" else {})
    except ValueError:
        return _told(Answer({"ok": False, "error": "invalid_json"}))
    place = slack.meant_by(token or str(args.get("token") or ""), args)
    method, channel = request.path_params["method"], args.get("channel") or args.get("channel_id")
    if late := place.api.faults.lateness(method, channel):
        await asyncio.sleep(late)
    result = place.api.answer(method, args, token or None)
    return await _sent(slack, request, result.fault, _told(result))


async def response_url(slack: LocalSlack, request: Request) -> Response:
    """Answer one use of a response_url."""
    token = request.path_params["token"]
    slack = slack.where(lambda known: known.workspace.grants.channel_of(token) is not None)
    body = await request.body()
    call = slack.api.record("response_url", {})
    fault = slack.api.faults.take("response_url", slack.workspace.grants.channel_of(token))
    usual = _refusal(call, fault) if fault and fault.before_effect else _answered(slack, token, call, body)
    slack.workspace.changes.happened()
    return await _sent(slack, request, fault, usual)


async def upload(slack: LocalSlack, request: Request) -> Response:
    """Take the bytes of an announced file."""
    content = await _uploaded(request)
    slack = slack.where(lambda known: known.workspace.files.expects(request.path_params["token"]))
    call = slack.api.record("upload", {"length": len(content)})
    fault = slack.api.faults.take("upload")
    usual = _refusal(call, fault) if fault and fault.before_effect else _received(slack, request, call, content)
    return await _sent(slack, request, fault, usual)


async def _sent(slack: LocalSlack, request: Request, fault: Fault | None, usual: Response) -> Response:
    """Keep an answer back as long as it should be, and lose or replace it where the fault says so."""
    wait = slack.latency + (fault.delay if fault else 0.0)
    if wait:
        await asyncio.sleep(wait)
    if fault and fault.closes:
        return await _lost(slack, request)
    if fault and fault.answers:
        return _told(faulty(fault)) if fault.lose_response else usual
    return usual


async def _lost(slack: LocalSlack, request: Request) -> Response:
    if slack.server:
        slack.server.drop(request.scope)
        await asyncio.sleep(0)
    # Where the server is somebody else's, a length that is never reached makes it close the connection.
    return Response(b"", headers={"Content-Length": "1"})


def _told(result: Answer) -> Response:
    if result.status == 0:
        return Response(b"")  # nobody gets it
    if isinstance(result.body, str):
        return PlainTextResponse(result.body, result.status, result.headers)
    content = json.dumps(result.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, result.status, result.headers, "application/json; charset=utf-8")


def _refusal(call: ApiCall, fault: Fault) -> Response:
    call.error = "dropped" if fault.closes else fault.error or f"http_{fault.status or 429}"
    refusal = faulty(fault)
    if fault.error:  # these two addresses answer such a code as plain text
        return PlainTextResponse(fault.error, fault.status or 500)
    return _told(refusal)


def _answered(slack: LocalSlack, token: str, call: ApiCall, body: bytes) -> Response:
    try:
        call.args = json.loads(body)
        answer(slack.workspace, slack.workspace.grants.reply(token), call.args)
    except ValueError:
        call.error = "invalid_payload"
    except SlackError as error:
        call.error, call.answer = error.code, {"ok": False, "error": error.code, **error.extra}
    if call.error:
        return JSONResponse(call.answer or {"ok": False, "error": call.error}, _GONE.get(call.error, 400))
    call.ok = True
    return PlainTextResponse("ok")


def _received(slack: LocalSlack, request: Request, call: ApiCall, content: bytes) -> Response:
    if slack.workspace.files.receive(request.path_params["token"], content) is None:
        call.error = "upload_refused"
        return PlainTextResponse("No such upload, or not the length that was announced.", 400)
    call.ok = True
    return PlainTextResponse(f"OK - {len(content)}")


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


def _credentials(shown: str) -> Json:
    """Client id and secret of HTTP Basic authentication, as the SDK sends them; ValueError if it is none."""
    client_id, _, client_secret = base64.b64decode(shown, validate=True).decode().partition(":")
    return {"client_id": client_id, "client_secret": client_secret}


async def _uploaded(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
