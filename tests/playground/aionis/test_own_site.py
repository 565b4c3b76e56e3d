"""The sample's control surface, and all of a sample on loopback, is out of other web sites' reach."""

import pytest

from bot.playground.aionis import SampleAionis, serve
from tests.conftest import http_client

ROUTES = [
    ("GET", "/_sample/runs"),
    ("POST", "/_sample/faults"),
    ("DELETE", "/_sample/calls"),
    ("POST", "/_sample/happen"),
    ("GET", "/health"),
    ("POST", "/v1/memory/find"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("header", [{"Host": "rebound.example"}, {"Origin": "https://evil.example"}], ids=str)
async def test_other_sites_get_403(method: str, path: str, header: dict[str, str]) -> None:
    async with serve(SampleAionis(empty=True)) as base_url, http_client(base_url) as http:
        assert (await http.request(method, path, headers=header)).status_code == 403
        assert (await http.request(method, path)).status_code != 403


async def test_served_beyond_loopback_only_the_control_surface_asks_for_a_loopback_name() -> None:
    everywhere = ".".join("0000")
    async with serve(SampleAionis(empty=True), host=everywhere) as base_url, http_client() as http:
        at, by_name = base_url.replace(everywhere, "127.0.0.1"), {"Host": "aionis.internal:3001"}
        assert (await http.get(f"{at}/health", headers=by_name)).status_code == 200
        assert (await http.get(f"{at}/_sample/runs", headers=by_name)).status_code == 403
        assert (await http.get(f"{at}/_sample/runs")).status_code == 200
