"""Which workspace the bot is of: its keys in Redis carry it."""

import asyncio

import structlog
from slack_bolt.authorization import AuthorizeResult

from bot.errors import SettingsError, SlackRefused, SlackUnreachable
from bot.slack import SlackClock, identify
from bot.store.connection import Redis
from bot.store.keys import Keys
from bot.store.migration import known_workspace, migrate, remember_workspace

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0)  # seconds that the very first start waits for Slack

log = structlog.get_logger(__name__)


async def open_workspace(
    redis: Redis, token: str, api_url: str, clock: SlackClock
) -> tuple[Keys, AuthorizeResult | None]:
    """Return the keys of a token's workspace, and who the bot is there as far as Slack answers.

    What older versions stored is taken over. Raises `SettingsError` for a token that Slack refuses, and where nobody can say
    whose it is.
    """
    identity = await _identify(token, api_url, clock)
    workspace = identity.team_id if identity else await known_workspace(redis, token)
    # Without its workspace not one key of Redis has a name: there is nothing that could be begun with meanwhile.
    for pause in _PAUSES:
        if workspace:
            break
        await asyncio.sleep(pause)
        identity = await _identify(token, api_url, clock)
        workspace = identity.team_id if identity else None
    if not workspace:
        raise SettingsError(
            "Slack does not answer, and this token's workspace is not known from an earlier start.",
            fix="Start the bot again once Slack answers: its first start needs Slack, later ones do not.",
        )
    keys = Keys(workspace)
    await migrate(redis, keys)
    await remember_workspace(redis, token, workspace)
    return keys, identity


async def _identify(token: str, api_url: str, clock: SlackClock) -> AuthorizeResult | None:
    """Ask Slack who we are, None where it does not answer. A wrong token ends the start."""
    try:
        identity = await identify(token, api_url, clock)
    except SlackRefused as refused:
        raise SettingsError(f"SLACK_BOT_TOKEN is not accepted by Slack ({refused.code}).", fix=refused.fix) from refused
    except SlackUnreachable as unreachable:
        log.warning("slack_unreachable_at_start", error=unreachable.what)
        return None
    log.info("slack_identity", team=identity.team_id, bot_user=identity.bot_user_id)
    return identity
