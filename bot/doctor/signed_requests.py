"""The door for Slack's requests: a signed request of our own to the `serve` that should be running here."""

import json
import time

import aiohttp

from bot.app import EVENTS_PATH
from bot.config.settings import Settings
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.domain.text.why_away import why
from bot.slack.signed_requests import sign

NAME = "Request URL"
_WITHIN = aiohttp.ClientTimeout(total=5)  # seconds
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 what is listened on, turned into what can be asked


async def examine_door(settings: Settings) -> list[DoctorFinding]:
    """Send Slack's own challenge to `serve`, signed with the signing secret. Over Socket Mode there is no door."""
    if settings.socket_mode or settings.slack_signing_secret is None:
        return []
    host = _EVERYWHERE.get(settings.bot_host, settings.bot_host)
    url = f"http://{host}:{settings.bot_port}{EVENTS_PATH}"
    body = json.dumps({"type": "url_verification", "challenge": "doctor"}).encode()
    timestamp = str(int(time.time())).encode()
    signature = sign(settings.slack_signing_secret.get_secret_value().encode(), timestamp, body)
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp.decode(),
        "x-slack-signature": signature.decode(),
    }
    try:
        async with aiohttp.ClientSession(timeout=_WITHIN) as session:
            answer = await session.post(url, data=body, headers=headers, allow_redirects=False)
            return [_judged(url, answer.status, await answer.content.read(1_000))]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        advice = "Start `incident-bot serve`, or set BOT_HOST and BOT_PORT to where it listens."
        return [warning(NAME, f"{url} does not answer ({why(error)})", advice)]


def _judged(url: str, status: int, said: bytes) -> DoctorFinding:
    if status == 200 and b"doctor" in said:
        return fine(NAME, f"{url} takes requests signed with SLACK_SIGNING_SECRET")
    if status == 401:
        advice = "The running `serve` has another SLACK_SIGNING_SECRET, or a clock that is more than 300 s off."
        return problem(NAME, f"{url} refuses a request signed with SLACK_SIGNING_SECRET", advice)
    return problem(NAME, f"{url} answers {status}", "Something else listens there: check BOT_HOST and BOT_PORT.")
