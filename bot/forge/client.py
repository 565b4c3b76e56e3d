"""Asking a forge about one change. A forge that does not answer, or not as expected, leaves the change asserted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import structlog

from bot.config.settings import Settings
from bot.domain.incident.corrective_change import ChangeRef, MergedChange

_WITHIN = 8.0  # seconds for one answer
_LARGEST = 2 * 2**20  # bytes of an answer
_GITHUB_SITE = "github.com"  # whose API has a host of its own

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Site:
    """A forge that may be asked: the web host of its links, where its API is, and what authorizes."""

    kind: str
    host: str
    api: str
    headers: Mapping[str, str]


class Forge:
    """The forges in the settings. Without a token for one, its links are not looked up."""

    def __init__(self, http: httpx.AsyncClient, sites: list[_Site]) -> None:
        self._http = http
        self._sites = sites

    @classmethod
    def from_settings(cls, settings: Settings) -> "Forge":
        """Return the forges that have a token."""
        return cls(httpx.AsyncClient(timeout=_WITHIN, follow_redirects=False, trust_env=False), list(_sites(settings)))

    def knows(self, change: ChangeRef) -> bool:
        """Tell whether a change is on a forge that may be asked."""
        return self._site_of(change) is not None

    async def merged(self, change: ChangeRef) -> MergedChange | None:
        """Return as what and when a change was merged; None where it was not, or the forge does not say so."""
        site = self._site_of(change)
        if site is None:
            return None
        try:
            answer = await self._get(site.api + _path(change), site.headers)
            return _read(change, answer)
        except (httpx.HTTPError, ValueError, TypeError, RecursionError) as error:
            log.warning("forge_did_not_tell", host=site.host, number=change.number, error=type(error).__name__)
            return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _site_of(self, change: ChangeRef) -> _Site | None:
        return next((site for site in self._sites if (site.kind, site.host) == (change.kind, change.host)), None)

    async def _get(self, url: str, headers: Mapping[str, str]) -> Any:
        async with self._http.stream("GET", url, headers=dict(headers)) as response:
            if response.status_code != httpx.codes.OK:  # a redirect, too, is no answer
                raise ValueError(f"HTTP {response.status_code}")
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
        host = urlsplit(api).netloc.lower()
        web = _GITHUB_SITE if host == f"api.{_GITHUB_SITE}" else host
        token = settings.github_token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        found.append(_Site("pull", web, api, headers))
    if settings.gitlab_token:
        base = settings.gitlab_url.rstrip("/")
        headers = {"private-token": settings.gitlab_token.get_secret_value()}
        found.append(_Site("merge", urlsplit(base).netloc.lower(), f"{base}/api/v4", headers))
    return found


def _path(change: ChangeRef) -> str:
    if change.kind == "pull":
        return f"/repos/{quote(change.project)}/pulls/{change.number}"
    return f"/projects/{quote(change.project, safe='')}/merge_requests/{change.number}"


def _read(change: ChangeRef, answer: Any) -> MergedChange | None:
    if not isinstance(answer, dict):
        raise TypeError("no object")
    merged = answer.get("merged") is True if change.kind == "pull" else answer.get("state") == "merged"
    commit = answer.get("merge_commit_sha") or answer.get("squash_commit_sha") or answer.get("sha")
    at = answer.get("merged_at")
    if not merged or not isinstance(commit, str) or not isinstance(at, str):
        return None
    moment = datetime.fromisoformat(at)
    return MergedChange(commit[:64], moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
