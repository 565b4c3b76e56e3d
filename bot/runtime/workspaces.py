"""Whose request or job it is: the services of the workspace of SLACK_BOT_TOKEN, or of those that the app is installed in."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Protocol

import structlog

from bot.config.settings import Settings
from bot.errors import SlackRefused, SlackUnreachable
from bot.runtime.background import keep_running
from bot.runtime.container import Clock, SharedServices, open_services, open_shared, services_of
from bot.runtime.process_group import whose_token
from bot.runtime.services import Services
from bot.runtime.unserved_workspaces import tell_refused
from bot.slack import SlackClock, identify
from bot.slack.tokens import NOT_INSTALLED, NOT_SERVED, InstalledClient, Tokens
from bot.store.connection import STORE_IS_AWAY, Redis, bytes_of
from bot.store.forgetting import Forgetting
from bot.store.installations import Cipher, Installation, Installations
from bot.store.keys import INSTALLED, Keys
from bot.store.migration import migrate, note_data_version, remember_workspace
from bot.store.process_group import INSTALLED_APP
from bot.store.queue import Delivery, JobQueue
from bot.store.queue.shared import WorkspaceQueue, delivered

ERASES_EVERY = 60.0  # seconds between two looks at whose data goes
_LINGER = 30.0  # seconds that what a removed workspace had open stays open: for what is under way, twice as long as a call takes
_NOT_SERVED = "The app is not installed here: this bot does not serve your workspace."

log = structlog.get_logger(__name__)


class Workspaces(Protocol):
    """All that this process serves. `several` tells whether it depends on a request whose services answer it."""

    several: bool
    redis: Redis
    clock: SlackClock
    queue: JobQueue

    async def whose(self) -> dict[str, str]:
        """Return of which workspaces and app this is, to be compared with other processes."""

    async def of(self, workspace: str) -> Services:
        """Return the services of a workspace. Raises `SlackRefused` where it has the app not, or may not have it."""

    async def of_delivery(self, delivery: Delivery) -> tuple[Services, Delivery]:
        """Return whose job it is, and the job as it was stored. Raises as `of` does."""

    async def all(self) -> list[Services]:
        """Return the services of every workspace."""


@asynccontextmanager
async def open_workspaces(settings: Settings, *, now: Clock | None = None) -> AsyncIterator["Workspaces"]:
    """Open the one workspace, or what all have in common. Raises `SettingsError`."""
    if not settings.several_workspaces:
        async with open_services(settings, now=now) as services:
            yield OneWorkspace(services)
        return
    async with open_shared(settings, now=now) as shared, AsyncExitStack() as stack:
        yield await _installed(shared, stack)


class OneWorkspace:
    """The workspace of SLACK_BOT_TOKEN: whatever comes is its."""

    several = False

    def __init__(self, services: Services) -> None:
        self._services = services
        self.redis = services.outbox.redis
        self.clock = services.slack.clock
        self.queue = services.queue

    async def whose(self) -> dict[str, str]:
        """Return whose bot it is."""
        return await whose_token(self._services)

    async def of(self, _workspace: str) -> Services:
        return self._services

    async def of_delivery(self, delivery: Delivery) -> tuple[Services, Delivery]:
        return self._services, delivery

    async def all(self) -> list[Services]:
        return [self._services]


class InstalledWorkspaces:
    """Those that the app is installed in; the services of each are made when it is first heard of."""

    several = True

    def __init__(self, shared: SharedServices, installations: Installations, tokens: Tokens) -> None:
        self.installations = installations
        self.redis = shared.redis
        self.clock = shared.clock
        self.queue = JobQueue(shared.redis, INSTALLED.queue)
        self._shared = shared
        self._tokens = tokens
        self._known: dict[str, tuple[Services, AsyncExitStack]] = {}  # each with what closes it
        self._left: list[tuple[float, AsyncExitStack]] = []  # since when
        self._opening = asyncio.Lock()

    async def whose(self) -> dict[str, str]:
        """Return the app that is installed."""
        return {"the workspace": "those of SLACK_CLIENT_ID", INSTALLED_APP: self._settings.slack_client_id or ""}

    async def of(self, workspace: str) -> Services:
        """Return the services of a workspace or organisation that has the app now, and may."""
        # Asked each time: another process may have been the one that was told of a removal.
        if not await self.installations.has(workspace):
            self._forget(workspace)
            raise SlackRefused("The app is not installed in this workspace.", code=NOT_INSTALLED)
        async with self._opening:
            if workspace not in self._known:
                self._known[workspace] = await self._open(workspace)
            return self._known[workspace][0]

    async def of_delivery(self, delivery: Delivery) -> tuple[Services, Delivery]:
        """Return whose job it is, and the job as that workspace stored it."""
        workspace, own = delivered(delivery)
        try:
            return await self.of(workspace), own
        except SlackRefused as refused:
            if refused.code == NOT_SERVED:
                await tell_refused(InstalledClient(self._tokens, workspace, self._settings.slack_api_url), own, refused)
            raise

    async def all(self) -> list[Services]:
        """Return the services of every workspace that has the app; one that cannot be opened keeps back no other."""
        found = []
        for workspace in await self.installations.workspaces():
            try:
                found.append(await self.of(workspace))
            except SlackRefused as refused:  # removed since it was listed, or not in SLACK_WORKSPACES
                log.warning("workspace_left_out", workspace=workspace, because=refused.code)
            except STORE_IS_AWAY:
                raise
            except Exception:
                log.exception("workspace_not_opened", workspace=workspace)
        return found

    async def leave(self, workspace: str, reason: str) -> None:
        """Erase a workspace's tokens now, and its data when its time is over."""
        data_at = self._shared.now() + timedelta(days=self._settings.uninstalled_data_days)
        await self.installations.erase(workspace, data_at=data_at)
        self._forget(workspace)
        log.warning("app_removed", workspace=workspace, because=reason, data_erased_at=data_at.isoformat())

    async def keep_erasing(self) -> None:
        """Erase the data of workspaces that removed the app, when its time is over, and close what they had open; for ever."""
        while True:
            await self._close_removed()
            await self.erase_due()
            await asyncio.sleep(ERASES_EVERY)

    async def _close_removed(self) -> None:
        # Looked for: another process may have been the one that was told of a removal.
        for workspace in self._known.keys() - set(await self.installations.workspaces()):
            self._forget(workspace)
        now = time.monotonic()
        for left in [one for one in self._left if now - one[0] >= _LINGER]:
            self._left.remove(left)
            await left[1].aclose()

    async def close(self) -> None:
        """Close what every workspace has open."""
        for workspace in list(self._known):
            self._forget(workspace)
        for _, stack in self._left:
            await stack.aclose()

    def _forget(self, workspace: str) -> None:
        if known := self._known.pop(workspace, None):
            self._left.append((time.monotonic(), known[1]))

    async def erase_due(self) -> None:
        """Erase what is due. A workspace is done with once nothing of it is found: a job may have written meanwhile."""
        for workspace in await self.installations.due(self._shared.now()):
            raw = bytes_of(self.redis)
            try:
                forgetting = Forgetting(self.redis, raw, at=self._shared.now(), dry=False)
                await forgetting.workspace(workspace)
            finally:
                await raw.aclose()
            log.info("workspace_erased", workspace=workspace, keys=forgetting.tally.deleted)
            await self.installations.erased(workspace)
            if forgetting.tally.deleted:
                await self.installations.erase(workspace, data_at=self._shared.now())

    @property
    def _settings(self) -> Settings:
        return self._shared.settings

    async def _open(self, workspace: str) -> tuple[Services, AsyncExitStack]:
        found = await self.installations.find(workspace)
        organisation = found.enterprise if found else ""
        if not self._settings.serves(workspace, organisation):
            raise SlackRefused(
                _NOT_SERVED, fix="Whoever runs the bot can add its id to SLACK_WORKSPACES.", code=NOT_SERVED
            )
        keys = Keys(workspace)
        client = InstalledClient(self._tokens, workspace, self._settings.slack_api_url)
        queue = WorkspaceQueue(self.redis, INSTALLED.queue, workspace)
        if moved := await queue.move_in(JobQueue(self.redis, keys.queue)):
            log.info("jobs_taken_over", workspace=workspace, jobs=moved)

        async def leave(reason: str) -> None:
            await self.leave(workspace, reason)

        rules = self._settings.rules_of(workspace, organisation)
        async with AsyncExitStack() as stack:
            services = await services_of(self._shared, keys, client, queue, rules, stack, leave=leave)
            return services, stack.pop_all()


