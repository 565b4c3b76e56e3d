"""The edge to Slack's Web API."""

from bot.slack.calls import THREAD_GONE
from bot.slack.clock import SlackClock
from bot.slack.gateway import SlackGateway, identify
from bot.slack.posts import Posted
from bot.slack.replies import ReplyTo

__all__ = ["THREAD_GONE", "Posted", "ReplyTo", "SlackClock", "SlackGateway", "identify"]
