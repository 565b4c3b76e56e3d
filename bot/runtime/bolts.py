"""Bolt's side of the bot: one app for one workspace, or one for each, and one in front that knows whose a request is."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

import handlers
from bot.config.settings import Settings
from bot.errors import SlackRefused, StoreTimeout
from bot.runtime.services import Services
from bot.runtime.workspaces import InstalledWorkspaces, Workspaces
from bot.slack import AsyncWebClient
from bot.slack.instrumentation import MeasuredApp
from bot.slack.tokens import NOT_SERVED
from bot.store.connection import STORE_IS_AWAY
from handlers.installing import removal_in
from handlers.listener_errors import answer_listener_error, answer_stranger

_ANSWERED_WITHIN = 2.5  # seconds, of the three that Slack gives; telling somebody takes one call more
NOT_NOW = "The bot's store does not answer just now, so nothing was started."
_AT_ONCE = 50  # listeners; the others wait for their turn, so that a burst is answered one after the other and not all too late
TOO_LATE = "The bot did not get to that in time, so it is not certain that it was done."
TOO_BUSY = "More came at once than the bot could take, so nothing was started."
_FIXES = {TOO_BUSY: "Try again in a moment.", TOO_LATE: StoreTimeout.default_fix}

_BOLTS_OWN = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")

log = structlog.get_logger(__name__)


async def build_front(settings: Settings, workspaces: Workspaces) -> AsyncApp:
    """Return what takes Slack's requests."""
    if isinstance(workspaces, InstalledWorkspaces):
        return _FrontApp(settings, workspaces)
    return build_bolt(settings, await workspaces.of(""), asyncio.Semaphore(_AT_ONCE))


class _BoundedApp(MeasuredApp):
    """Answers within Slack's three seconds, whatever hangs: over HTTP and over a socket."""

    def __init__(self, services: Services, turns: asyncio.Semaphore, **options: Any) -> None:
        super().__init__(**options)
        self._services = services
        self._turns = turns

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Have a request answered by its listener or, where that takes too long, told that it may have been too late."""
        said = TOO_BUSY  # until its turn has come nothing can have been started
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN), self._turns:
                said = TOO_LATE
                return await super().async_dispatch(req)
        except TimeoutError:
            return await answer_listener_error(self._services, StoreTimeout(said, fix=_FIXES[said]), req.body)


def build_bolt(settings: Settings, services: Services, turns: asyncio.Semaphore) -> AsyncApp:
    """Return the Bolt app with every listener registered.

    `process_before_response` makes Bolt answer when the listener is done, instead of polling for the ack every 10 ms; our
    listeners store one job and end.
    """

    async def authorize() -> AuthorizeResult:
        return await services.slack.identify()

    with _without_bolts_installing():
        app = _BoundedApp(services, turns, **_options(settings), authorize=authorize)
    handlers.register(app, services)

    @app.error
    async def on_error(error: Exception, body: dict[str, Any]) -> Any:
        return await answer_listener_error(services, error, body)

    return app


@contextmanager
def _without_bolts_installing() -> Iterator[None]:
    """Keep Bolt from installing by itself, with tokens in files of the home folder: it does where the environment has these."""
    kept = {name: os.environ.pop(name) for name in _BOLTS_OWN if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "name": "incident-bot",  # without one Bolt looks through every loaded module for its caller's file: 0.1 s
        "client": AsyncWebClient(base_url=settings.slack_api_url),  # for Socket Mode; listeners use the gateway
        "signing_secret": settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None,
        "process_before_response": True,
        "raise_error_for_unhandled_request": True,  # `on_error` answers what no listener takes,
        # Somebody deletes a message of ours, or invites us: of ourselves, and worth hearing.
        "ignoring_self_events_enabled": False,
    }


class _FrontApp(AsyncApp):
    """Hands each request to the app of its workspace; what comes from none, such as Slack's challenge, is its own."""

    def __init__(self, settings: Settings, workspaces: InstalledWorkspaces) -> None:
        with _without_bolts_installing():
            super().__init__(**_options(settings), authorize=_nobody)
        self._settings = settings
        self._workspaces = workspaces
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._apps: dict[str, tuple[Services, AsyncApp]] = {}

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Have a request answered by the app of its workspace; a stranger is told, and nothing of theirs is read further."""
        workspace = workspace_of(req)
        if not workspace:
            return await super().async_dispatch(req)
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN):
                services = await self._workspaces.of(workspace)
        except SlackRefused as stranger:
            self._apps.pop(workspace, None)
            log.warning("request_of_a_stranger", workspace=workspace, because=stranger.code)
            if stranger.code == NOT_SERVED and (reason := removal_in(req.body)):
                await self._workspaces.leave(workspace, reason)  # its tokens are kept until then
            return answer_stranger(stranger, req.body)
        except (TimeoutError, *STORE_IS_AWAY) as away:
            log.warning("workspace_not_known", workspace=workspace, because=type(away).__name__)
            return answer_stranger(StoreTimeout(NOT_NOW), req.body)
        return await self._app(workspace, services).async_dispatch(req)

    def _app(self, workspace: str, services: Services) -> AsyncApp:
        known = self._apps.get(workspace)
        if known is None or known[0] is not services:  # removed, and installed again
            known = self._apps[workspace] = (services, build_bolt(self._settings, services, self._turns))
        return known[1]


def workspace_of(req: AsyncBoltRequest) -> str:
    """Return which workspace a request is of, or organisation where the app is installed for all of it; "" for none.

    As Bolt reads it: in a channel that two companies share, Slack says for which of its installations it sends an event.
    """
    context = req.context
    return (context.enterprise_id if context.is_enterprise_install else context.team_id) or ""


async def _nobody() -> AuthorizeResult:
    raise BoltError("A request of no workspace has no listener.")
