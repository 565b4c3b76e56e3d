"""What the server itself bounds before any application is asked: heads, their time, and connections."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.app import EVENTS_PATH
from bot.config.settings import load_settings
from bot.playground.http import serve_app
from bot.runtime import server
from bot.runtime.server import server_config
from bot.slack.signed_requests import SignedRequests, sign

POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
SECRET = secrets.token_hex(16)


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(server, "_HEAD_WITHIN", 0.3)
    monkeypatch.setattr(server, "_IDLE_WITHIN", 60)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 5)
    signed = SignedRequests(PlainTextResponse("ok"), SECRET)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (signed if scope["method"] == "POST" else PlainTextResponse("ok"))(scope, receive, send)

    config = server_config(app, load_settings())
    bounds = ("http", "h11_max_incomplete_event_size", "limit_concurrency", "ws", "lifespan")
    options = {name: getattr(config, name) for name in bounds}
    async with serve_app(config.app, timeout_keep_alive=0.1, **options) as served:  # type: ignore[arg-type]
        yield int(served.base_url.rpartition(":")[2])


async def answer(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:  # the answer was sent while more came in
        return b""
    finally:
        writer.close()


async def test_a_whole_request_is_answered(port: int) -> None:
    assert (await answer(port, GET + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_an_endless_head_is_refused(port: int) -> None:
    assert b"200" not in await answer(port, GET + b"X: " + b"x" * 200_000 + b"\r\n\r\n")


@pytest.mark.parametrize("sent", [b"", GET], ids=["nothing", "half"])
async def test_a_head_that_does_not_arrive_is_given_up(port: int, sent: bytes) -> None:
    assert await answer(port, sent) == b""


async def test_slacks_connection_waits_for_its_next_request_longer_than_others_do(port: int) -> None:
    async def first(head: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        assert b"200" in await reader.readuntil(b"ok")
        return reader, writer

    at = str(int(time.time())).encode()
    names = (b"X-Slack-Request-Timestamp: " + at, b"X-Slack-Signature: " + sign(SECRET.encode(), at, b""))
    slacks, to_slack = await first(POST + b"Content-Length: 0\r\n" + b"\r\n".join(names) + b"\r\n\r\n")
    # The path alone makes nobody Slack: a stranger could hold as many connections as there may be.
    others, to_others = await first(b"GET " + EVENTS_PATH.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await asyncio.wait_for(others.read(), 10) == b"", "closed"
    to_slack.write(GET)
    assert not slacks.at_eof(), "still open, and a later head must be whole in time as well"
    assert await asyncio.wait_for(slacks.read(), 10) == b""
    to_slack.close()
    to_others.close()


async def test_too_many_connections_are_refused(port: int) -> None:
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    assert (await answer(port, GET + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 503")
    for _, writer in held:
        writer.close()


BROKEN = {
    "no size of a chunk": b"zz\r\nabc\r\n",
    "an endless one": b"0" * 70_000,
    "an endless extension": b"5;" + b"a" * 200_000 + b"\r\n",
    "endless trailers": b"0\r\n" + b"X: b\r\n" * 20_000,
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_refused_request_whose_body_is_no_http_is_answered_once_and_is_no_fault_in_the_log(
    caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    config = server_config(SignedRequests(PlainTextResponse("ok"), secrets.token_hex(16)), load_settings())
    async with serve_app(config.app, http=config.http, lifespan="off") as served:  # type: ignore[arg-type]
        port = int(served.base_url.rpartition(":")[2])
        said = await answer(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + BROKEN[broken])
    assert said.count(b"HTTP/1.1 ") <= 1  # none where the connection was reset while more came in
    assert [line.getMessage() for line in caplog.records if line.exc_info or line.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("path", [b"/healthz", b"/nowhere", EVENTS_PATH.encode(), EVENTS_PATH.encode() + b"/"])
@pytest.mark.parametrize("body", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
async def test_a_body_that_nobody_reads_holds_no_connection(bot: str, path: bytes, body: bytes) -> None:
    port = int(bot.rpartition(":")[2])
    said = await answer(port, b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\n" + body + b"\r\n\r\n1")
    assert said.startswith(b"HTTP/1.1 "), "answered, and closed: all of the answer was read"
    assert b"evil.example" not in said
