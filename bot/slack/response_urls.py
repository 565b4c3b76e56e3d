"""Answers to one person through the `response_url` of their command or click, sent to Slack's own host only."""

from typing import Any

import aiohttp
import structlog
from yarl import URL

from bot.blocks.layout import Message
from bot.domain.text.why_away import why
from bot.errors import Fate, SlackRefused, SlackUnreachable
from bot.slack.calls import fate_of, fate_of_status, retry_after

SLACK_HOST = "hooks.slack.com"
_WITHIN = aiohttp.ClientTimeout(total=15)  # seconds
_SAID = 100  # characters of Slack's refusal that are kept

log = structlog.get_logger(__name__)


class ResponseUrls:
    """Posts to `response_url`s. `api_url` is where the Web API is: its host, on any port, counts as Slack's, too.

    Plain HTTP is taken only where the Web API itself is reached by it.
    """

    def __init__(self, api_url: str) -> None:
        api = URL(api_url)
        self._api_host = api.host
        self._schemes = {"https", "http"} if api.scheme == "http" else {"https"}
        self.session: aiohttp.ClientSession | None = None

    def takes(self, response_url: str) -> bool:
        """Tell whether a URL is Slack's. Read by the same parser that sends, so that no spelling means two hosts."""
        try:
            url = URL(response_url)
        except ValueError:
            return self._refused("no URL")
        if url.user is not None or url.password is not None:
            return self._refused("credentials")
        if url.scheme == "https" and url.host == SLACK_HOST:
            return True
        is_api = url.scheme in self._schemes and bool(url.host) and url.host == self._api_host
        return is_api or self._refused("host")

    async def answer(self, response_url: str, message: Message) -> None:
        """Show a message to the person behind a URL that `takes` accepts. A redirect is a refusal, and not followed."""
        body = {
            "text": message.text,
            "blocks": message.blocks,
            "response_type": "ephemeral",
            "replace_original": False,  # said outright: what was clicked on must stay
        }
        try:
            status, said, asked = await self._post(response_url, body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackUnreachable(f"Slack did not take the answer ({why(error)}).", fate=fate_of(error)) from error
        if status >= 500 or status == 429:
            wait = retry_after(asked) if status == 429 else None
            raise SlackUnreachable(
                f"Slack did not take the answer (HTTP {status}).", retry_after=wait, fate=fate_of_status(status)
            )
        if status != 200:  # the body is Slack's code as plain text: used_url, expired_url
            raise SlackRefused(f"Slack refused the answer: {said}.", code=said)

    async def _post(self, response_url: str, body: dict[str, Any]) -> tuple[int, str, str | None]:
        session = self.session
        if session is None:
            raise SlackUnreachable("The connection to Slack is not open.", fate=Fate.NOT_TAKEN)
        async with session.post(
            URL(response_url), json=body, allow_redirects=False, timeout=_WITHIN, trace_request_ctx="response_url"
        ) as answer:
            said = await answer.content.read(_SAID)  # Slack's code is a word
            return answer.status, said.decode("utf-8", "replace"), answer.headers.get("Retry-After")

    @staticmethod
    def _refused(because: str) -> bool:
        log.warning("response_url_refused", because=because)
        return False
