"""Other web sites: a page elsewhere, and a name elsewhere that leads here (DNS rebinding)."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute, Mount, Route
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.playground.http import OwnSite
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack, asgi_app
from tests.conftest import http_client

Json = dict[str, Any]
FOREIGN_HOSTS = [
    "rebound.example",
    "127.0.0.1.rebound.example",
    "localhost.rebound.example",
    "127.0.0.1:80@rebound.example",
    "127.0.0.1, rebound.example",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104 a name that some browsers take for loopback
    "2130706433",
    "localhost.",
    "",
]


@pytest.fixture
async def http(slack: LocalSlack) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(slack.base_url) as client:
        yield client


def paths_of(slack: LocalSlack) -> list[tuple[str, str]]:
    """Every route, as (HTTP method, path)."""
    routes: list[BaseRoute] = list(asgi_app(slack).routes)
    found = []
    for route in routes:
        if isinstance(route, Route):
            path = (
                route.path.replace("{file_id}", "F1").replace("{name:path}", "a.txt").replace("{method}", "auth.test")
            )
            path = path.replace("{token}", "x")
            found += [(method, path) for method in route.methods or () if method != "HEAD"]
        elif isinstance(route, Mount):
            found.append(("GET", f"{route.path}/a.js"))
    return found


async def test_a_foreign_host_gets_403_on_every_route(slack: LocalSlack, http: httpx.AsyncClient) -> None:
    paths = paths_of(slack)
    assert {("GET", "/page/events"), ("POST", "/page/message"), ("GET", "/"), ("POST", "/api/auth.test")} <= set(paths)
    for method, path in paths:
        answer = await http.request(method, path, headers={"Host": "rebound.example"})
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_host"), path


async def test_a_foreign_origin_gets_403_on_every_route(slack: LocalSlack, http: httpx.AsyncClient) -> None:
    for method, path in paths_of(slack):
        answer = await http.request(method, path, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin"), path


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_no_spelling_of_a_foreign_host_gets_in(http: httpx.AsyncClient, host: str) -> None:
    assert (await http.get("/page/state", headers={"Host": host})).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.1.2.3", "[::1]:8080"])
async def test_loopback_has_many_names(http: httpx.AsyncClient, host: str) -> None:
    assert (await http.get("/page/state", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["null", "http://localhost:1", "https://127.0.0.1", "http://127.0.0.1", "http://a b"]
)
async def test_the_origin_is_this_very_server(slack: LocalSlack, http: httpx.AsyncClient, origin: str) -> None:
    body = {"user": MAYA, "channel": INCIDENTS, "text": "posted from elsewhere"}
    assert (await http.post("/page/message", json=body, headers={"Origin": origin})).status_code == 403
    assert slack.messages(INCIDENTS) == []
    own = await http.post("/page/message", json=body, headers={"Origin": slack.base_url})
    assert own.status_code == 200


@pytest.mark.parametrize(
    ("dest", "status"), [("image", 403), ("iframe", 403), ("empty", 403), ("document", 200)], ids=str
)
async def test_pages_elsewhere_link_here_but_embed_nothing(http: httpx.AsyncClient, dest: str, status: int) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": dest}
    assert (await http.get("/page/state", headers=headers)).status_code == status
    assert (await http.get("/page/state", headers=headers | {"Sec-Fetch-Site": "same-origin"})).status_code == 200


async def test_a_server_for_other_machines_is_called_by_any_name_with_its_token(slack: LocalSlack) -> None:
    headers = {"Host": "slack.internal:8080"}
    served = httpx.ASGITransport(asgi_app(slack, host="192.0.2.7"))
    async with httpx.AsyncClient(base_url=slack.base_url, transport=served) as http:
        bare = await http.post("/api/auth.test", headers=headers)
        assert bare.json()["error"] == "not_authed"
        known = await http.post("/api/auth.test", headers=headers | {"Authorization": f"Bearer {slack.bot_token}"})
        assert known.json()["ok"]
        assert (await http.get("/page/state", headers=headers)).status_code == 403


async def test_sockets_are_refused_to_other_sites(slack: LocalSlack) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, origin="https://evil.example"):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    async with connect(url) as socket:  # its ticket was not used up
        assert "hello" in str(await socket.recv())


async def test_a_guarded_socket_wants_a_loopback_host(slack: LocalSlack) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    guard = OwnSite(asgi_app(slack))
    scope = {"type": "websocket", "path": "/socket/x", "headers": [(b"host", b"rebound.example")]}
    await guard(scope, _never, send)
    assert sent == [{"type": "websocket.close", "code": 4403, "reason": "foreign_host"}]


async def _never() -> Any:
    raise AssertionError("a refused socket is not read")


async def test_two_hosts_are_none(slack: LocalSlack) -> None:
    port = urlsplit(slack.base_url).port
    own = f"127.0.0.1:{port}".encode()
    statuses: list[int] = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    for hosts in ([own, b"rebound.example"], []):
        scope = {"type": "http", "method": "GET", "path": "/page/state", "headers": [(b"host", host) for host in hosts]}
        await OwnSite(asgi_app(slack))(scope, _never, send)
    assert [status for status in statuses if status] == [403, 403]
