"""Requests to the bot: signed HTTP, or envelopes through its sockets."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.slack.sockets import Sockets
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Retry:
    """Which retry of an event this is, and Slack's reason for it, such as `http_timeout`."""

    number: int
    reason: str

    def headers(self) -> dict[str, str]:
        """HTTP headers of a retried event."""
        return {"X-Slack-Retry-Num": str(self.number), "X-Slack-Retry-Reason": self.reason}


@dataclass(slots=True)
class Delivery:
    """One request to the bot and what came back.

    `status` and `body` (JSON, or text) are the bot's ack, `headers` what was sent, `answer_headers` what came back (names in
    lower case). `error` is None after a good ack, else `timeout`, `http_error`, `connection_failed`, `no_request_url`, or
    the Slack error of an ack that could not be shown, such as `invalid_blocks`. `kind` is the envelope: `slash_commands`,
    `interactive` or `events_api`.
    """

    kind: str
    payload: Json
    link: "BotLink" = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    retry: Retry | None = None
    via: str = "http"
    status: int | None = None
    body: Any = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    elapsed_s: float = 0.0
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the bot acked in time."""
        return self.error is None

    async def redeliver(self, retry: Retry | None = None) -> "Delivery":
        """Send the same payload once more, freshly signed. The new ack is returned, but not shown to anybody."""
        return await self.link.send(self.kind, self.payload, retry)

    def __str__(self) -> str:
        payload = self.payload
        inner = payload.get("event") or {}
        what = payload.get("command") or inner.get("type") or payload.get("type") or self.kind
        return f"{what} -> {self.error or self.status} in {self.elapsed_s:.3f} s"


class BotLink:
    """The way to one bot: its request URL, or whatever sockets it opened. `ack_timeout` is in seconds."""

    def __init__(self, workspace: Workspace, signing_secret: str) -> None:
        self.request_url: str | None = None
        self.ack_timeout = 3.0
        self.sockets = Sockets(workspace)
        self.deliveries: list[Delivery] = []
        self._workspace = workspace
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Delivery:
        """Deliver a payload once and wait for its ack."""
        delivery = Delivery(kind, payload, self, retry=retry)
        self.deliveries.append(delivery)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.ack_timeout):
                await self._exchange(delivery)
        except TimeoutError:
            delivery.error = "timeout"
        except (aiohttp.ClientError, OSError):
            delivery.error = "connection_failed"
        delivery.elapsed_s = time.perf_counter() - started
        self._workspace.changes.happened()
        return delivery

    async def close(self) -> None:
        """Close sockets and connections."""
        await self.sockets.close()
        if self._session:
            await self._session.close()
            self._session = None

    def signed(self, body: str, content_type: str) -> dict[str, str]:
        """Headers of a request, with Slack's v0 signature over the present time and the body."""
        timestamp = str(int(self._workspace.clock()))
        digest = hmac.new(self._secret, f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def _exchange(self, delivery: Delivery) -> None:
        if self.sockets:
            delivery.via = "socket"
            delivery.body = await self.sockets.exchange(delivery.kind, delivery.payload, delivery.retry)
            delivery.status = 200
        elif self.request_url:
            await self._post(delivery, self.request_url)
        else:
            delivery.error = "no_request_url"

    async def _post(self, delivery: Delivery, url: str) -> None:
        body, content_type = encoded(delivery.kind, delivery.payload)
        delivery.headers = self.signed(body, content_type) | (delivery.retry.headers() if delivery.retry else {})
        async with self._client().post(url, data=body.encode(), headers=delivery.headers) as answer:
            text = await answer.text()
            delivery.status = answer.status
            delivery.answer_headers = {name.lower(): value for name, value in answer.headers.items()}
            delivery.body = _parsed(text, answer.headers.get("Content-Type", ""))
        if not 200 <= delivery.status < 300:
            delivery.error = "http_error"

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """Body and content type, as Slack sends this kind of request."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), _FORM
    return urlencode(payload), _FORM


def _parsed(text: str, content_type: str) -> Any:
    if "json" not in content_type or not text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
