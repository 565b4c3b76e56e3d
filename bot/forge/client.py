"""Asking a forge about one change. A forge that does not answer, or not as expected, leaves the change asserted."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import structlog

from bot.config.settings import Settings
from bot.domain.incident.corrective_change import ChangeAnswer, ChangeRef, MergedChange, web_host
from bot.domain.text.why_away import why

_WITHIN = 8.0  # seconds for one answer
_LARGEST = 2 * 2**20  # bytes of an answer
_CLOUDS = ("github.com", ".ghe.com")  # whose API has a host of its own: `api.` before the site's
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.TOO_MANY_REQUESTS
_MEANINGS = {
    401: "refuses the token",
    403: "does not let the token see it",
    404: "has no such change, or the token may not see it",
    429: "has had too many requests",
}

_NO_ANSWER = (httpx.HTTPError, TimeoutError, ValueError, TypeError, OverflowError, RecursionError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Site:
    """A forge that may be asked: the web host of its links, where its API is, and what authorizes."""

    kind: str
    host: str
    api: str
    headers: Mapping[str, str]
    below: str = ""  # of a server that is not at the root of its host: what stands before the project in a link

    def path(self, change: ChangeRef) -> str:
        """Return where a change is in the API."""
        project = change.project.removeprefix(self.below)
        if change.kind == "pull":
            return f"/repos/{quote(project)}/pulls/{change.number}"
        return f"/projects/{quote(project, safe='')}/merge_requests/{change.number}"


class NoAuthoritiesError(ValueError):
    """What the environment names as authorities is no file of any."""


class _Refused(Exception):
    """An answer that is not 200. `said` tells a person what it means."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        known = _MEANINGS.get(status, "did not answer as expected")
        if status == _FORBIDDEN and headers.get("x-ratelimit-remaining") == "0":
            known = _MEANINGS[_TOO_MANY]
        elif httpx.codes.is_redirect(status):
            known = "redirects, which is not followed: the project may have moved"
        self.said = f"{known} (HTTP {status})"
        super().__init__(self.said)


class Forge:
    """The forges in the settings. Without a token for one, its links are not looked up."""

    def __init__(self, sites: list[_Site]) -> None:
        self._sites = sites
        self._opened: httpx.AsyncClient | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Forge":
        """Return the forges that have a token."""
        return cls(_sites(settings))

    def knows(self, change: ChangeRef) -> bool:
        """Tell whether a change is on a forge that may be asked."""
        return self._site_of(change) is not None

    async def ask(self, change: ChangeRef) -> ChangeAnswer:
        """Return as what and when a change was merged, or what else the forge says. Raises nothing."""
        site = self._site_of(change)
        if site is None:
            return ChangeAnswer(None, f"{change.host} is no forge of the settings")
        try:
            answer = await self._get(site.api + site.path(change), site.headers)
            found = _read(change, answer)
        except _Refused as refused:
            found = ChangeAnswer(None, refused.said)
        except _NO_ANSWER as error:
            found = ChangeAnswer(None, f"did not answer as expected ({why(error)})")
        if found.merged is None:
            log.warning("forge_did_not_tell", host=site.host, number=change.number, said=found.said)
        return ChangeAnswer(found.merged, f"{site.host}: {found.said}" if found.said else "")

    async def refusals(self) -> dict[str, str]:
        """Ask each forge with a token who that is; returns host → what is wrong, "" where it is taken."""
        found: dict[str, str] = {}
        for site in self._sites:
            try:
                who = await self._get(f"{site.api}/user", site.headers)
                found[site.host] = "" if isinstance(who, dict) and "id" in who else "does not answer as its API does"
            except _Refused as refused:
                # A token that was taken may still be that of no user, but of an app.
                found[site.host] = "" if refused.status == _FORBIDDEN else _about_api(refused)
            except _NO_ANSWER as error:
                found[site.host] = f"did not answer as expected ({why(error)})"
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        if self._opened:
            await self._opened.aclose()

    @property
    def _http(self) -> httpx.AsyncClient:
        # Opened when it is first asked: it reads the authorities that may sign a certificate, 20 ms of every start.
        if self._opened is None:
            # Authorities of the environment (`SSL_CERT_FILE`) are taken all the same: whose forge it is has often signed for it.
            try:
                known = httpx.create_ssl_context()
            except OSError as error:
                raise NoAuthoritiesError from error
            self._opened = httpx.AsyncClient(timeout=_WITHIN, follow_redirects=False, trust_env=False, verify=known)
        return self._opened

    def _site_of(self, change: ChangeRef) -> _Site | None:
        return next((site for site in self._sites if (site.kind, site.host) == (change.kind, change.host)), None)

    async def _get(self, url: str, headers: Mapping[str, str]) -> Any:
        # The client's own limit is for each read: a server that sends a byte now and then would never reach it.
        async with asyncio.timeout(_WITHIN), self._http.stream("GET", url, headers=dict(headers)) as response:
            if response.status_code != httpx.codes.OK:  # a redirect, too, is no answer
                raise _Refused(response.status_code, response.headers)
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise ValueError("answer too large")
        return json.loads(body)


def _sites(settings: Settings) -> list[_Site]:
    found = []
    if settings.github_token:
        api = settings.github_api_url.rstrip("/")
        host = web_host(urlsplit(api))
        web = host.removeprefix("api.") if host.endswith(_CLOUDS) else host
        token = settings.github_token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        found.append(_Site("pull", web, api, headers))
    if settings.gitlab_token:
        base = settings.gitlab_url.rstrip("/").removesuffix("/api/v4").rstrip("/")
        headers = {"private-token": settings.gitlab_token.get_secret_value()}
        parts = urlsplit(base)
        below = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
        found.append(_Site("merge", web_host(parts), f"{base}/api/v4", headers, below))
    return found


def _about_api(refused: _Refused) -> str:
    known = refused.status in {_UNAUTHORIZED, _TOO_MANY}
    return refused.said if known else f"does not answer as its API does (HTTP {refused.status})"


def _read(change: ChangeRef, answer: Any) -> ChangeAnswer:
    if not isinstance(answer, dict):
        raise TypeError("no object")
    merged = answer.get("merged") is True if change.kind == "pull" else answer.get("state") == "merged"
    commit = answer.get("merge_commit_sha") or answer.get("squash_commit_sha") or answer.get("sha")
    at = answer.get("merged_at")
    if not merged:
        closed = answer.get("state") in {"closed", "locked"}
        return ChangeAnswer(None, "closed without a merge" if closed else "not merged yet")
    if not isinstance(commit, str) or not isinstance(at, str):
        return ChangeAnswer(None, "merged, without a commit and a time")
    moment = datetime.fromisoformat(at)
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return ChangeAnswer(MergedChange(commit[:64], utc))
