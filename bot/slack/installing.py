"""Installing the app into a workspace by OAuth: Bolt's flow, with a store of our own behind it."""

import html
import logging
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import structlog
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.slack.posts import CALL_TIMEOUT
from bot.store.installations import STATE_TTL, Installation, Installations

NOT_ALLOWED = "This bot does not serve that workspace. Whoever runs the bot can add its id to SLACK_WORKSPACES."
_AGAIN = "Nothing was installed. Begin again."
_BECAUSE = {
    "access_denied": "You did not allow it, so nothing was installed.",
    "invalid_browser": "This page was not opened by the browser that began. " + _AGAIN,
    "invalid_state": "That took longer than ten minutes, or was done already. " + _AGAIN,
    "missing_code": "Slack sent no code. " + _AGAIN,
    "invalid_code": "Slack did not take the code, or could not be reached. " + _AGAIN,
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Incident bot</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 4em auto"><h1>{title}</h1><p>{said}</p>{more}</body></html>"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

Installed = Callable[[str], Awaitable[None]]
"""Told of a workspace that the app was installed in."""

log = structlog.get_logger(__name__)


class _Store(AsyncInstallationStore):
    """Keeps what Bolt's flow brings. `allowed` are the ids of workspaces and organisations; none: all."""

    def __init__(self, installations: Installations, allowed: frozenset[str]) -> None:
        self._installations = installations
        self._allowed = allowed

    async def async_save(self, installation: SlackInstallation) -> None:
        """Keep an installation. Raises `BoltError` for a workspace that is not served."""
        # Here, for only the token says whose it is: what was asked for before is what the browser said.
        kept = installation_of(installation)
        if self._allowed and not self._allowed & {kept.workspace, kept.enterprise}:
            log.warning("install_refused", workspace=kept.workspace)
            raise BoltError(NOT_ALLOWED)
        await self._installations.save(kept)
        log.info("installed", workspace=kept.workspace, organisation=kept.for_organisation)


class _States(AsyncOAuthStateStore):
    """Values that come back from Slack's page once."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def async_issue(self, *_args: object, **_options: object) -> str:
        """Return a new one."""
        return await self._installations.new_state()

    async def async_consume(self, state: str) -> bool:
        """Tell whether one is ours, once."""
        return await self._installations.take_state(state)


class _Flow(AsyncOAuthFlow):
    """Bolt's flow, where a Slack that cannot be reached is told to whoever installs, too."""

    async def run_installation(self, code: str) -> SlackInstallation | None:
        """Exchange a code for a token; None where Slack does not."""
        try:
            return await super().run_installation(code)
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as error:
            log.warning("install_failed", error=type(error).__name__)
            return None


def installation_flow(
    installations: Installations,
    *,
    paths: tuple[str, str],
    client_id: str,
    client_secret: str,
    api_url: str,
    scopes: Sequence[str],
    allowed: frozenset[str],
    installed: Installed,
) -> AsyncOAuthFlow:
    """Return what answers the two addresses (`paths`). `allowed` may install; all may where there are none."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        kept = installation_of(args.installation)
        await installed(kept.workspace)
        said = f"The bot is in {kept.name or kept.workspace} now. Invite it to a channel and type /replay help."
        return _page("Installed", said, 200)

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        log.warning("install_refused", because=args.reason)
        said = str(args.error) if args.error else _BECAUSE.get(args.reason, _AGAIN)
        return _page("Not installed", said, 403 if args.error else args.suggested_status_code, again=paths[0])

    client = AsyncWebClient(base_url=api_url, timeout=int(CALL_TIMEOUT), retry_handlers=[])
    # Bolt's own lines name codes: ours say what was refused.
    quiet = logging.getLogger("slack_bolt.oauth")
    quiet.setLevel(logging.ERROR)
    return _Flow(
        client=client,
        logger=quiet,
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes),
            user_scopes=[],
            install_path=paths[0],
            install_page_rendering_enabled=False,
            redirect_uri_path=paths[1],
            authorization_url=str(URL(api_url).with_path("/oauth/v2/authorize")),
            installation_store=_Store(installations, allowed),
            state_store=_States(installations),
            state_expiration_seconds=int(STATE_TTL.total_seconds()),
            callback_options=AsyncCallbackOptions(success=success, failure=failure),
            logger=quiet,
        ),
    )


def installation_of(found: SlackInstallation) -> Installation:
    """Return what is kept of an installation: nothing of the person, and no token of theirs."""
    enterprise = found.enterprise_id or ""
    # Installed for all of an organisation it has one token, and no one workspace.
    whole = found.is_enterprise_install or not found.team_id
    return Installation(
        workspace=enterprise if whole else str(found.team_id),
        name=str((found.enterprise_name if whole else found.team_name) or ""),
        enterprise=enterprise,
        token=found.bot_token or "",
        refresh_token=found.bot_refresh_token or "",
        expires_at=found.bot_token_expires_at,
    )


def _page(title: str, said: str, status: int, *, again: str = "") -> BoltResponse:
    more = f'<p><a href="{again}">Install</a></p>' if again else ""
    body = _PAGE.format(title=html.escape(title), said=html.escape(said), more=more)
    return BoltResponse(status=status, body=body, headers=dict(_HEADERS))
