"""The edge to Slack's Web API."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import BLOCK_ERRORS, THREAD_GONE
from bot.slack.clock import SlackClock
from bot.slack.gateway import SlackGateway, client_of_token, identify
from bot.slack.messages import EDIT_TIMEOUT
from bot.slack.posted import Posted
from bot.slack.posts import CALL_TIMEOUT
from bot.slack.replies import ReplyTo
from bot.slack.uploads import Upload

__all__ = [
    "BLOCK_ERRORS",
    "CALL_TIMEOUT",
    "EDIT_TIMEOUT",
    "THREAD_GONE",
    "AsyncWebClient",
    "Posted",
    "ReplyTo",
    "SlackClock",
    "SlackGateway",
    "Upload",
    "client_of_token",
    "identify",
]
