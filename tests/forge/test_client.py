"""The forge, asked over HTTP at a server of this test: only the hosts in the settings, no redirect, bounded answers."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.config.settings import load_settings
from bot.domain.incident.corrective_change import ChangeRef, MergedChange, change_in
from bot.forge import Forge
from bot.forge import client as client_module
from bot.playground.http import serve_app

TOKEN = "-".join(["made", "up", "for", "a", "test"])
MERGED_AT = "2026-11-25T10:00:00Z"
PULL = {"merged": True, "merge_commit_sha": "ab" * 20, "merged_at": MERGED_AT}
FOUND = MergedChange("ab" * 20, datetime(2026, 11, 25, 10, tzinfo=UTC))


@asynccontextmanager
async def forge(answer: Callable[[Request], Response]) -> AsyncIterator[tuple[Forge, str, list[Request]]]:
    """Serve a forge that answers so; yields the client, the host, and what was asked."""
    asked: list[Request] = []

    async def any_path(request: Request) -> Response:
        asked.append(request)
        return answer(request)

    async with serve_app(Starlette(routes=[Route("/{path:path}", any_path)])) as server:
        tokens = {"github_token": TOKEN, "gitlab_token": TOKEN}
        settings = load_settings(github_api_url=server.base_url, gitlab_url=server.base_url, **tokens)
        client = Forge.from_settings(settings)
        yield client, server.base_url.removeprefix("http://"), asked
        await client.aclose()


async def test_a_merged_pull_request_is_told_with_its_commit_and_time() -> None:
    async with forge(lambda _: JSONResponse(PULL)) as (client, host, asked):
        assert (await client.ask(ChangeRef("pull", host, "acme/agents", 71))).merged == FOUND
        assert asked[0].url.path == "/repos/acme/agents/pulls/71"
        assert asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_merged_merge_request_is_told_alike() -> None:
    value = {"state": "merged", "merge_commit_sha": None, "squash_commit_sha": "ab" * 20, "merged_at": MERGED_AT}
    async with forge(lambda _: JSONResponse(value)) as (client, host, asked):
        assert (await client.ask(ChangeRef("merge", host, "acme/team/agents", 8))).merged == FOUND
        assert asked[0].scope["raw_path"] == b"/api/v4/projects/acme%2Fteam%2Fagents/merge_requests/8"
        assert asked[0].headers["private-token"] == TOKEN


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: JSONResponse({**PULL, "merged": False}), "not merged yet"),
        (lambda _: JSONResponse({**PULL, "merged": False, "state": "closed"}), "closed without a merge"),
        (lambda _: JSONResponse({**PULL, "merged": "true"}), "not merged yet"),
        (lambda _: JSONResponse({"merged": True}), "without a commit and a time"),
        (lambda _: JSONResponse({**PULL, "merged_at": "soon"}), "did not answer as expected"),
        (lambda _: JSONResponse({**PULL, "merged_at": "0001-01-01T00:00:00+14:00"}), "did not answer as expected"),
        (lambda _: JSONResponse([PULL]), "did not answer as expected"),
        (lambda _: JSONResponse(PULL, 401), "refuses the token (HTTP 401)"),
        (lambda _: JSONResponse(PULL, 403), "does not let the token see it"),
        (lambda _: JSONResponse(PULL, 403, {"x-ratelimit-remaining": "0"}), "too many requests"),
        (lambda _: JSONResponse(PULL, 404), "no such change, or the token may not see it"),
        (lambda _: JSONResponse(PULL, 429), "too many requests"),
        (lambda _: JSONResponse(PULL, 500), "did not answer as expected (HTTP 500)"),
        (lambda _: RedirectResponse("/elsewhere"), "redirects, which is not followed"),
        (lambda _: PlainTextResponse("<html>"), "did not answer as expected"),
        (lambda _: PlainTextResponse("[" * 100_000), "did not answer as expected"),
        (lambda _: PlainTextResponse("x" * (3 * 2**20)), "did not answer as expected"),
    ],
)
async def test_whatever_else_is_said_proves_nothing_and_is_told(answer: Callable[[Any], Response], said: str) -> None:
    async with forge(answer) as (client, host, asked):
        found = await client.ask(ChangeRef("pull", host, "acme/agents", 71))
        assert found.merged is None
        assert said in found.said
        assert len(asked) == 1


async def test_a_forge_that_answers_drop_by_drop_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    monkeypatch.setattr(client_module, "_WITHIN", 0.2)
    async with forge(lambda _: StreamingResponse(drops())) as (client, host, _), asyncio.timeout(5):
        assert (
            "did not answer as expected (no answer in time)"
            in (await client.ask(ChangeRef("pull", host, "acme/agents", 71))).said
        )


@pytest.mark.parametrize(("status", "broken"), [(200, False), (403, False), (401, True), (404, True), (302, True)])
async def test_a_token_that_is_refused_is_named(status: int, broken: bool) -> None:
    async with forge(lambda _: JSONResponse({"id": 1}, status)) as (client, host, asked):
        assert bool((await client.refusals())[host]) == broken
        assert {one.url.path for one in asked} == {"/user", "/api/v4/user"}


async def test_a_gitlab_below_a_path_and_a_cloud_of_ones_own_have_their_links() -> None:
    settings = load_settings(
        gitlab_url="https://git.acme.example/lab/",
        gitlab_token=TOKEN,
        github_api_url="https://api.acme.ghe.com",
        github_token=TOKEN,
    )
    client = Forge.from_settings(settings)
    change = change_in("https://git.acme.example/lab/team/agents/-/merge_requests/8")
    assert change
    site = client._site_of(change)
    assert site
    assert site.api + site.path(change) == "https://git.acme.example/lab/api/v4/projects/team%2Fagents/merge_requests/8"
    assert client.knows(ChangeRef("pull", "acme.ghe.com", "acme/agents", 71))
    await client.aclose()


@pytest.mark.parametrize(
    ("github", "gitlab"),
    [
        ("https://git.acme.example:443/api/v3/", "https://git.acme.example:443/"),
        ("https://Git.Acme.example/api/v3", "https://www.git.acme.example/api/v4/"),
    ],
)
async def test_a_setting_is_read_as_a_link_is(github: str, gitlab: str) -> None:
    client = Forge.from_settings(
        load_settings(github_api_url=github, github_token=TOKEN, gitlab_url=gitlab, gitlab_token=TOKEN)
    )
    pull, merge = (
        change_in(f"https://git.acme.example/acme/agents/{one}") for one in ("pull/71.diff", "-/merge_requests/8.patch")
    )
    assert pull
    assert merge
    assert client.knows(pull)
    site = client._site_of(merge)
    assert site
    assert site.path(merge) == "/projects/acme%2Fagents/merge_requests/8"
    assert site.api.count("/api/v4") == 1
    await client.aclose()


async def test_another_host_is_never_asked() -> None:
    async with forge(lambda _: JSONResponse(PULL)) as (client, _, asked):
        change = ChangeRef("pull", "github.com.evil.example", "acme/agents", 71)
        assert not client.knows(change)
        assert "no forge of the settings" in (await client.ask(change)).said
        assert asked == []


async def test_without_a_token_nothing_is_asked() -> None:
    client = Forge.from_settings(load_settings())
    assert not client.knows(ChangeRef("pull", "github.com", "acme/agents", 71))
    await client.aclose()


async def test_the_public_site_has_its_api_elsewhere() -> None:
    client = Forge.from_settings(load_settings(github_token=TOKEN))
    assert client.knows(ChangeRef("pull", "github.com", "acme/agents", 71))
    await client.aclose()


@pytest.mark.parametrize(
    ("link", "change"),
    [
        ("https://github.com/acme/agents/pull/71", ChangeRef("pull", "github.com", "acme/agents", 71)),
        ("https://github.com/acme/agents/pull/71/files#diff", ChangeRef("pull", "github.com", "acme/agents", 71)),
        ("https://gitlab.com/a/b/c/-/merge_requests/8", ChangeRef("merge", "gitlab.com", "a/b/c", 8)),
        ("https://GitHub.com/acme/agents/pull/71", ChangeRef("pull", "github.com", "acme/agents", 71)),
        (
            "https://www.github.com:443/acme/agents/pull/71/?diff=split",
            ChangeRef("pull", "github.com", "acme/agents", 71),
        ),
        ("https://gitlab.com/a/b/merge_requests/8", ChangeRef("merge", "gitlab.com", "a/b", 8)),
        (
            "https://git.acme.example:8443/a/b/-/merge_requests/8/diffs",
            ChangeRef("merge", "git.acme.example:8443", "a/b", 8),
        ),
        ("https://gitlab.com/a/-/merge_requests/8", None),
        ("https://user@github.com/acme/agents/pull/71", None),
        ("https://github.com/acme/../agents/pull/71", None),
        ("https://github.com/./agents/pull/71", None),
        ("https://github.com/acme/%2E/pull/71", None),
        ("https://github.com/acme/%2e%2e/pull/71", None),
        ("https://github.com/acme/agents/issues/71", None),
        ("ftp://github.com/acme/agents/pull/71", None),
        ("https://[", None),
        ("text", None),
    ],
)
def test_which_change_a_link_names(link: str, change: ChangeRef | None) -> None:
    assert change_in(link) == change


async def test_a_forge_whose_certificate_an_authority_of_the_environment_signed_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = _of_its_own(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(PULL).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        settings = load_settings(github_api_url=f"https://{host}", github_token=TOKEN)
        unknown, known = Forge.from_settings(settings), Forge.from_settings(settings)
        change = ChangeRef("pull", host, "acme/agents", 71)
        assert "TLS failed" in (await unknown.ask(change)).said
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert (await known.ask(change)).merged == FOUND
        await unknown.aclose()
        await known.aclose()


def _of_its_own(folder: Path) -> tuple[Path, Path]:
    """Make a key, and a certificate for this machine that it signs itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forge")])
    now, here = datetime.now(UTC), x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    files = (folder / "key.pem", folder / "certificate.pem")
    plain = serialization.NoEncryption()
    files[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    files[1].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return files


async def test_authorities_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    async with forge(lambda _: JSONResponse(PULL)) as (client, host, _):
        found = await client.ask(ChangeRef("pull", host, "acme/agents", 71))
        assert (found.merged, "SSL_CERT_FILE names no file" in found.said) == (None, True)
        assert all("SSL_CERT_FILE" in said for said in (await client.refusals()).values())
