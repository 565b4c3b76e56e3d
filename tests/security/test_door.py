"""What a stranger gets: a refusal, before anything of theirs is read, and nothing that they made the bot send."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.slack import ReplyTo, signed_requests
from bot.slack.response_urls import ResponseUrls
from bot.slack.signed_requests import MAX_BODY, sign
from tests.conftest import SIGNING_SECRET, http_client

FORM = "application/x-www-form-urlencoded"


class Elsewhere:
    """A server that is nobody's business; it notes every request that reaches it."""

    def __init__(self) -> None:
        self.base_url = ""
        self.asked: list[str] = []

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return RedirectResponse("/secret", 307) if request.url.path == "/redirect" else Response("ok")


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    there = Elsewhere()
    app = Starlette(routes=[Route("/{path:path}", there.answer, methods=["GET", "POST"])])
    async with serve_app(app) as server:
        there.base_url = server.base_url
        yield there


def click(response_url: str) -> bytes:
    payload = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "response_url": response_url,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, at: float | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signature = sign(SIGNING_SECRET.encode(), timestamp.encode(), body).decode()
    return {"content-type": FORM, "x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


def now() -> str:
    return str(int(time.time()))


UNSIGNED: dict[str, dict[str, bytes]] = {
    "no headers": {},
    "words": {"x-slack-request-timestamp": b"abc", "x-slack-signature": b"v0=00"},
    "float": {"x-slack-request-timestamp": b"1e9", "x-slack-signature": b"v0=00"},
    "blank": {"x-slack-request-timestamp": b" ", "x-slack-signature": b"v0=00"},
    "empty": {"x-slack-request-timestamp": b"", "x-slack-signature": b"v0=00"},
    "huge": {"x-slack-request-timestamp": b"9" * 5_000, "x-slack-signature": b"v0=00"},
    "full-width": {"x-slack-request-timestamp": "１７６４２５".encode(), "x-slack-signature": b"v0=00"},
    "sign": {"x-slack-request-timestamp": b"+" + now().encode(), "x-slack-signature": b"v0=00"},
    "negative": {"x-slack-request-timestamp": b"-1", "x-slack-signature": b"v0=00"},
    "underscored": {"x-slack-request-timestamp": b"1_764_000_000", "x-slack-signature": b"v0=00"},
    "not ascii": {"x-slack-request-timestamp": now().encode(), "x-slack-signature": "v0=é".encode()},
    "no signature": {"x-slack-request-timestamp": now().encode()},
    "empty signature": {"x-slack-request-timestamp": now().encode(), "x-slack-signature": b""},
    "wrong signature": {"x-slack-request-timestamp": now().encode(), "x-slack-signature": b"v0=" + b"0" * 64},
}

FORGED = {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=00"}


@pytest.mark.parametrize("name", UNSIGNED)
async def test_what_slack_did_not_sign_is_refused_and_sends_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, elsewhere: Elsewhere, name: str
) -> None:
    before = len(slack.calls)
    for path in ("/internal", "/redirect"):
        for body in (click(elsewhere.base_url + path), b"command=/replay&ssl_check=1", b"\xff\xfe"):
            assert (await _raw(bot, _request(body, UNSIGNED[name]))).startswith(b"HTTP/1.1 401"), body
    assert (elsewhere.asked, slack.calls[before:], aionis.calls) == ([], [], [])


@pytest.mark.parametrize("off", [-301, 301, 10**9])
async def test_a_good_signature_of_another_time_is_refused(bot: str, off: int) -> None:
    body = b"command=%2Freplay"
    async with http_client(bot) as stranger:
        answer = await stranger.post("/slack/events", content=body, headers=signed(body, time.time() + off))
    assert answer.status_code == 401


async def test_a_header_that_stands_twice_is_refused(bot: str) -> None:
    body = b"command=%2Freplay"
    headers = [*signed(body).items(), ("x-slack-signature", "v0=00")]
    async with http_client(bot) as stranger:
        answer = await stranger.post("/slack/events", content=body, headers=headers)
    assert answer.status_code == 401


async def test_strangers_get_one_log_line_a_minute(bot: str) -> None:
    with capture_logs() as lines:
        async with http_client(bot) as stranger:
            for _ in range(20):
                await stranger.post("/slack/events", content=b"x", headers=FORGED)
    assert len([line for line in lines if line["event"] == "request_refused"]) == 1


async def test_nothing_is_taken_over_http_in_socket_mode(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    from bot.app import create_app  # noqa: PLC0415 only here
    from tests.conftest import settings_for  # noqa: PLC0415 only here

    settings = settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token)
    body = b"command=%2Freplay&text=x"
    async with (
        serve_app(create_app(settings)) as server,
        http_client(server.base_url) as stranger,
    ):
        answer = await stranger.post("/slack/events", content=body, headers=signed(body))
    assert answer.status_code == 404


async def test_a_body_too_large_is_refused_while_it_streams(bot: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50 * MAX_BODY:
            sent += 2**16
            yield b"a=1&" * 2**14

    async with http_client(bot) as stranger:
        try:
            answer = await stranger.post("/slack/events", content=endless(), headers=FORGED)
        except httpx.TransportError:
            pass  # the answer came, and the connection was closed, while we were still sending
        else:
            assert answer.status_code == 413
    assert sent < 10 * MAX_BODY


async def test_a_body_that_says_it_is_too_large_is_refused_unread(bot: str) -> None:
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n"
    head += b"x-slack-request-timestamp: 1\r\nx-slack-signature: v0=00\r\n\r\n"
    assert (await _raw(bot, head)).startswith(b"HTTP/1.1 413")


async def test_a_body_that_does_not_arrive_is_given_up(bot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_requests, "BODY_WITHIN", 0.2)
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    head += b"x-slack-request-timestamp: 1\r\nx-slack-signature: v0=00\r\n\r\nhalf"
    assert (await _raw(bot, head)).startswith(b"HTTP/1.1 408")


async def test_a_signed_command_of_the_largest_size_is_taken(bot: str) -> None:
    body = urlencode({"command": "/replay", "text": "x" * (MAX_BODY - 300)}).encode()
    async with http_client(bot) as sender:
        answer = await sender.post("/slack/events", content=body, headers=signed(body))
    assert answer.status_code != 413


def _request(body: bytes, headers: dict[str, bytes]) -> bytes:
    """Return a request byte by byte, also with headers that no client library would send."""
    lines = [b"POST /slack/events HTTP/1.1", b"Host: x", b"Content-Type: " + FORM.encode()]
    lines += [
        b"Content-Length: %d" % len(body),
        *(b"%b: %b" % (name.encode(), value) for name, value in headers.items()),
    ]
    return b"\r\n".join([*lines, b"", body])


async def _raw(base_url: str, request: bytes) -> bytes:
    """Send bytes and return all that comes until the bot closes the connection."""
    address = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://hooks.slack.com/commands/T1/1/x", True),
        ("http://127.0.0.1:9999/response/1", True),
        ("http://hooks.slack.com/commands/T1/1/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://evil.example\\@hooks.slack.com/x", False),
        ("https://evil.example/?hooks.slack.com", False),
        ("https://user:word@hooks.slack.com/x", False),
        ("file:///etc/passwd", False),
        ("//hooks.slack.com/x", False),
        ("http://[::1", False),
        ("", False),
        ("http://169.254.169.254/latest", False),
    ],
)
def test_only_urls_of_slacks_own_host_are_taken(url: str, taken: bool) -> None:
    assert ResponseUrls("http://127.0.0.1:1234/api/").takes(url) is taken