def installed(settings: Settings, redis: Redis) -> tuple[Installations, Tokens]:
    """Return where the app is installed, and the tokens to call Slack with there. Raises `SettingsError`."""
    installations = Installations(redis, Cipher([key.get_secret_value() for key in settings.token_keys]))
    secret = settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else ""
    client_id = settings.slack_client_id or ""
    return installations, Tokens(
        installations, client_id=client_id, client_secret=secret, api_url=settings.slack_api_url
    )


async def _installed(shared: SharedServices, stack: AsyncExitStack) -> InstalledWorkspaces:
    settings = shared.settings
    installations, tokens = installed(settings, shared.redis)
    stack.push_async_callback(tokens.close)
    await _take_over_token(shared, installations)
    await installations.encrypt_anew()
    workspaces = InstalledWorkspaces(shared, installations, tokens)
    stack.push_async_callback(workspaces.close)
    await workspaces.all()  # what waits in the queue of a workspace that was alone is taken over with its services
    await stack.enter_async_context(keep_running("erasing", workspaces.keep_erasing))
    return workspaces


async def _take_over_token(shared: SharedServices, installations: Installations) -> None:
    """Have the workspace of a token that served alone be one among several, with all that was stored of it."""
    settings = shared.settings
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    if token:
        try:
            identity = await identify(token, settings.slack_api_url, shared.clock)
        except (SlackRefused, SlackUnreachable) as error:
            log.warning("token_not_taken_over", because=error.what)
        else:
            workspace = identity.team_id or ""
            await migrate(shared.redis, Keys(workspace))
            await remember_workspace(shared.redis, token, workspace)
            if await installations.find(workspace) is None:
                await installations.save(Installation(workspace, "", identity.enterprise_id or "", token))
                log.info("token_taken_over", workspace=workspace)
            return
    await note_data_version(shared.redis)
