"""One call of the Web API, with Slack's failures turned into ours."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.text.why_away import why
from bot.errors import Fate, NotInChannel, PostingRefused, SlackError, SlackRefused, SlackUnreachable
from bot.runtime import metrics
from bot.slack.refusals import FIXES, MAY_NOT_POST, NOT_IN_CHANNEL, TRANSIENT

ROOT_DELETED = "The message that this thread hung on was deleted."
THREAD_GONE = "thread_not_found"  # Slack's code where the message that a thread hangs on was deleted
BLOCK_ERRORS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})


async def call(what: str, request: Awaitable[AsyncSlackResponse], *, within: float | None = None) -> dict[str, Any]:
    """Await a Web API call. `what` names it in errors; `within` bounds it, in seconds.

    Raises `NotInChannel`, `SlackRefused` with Slack's code, or `SlackUnreachable` where it is not clear what happened.
    """
    try:
        async with asyncio.timeout(within):
            response = await request
    except SlackApiError as error:
        raise _translated(what, error) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise SlackUnreachable(
            f"Slack did not answer when asked to {what} ({why(error)}).", fate=fate_of(error)
        ) from error
    data = response.data  # bytes where Slack answered with something else than JSON
    return data if isinstance(data, dict) else {}


def fate_of(error: Exception) -> Fate:
    """Tell what may have become of a call from how its connection failed."""
    # Before a connection stands, nothing was sent. One that breaks ends the call as well; a timeout of ours does not.
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Fate.NOT_TAKEN
    return Fate.UNKNOWN if isinstance(error, TimeoutError) else Fate.OVER


def fate_of_status(status: int) -> Fate:
    """Tell what may have become of a call from the HTTP status that says it did not go well."""
    if status == 429:
        return Fate.NOT_TAKEN
    return Fate.OVER if status == 504 else Fate.REFUSED  # a gateway that waited in vain knows of no end


def _translated(what: str, error: SlackApiError) -> SlackError:
    response = error.response
    code = str(response.get("error") or "") if isinstance(response.data, dict) else ""
    metrics.count("slack_refusals", error=code or response.status_code)
    if code in NOT_IN_CHANNEL:
        return NotInChannel(f"The bot may not {what}: {code}.", code=code)
    if code in MAY_NOT_POST:
        why, fix = MAY_NOT_POST[code]
        return PostingRefused(f"The bot may not {what}: {why} ({code}).", fix=fix, code=code)
    # Without a code it was no answer of the Web API's: a proxy's page, say.
    if code in TRANSIENT or response.status_code >= 500 or response.status_code == 429 or not code:
        return SlackUnreachable(
            f"Slack could not {what} just now ({code or response.status_code}).",
            code=code,
            retry_after=_retry_after(response),
            fate=fate_of_status(response.status_code),
        )
    needed = str(response.get("needed") or "")
    because = f"{code}, {needed}" if needed else code
    return SlackRefused(f"Slack refused to {what}: {because}.", fix=FIXES.get(code, ""), code=code, needed=needed)


def _retry_after(response: AsyncSlackResponse) -> float | None:
    if response.status_code != 429:
        return None
    return retry_after({name.lower(): str(value) for name, value in response.headers.items()}.get("retry-after"))


def retry_after(header: str | None) -> float:
    """Read how many seconds Slack asks to wait; one where it does not say."""
    try:
        return max(0.1, float(header or 1))  # 0 would be a loop without a pause
    except ValueError:
        return 1.0
