"""What people can do in Slack, one feature a file. A listener parses, stores one job, and acks; jobs do the rest."""

from slack_bolt.async_app import AsyncApp

from bot.services import Services
from handlers import (
    binding,
    checklist,
    closing,
    compare,
    export,
    home,
    incident,
    items,
    mention,
    nudges,
    raw_json,
    replay,
    resolve,
    root_cause,
    step,
    summary,
    thread,
    timeline,
)

# The first listener that matches takes a request, and all before it are asked: the commonest first, so that it is acked soonest,
# and the mentions nobody understood last.
FEATURES = (
    replay,
    resolve,
    binding,
    timeline,
    step,
    raw_json,
    compare,
    incident,
    checklist,
    items,
    root_cause,
    closing,
    export,
    nudges,
    summary,
    home,
    thread,
    mention,
)


def register(app: AsyncApp, services: Services) -> None:
    """Register every feature's listeners."""
    for feature in FEATURES:
        feature.register(app, services)