def test_plain_http_is_taken_only_where_the_web_api_is_reached_by_it() -> None:
    urls = ResponseUrls("https://slack.com/api/")
    assert (urls.takes("https://slack.com/x"), urls.takes("http://slack.com/x")) == (True, False)


@pytest.mark.parametrize("of_an_organisation", [False, True])
async def test_a_signed_click_with_a_foreign_url_is_answered_through_the_web_api(
    slack: LocalSlack, aionis: SampleAionis, bot: str, elsewhere: Elsewhere, of_an_organisation: bool
) -> None:
    foreign = elsewhere.base_url.replace("127.0.0.1", "localhost") + "/internal"
    payload = {
        "type": "block_actions",
        "trigger_id": "1.2.3",
        "user": {"id": MAYA},
        "team": None if of_an_organisation else {"id": slack.world.team.id},  # as Slack sends it of an org-wide app
        "channel": {"id": INCIDENTS},
        "container": {"type": "message", "channel_id": INCIDENTS, "message_ts": "1.000000"},
        "actions": [{"action_id": "replay_run.0", "block_id": "b", "type": "button", "value": "{nonsense"}],
        "response_url": foreign,
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    async with http_client(bot) as sender:
        await sender.post("/slack/events", content=body, headers=signed(body))
    assert elsewhere.asked == []
    assert [call.method for call in slack.calls if call.method == "chat.postEphemeral"] == ["chat.postEphemeral"]


async def test_a_redirect_is_not_followed(slack: LocalSlack, bot: str, elsewhere: Elsewhere) -> None:
    import aiohttp  # noqa: PLC0415 only here

    from bot.blocks.notices import notice  # noqa: PLC0415 only here
    from bot.errors import SlackRefused  # noqa: PLC0415 only here

    urls = ResponseUrls(elsewhere.base_url)
    async with aiohttp.ClientSession() as urls.session:
        with pytest.raises(SlackRefused):
            await urls.answer(f"{elsewhere.base_url}/redirect", notice("x"))
    assert elsewhere.asked == ["/redirect"]
    assert ReplyTo(channel=INCIDENTS, user=MAYA).response_url is None
