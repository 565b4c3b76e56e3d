"""The connections to Aionis themselves, against servers that speak HTTP badly, or not at all."""

import asyncio
import gzip
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import errors
from bot.aionis import AionisTransport
from bot.aionis.transport import Reply

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer once a connection, which is closed then; yields the address and the heads that came."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.readuntil(b"}")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1") as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", heads


async def ask(*urls: str, headers: dict[str, str] | None = None, within: float = 3.0) -> Reply:
    """Ask the same of one transport as often as there are addresses, and return the last answer."""
    transport = AionisTransport.connect(urls[0], headers=headers or {}, connect_timeout=1, max_response_bytes=2**16)
    try:
        for _ in urls:
            deadline = time.monotonic() + within
            reply = await transport.call("POST", "/v1/memory/find", {"a": "ü"}, subject="it", deadline=deadline)
        return reply
    finally:
        await transport.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 2**17 + b"\r\n\r\n",
        b"",
    ],
    ids=["no HTTP", "cut off", "no length", "no chunk", "endless header", "nothing"],
)
async def test_an_answer_that_is_no_http_is_told_as_a_broken_connection(answer: bytes) -> None:
    async with server(answer) as (url, _):
        with pytest.raises(errors.Unreachable, match="it broke"):
            await ask(url, within=0.3)


async def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    async with server(OK) as (url, heads):
        await ask(url, url, url)
        assert len(heads) == 3


async def test_a_request_is_sent_as_it_was_made() -> None:
    async with server(OK) as (url, heads):
        await ask(url, headers={"x-api-key": "k"})
        head = heads[0].lower()
        assert head.startswith(b"post /v1/memory/find http/1.1\r\n")
        assert all(
            head.count(b"\r\n%b:" % name) == 1 for name in (b"host", b"x-api-key", b"accept-encoding", b"x-request-id")
        )
        assert b"\r\naccept-encoding: gzip, deflate\r\n" in head


async def test_what_unpacks_to_more_than_the_cap_is_refused_while_it_is_read() -> None:
    body = gzip.compress(b"{}" + b" " * 2**20)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)
    async with server(head + body) as (url, _):
        with pytest.raises(errors.AnswerTooLarge):
            await ask(url)


async def test_the_proxy_of_the_environment_is_used_but_for_hosts_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(OK) as (proxy, heads):
        monkeypatch.setenv("http_proxy", proxy)
        await ask("http://aionis.test:8080")
        assert heads[0].startswith(b"POST http://aionis.test:8080/v1/memory/find HTTP/1.1\r\n")
        monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
        async with server(OK) as (direct, own):
            await ask(direct)
            assert (len(heads), len(own)) == (1, 1)


@pytest.mark.parametrize(
    "proxy", ["socks5://u:%s@h:1080", "http://u:%s@h:abc", "u:%s@h:99999", "http://u:%s@[::1", "http://u:%s@"]
)
async def test_a_proxy_that_cannot_be_used_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    word = "swordfish"
    monkeypatch.setenv("all_proxy", proxy % word)
    with pytest.raises(errors.SettingsError, match="no address of one") as refused:
        await ask("http://aionis.test")
    assert word not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_authorities_that_cannot_be_read_are_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    authorities = tmp_path / "authorities.pem"
    if content is not None:
        authorities.write_text(content, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    with pytest.raises(errors.SettingsError, match="SSL_CERT_FILE"):
        await ask("https://aionis.test")


async def test_a_proxy_in_capital_letters_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(OK) as (proxy, heads):
        monkeypatch.setenv("http_proxy", proxy.upper())
        await ask("http://aionis.test:8080")
        assert len(heads) == 1
