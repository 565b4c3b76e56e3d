"""A Slack workspace on one machine, over real HTTP: see docs/local-slack.md. It works for any bot.

slack = LocalSlack(manifest=…, signing_secret=…, bot_token=…, app_token=…)
async with serve(slack) as base_url:
    slack.request_url = "http://127.0.0.1:3000/slack/events"
    await slack.command(user=MAYA, channel=INCIDENTS, text="/hello")
    reply = await slack.wait_for(lambda: slack.messages(INCIDENTS)[-1])
"""

from bot.playground.slack.admin import Admin
from bot.playground.slack.app import asgi_app
from bot.playground.slack.delivery import Delivery, Retry
from bot.playground.slack.errors import RefusedError
from bot.playground.slack.faults import Fault, FaultFields, Faults, Window
from bot.playground.slack.files import File
from bot.playground.slack.interactions import IncompleteError
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.policy import Policy
from bot.playground.slack.server import serve
from bot.playground.slack.web_api.call import ApiCall
from bot.playground.slack.workspace import Notice
from bot.playground.slack.world import (
    ACME_BOT,
    ACME_OUTAGES,
    ACME_TEAM,
    BOT,
    ERIN,
    INCIDENTS,
    JONAS,
    LEADERS,
    MAYA,
    MAYA_DM,
    OLGA,
    RANDOM,
    RAVI,
    REFUNDS,
    SHARED,
    WAR_ROOM,
    Channel,
    Enterprise,
    Team,
    User,
    World,
    acme_world,
    default_world,
)

__all__ = [
    "ACME_BOT",
    "ACME_OUTAGES",
    "ACME_TEAM",
    "BOT",
    "ERIN",
    "INCIDENTS",
    "JONAS",
    "LEADERS",
    "MAYA",
    "MAYA_DM",
    "OLGA",
    "RANDOM",
    "RAVI",
    "REFUNDS",
    "SHARED",
    "WAR_ROOM",
    "Admin",
    "ApiCall",
    "Channel",
    "Delivery",
    "Enterprise",
    "Fault",
    "FaultFields",
    "Faults",
    "File",
    "IncompleteError",
    "LocalSlack",
    "Notice",
    "Policy",
    "RefusedError",
    "Retry",
    "Team",
    "User",
    "Window",
    "World",
    "acme_world",
    "asgi_app",
    "default_world",
    "serve",
]
