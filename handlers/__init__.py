"""What people can do in Slack, one feature a file. A listener parses, stores one job, and acks; jobs do the rest."""

from slack_bolt.async_app import AsyncApp

from bot.services import Services
from handlers import mention, raw_json, replay, resolve, step, timeline

FEATURES = (replay, resolve, timeline, step, raw_json, mention)  # mention last: it answers what no other understood


def register(app: AsyncApp, services: Services) -> None:
    """Register every feature's listeners."""
    for feature in FEATURES:
        feature.register(app, services)
