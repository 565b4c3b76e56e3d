"""Taking what people do from a socket that the bot opens, in place of requests that reach it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from slack_bolt.async_app import AsyncApp

from bot.config.settings import Settings
from bot.errors import SettingsError, SlackError, SlackUnreachable
from bot.runtime.background import keep_running
from bot.runtime.readiness import Connected
from bot.slack.instrumentation import count_connections
from bot.slack.refusals import SOCKET_HELPS

log = structlog.get_logger(__name__)


@asynccontextmanager
async def socket_mode(settings: Settings, bolt: AsyncApp) -> AsyncIterator[Connected]:
    """Take requests from a socket while the block lasts; yields what tells whether it is connected.

    Where Slack does not answer at the start it is asked again and again beside everything else. Raises `SettingsError` where it
    refuses.
    """
    # Imported here: over HTTP its 0.1 s of a start would be for nothing.
    from bot.slack.socket_requests import WellFormedEnvelopes  # noqa: PLC0415

    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    client = WellFormedEnvelopes(bolt, token).client
    client.message_listeners.append(count_connections)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        try:
            await client.open()
        except SlackUnreachable as away:
            log.warning("slack_unreachable_at_start", error=away.what)
            await stack.enter_async_context(keep_running("socket", client.stay_open))
        except SlackError as refused:
            what = f"SLACK_APP_TOKEN is not accepted by Slack for Socket Mode ({refused.code})."
            raise SettingsError(what, fix=SOCKET_HELPS) from refused
        yield client.is_connected
