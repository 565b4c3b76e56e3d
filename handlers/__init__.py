"""What people can do in Slack, one feature a file. A listener parses, stores one job, and acks; jobs do the rest."""

from slack_bolt.async_app import AsyncApp

from bot.runtime.services import Services
from handlers import (
    binding,
    checklist,
    close,
    compare,
    export,
    home_tab,
    incident,
    items,
    mention,
    raw_json,
    reminders,
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
    close,
    export,
    reminders,
    summary,
    home_tab,
    thread,
    mention,
)


def register(app: AsyncApp, services: Services) -> None:
    """Register every feature's listeners."""
    for feature in FEATURES:
        feature.register(app, services)
