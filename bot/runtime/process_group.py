"""Starting beside other processes of the same Redis: only with the same settings in what decides answers."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import SettingsError, SlackUnreachable
from bot.runtime.services import Services
from bot.store.connection import STORE_IS_AWAY, Redis
from bot.store.process_group import BEAT, ProcessGroup

WORKSPACE = "the workspace of SLACK_BOT_TOKEN"
APP = "the app of SLACK_BOT_TOKEN"
# What decides who is answered with what, and what becomes of an incident. How much at once, how patiently or how loudly may
# differ between processes; tests/runtime/test_process_group.py says of each other setting why it may.
DECIDING = (
    "aionis_base_url",
    "aionis_tenant_id",
    "aionis_scope",
    "aionis_consumer_agent_id",
    "aionis_consumer_team_id",
    "aionis_allowed_scopes",
    "aionis_default_binding",
    "admin_users",
    "allow_shared_channels",
    "allow_guests",
    "slack_workspaces",
    "run_stalled_seconds",
    "aionis_api_key",
    "aionis_bearer",
    "redaction_file",
    "checklist_file",
    "replay_emoji",
    "picture_steps",
    "signing_key_file",
    "fix_reruns",
    "watch_opens_incidents",
    "github_token",
    "github_api_url",
    "gitlab_token",
    "gitlab_url",
    "summary_quiet_messages",
    "nudge_hours",
    "working_hours",
    "reopen_hours",
    "incident_retention_days",
    "answer_retention_days",
    "recurrence_retention_days",
)
# What is exchanged in one process after the other decides by whether it is there.
EXCHANGED = {"github_token", "gitlab_token", "signing_key_file"}
_UNSET = "None"

log = structlog.get_logger(__name__)


@asynccontextmanager
async def joined_group(redis: Redis, settings: Settings, whose: Mapping[str, str]) -> AsyncIterator[None]:
    """Be known to the other processes inside the block; `whose` says of which workspaces and app this one is.

    Raises `SettingsError` where they decide otherwise.
    """
    group = ProcessGroup(redis, _deciding(settings) | dict(whose))
    if differing := await group.join():
        raise SettingsError(
            f"Other bots on this Redis run with other settings: {', '.join(differing)}. Which of them answers would be chance.",
            fix="Give all of them the same, or each a Redis of its own; or stop the others first.",
        )
    beating = asyncio.create_task(_beat(group))
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(*STORE_IS_AWAY):
            await group.leave()


async def others_differ(redis: Redis, settings: Settings) -> list[str]:
    """Return the settings that processes which run now have otherwise, without being one of them."""
    return await ProcessGroup(redis, _deciding(settings)).differing()


def _deciding(settings: Settings) -> dict[str, str]:
    return {name.upper(): _compared(name, getattr(settings, name)) for name in DECIDING}


def _compared(name: str, value: object) -> str:
    """Return what a setting is compared by: of a file its content, wherever it lies; of a secret what does not give it away.

    What means the same compares as the same: a list in another order, an address with or without its last slash.
    """
    if name in EXCHANGED:
        return str(value is not None)
    if isinstance(value, Path):
        # No bot starts with one that cannot be read: it is the doctor that asks.
        return _content(value) or _UNSET
    if isinstance(value, SecretStr):
        # Slow on purpose: Redis holds it, and whoever reads Redis must not find a short secret by trying.
        return hashlib.scrypt(value.get_secret_value().encode(), salt=name.encode(), n=2**14, r=8, p=1).hex()
    if isinstance(value, tuple):
        return str(sorted(set(value)))
    return str(value).rstrip("/") if name.endswith("_url") else str(value)


def _content(path: Path) -> str:
    """Return the hash of a file; of a device, which may never end, nothing."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


async def whose_token(services: Services) -> dict[str, str]:
    """Return whose bot it is that has one token."""
    whose = {WORKSPACE: services.workspace}
    with contextlib.suppress(SlackUnreachable):  # then it is compared with those that start later
        whose[APP] = (await services.slack.identify()).bot_user_id or ""
    return whose


async def _beat(group: ProcessGroup) -> None:
    while True:
        await asyncio.sleep(BEAT)
        with contextlib.suppress(*STORE_IS_AWAY):
            # Only said: it was let in when they agreed, or while nobody else was heard, and has work under way.
            if differing := await group.join():
                log.error("others_decide_otherwise", settings=differing)
