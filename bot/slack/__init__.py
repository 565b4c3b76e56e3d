"""The edge to Slack's Web API."""

from bot.slack.calls import THREAD_GONE
from bot.slack.gateway import SlackGateway
from bot.slack.posts import Posted
from bot.slack.replies import ReplyTo

__all__ = ["THREAD_GONE", "Posted", "ReplyTo", "SlackGateway"]
