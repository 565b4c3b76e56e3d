"""The edge to Slack's Web API."""

from bot.slack.gateway import SlackGateway
from bot.slack.replies import ReplyTo

__all__ = ["ReplyTo", "SlackGateway"]
