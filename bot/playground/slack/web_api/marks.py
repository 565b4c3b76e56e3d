"""`pins.*` and `reactions.*`."""

import re
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.messages import Message
from bot.playground.slack.reactions import react
from bot.playground.slack.web_api.access import joined_channel, message_in
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]
_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


@method("pins.add", "pins:write", tier=2)
def add_pin(workspace: Workspace, args: Args) -> Json:
    """Pin a message."""
    channel = _open_channel(workspace, args)
    message = message_in(workspace, channel, args.text("timestamp"))
    if not workspace.pin(channel.id, message.ts):
        raise SlackError("already_pinned")
    return {}


@method("pins.remove", "pins:write", tier=2)
def remove_pin(workspace: Workspace, args: Args) -> Json:
    """Take a pin off."""
    channel = joined_channel(workspace, args.required("channel"))
    message = message_in(workspace, channel, args.text("timestamp"))
    if not workspace.unpin(channel.id, message.ts):
        raise SlackError("no_pin")
    return {}


@method("pins.list", "pins:read", tier=2)
def list_pins(workspace: Workspace, args: Args) -> Json:
    """List a channel's pins, newest pin first."""
    channel = joined_channel(workspace, args.required("channel"))
    items = []
    for ts in reversed(workspace.pins.get(channel.id, [])):
        message = workspace.messages.find(channel.id, ts)
        if message:
            items.append({"type": "message", "channel": channel.id, "created": 1, "message": message.as_json()})
    return {"items": items}


@method("reactions.add", "reactions:write", tier=3)
def add_reaction(workspace: Workspace, args: Args) -> Json:
    """React as the bot."""
    _open_channel(workspace, args)
    if not react(workspace, _target(workspace, args, "channel"), workspace.world.bot_user, _name(args)):
        raise SlackError("already_reacted")
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def remove_reaction(workspace: Workspace, args: Args) -> Json:
    """Take the bot's reaction back."""
    message = _target(workspace, args, "channel")
    if not react(workspace, message, workspace.world.bot_user, _name(args), remove=True):
        raise SlackError("no_reaction")
    return {}


@method("reactions.get", "reactions:read", tier=3)
def get_reactions(workspace: Workspace, args: Args) -> Json:
    """Tell a message's reactions."""
    message = _target(workspace, args, "channel")
    return {"type": "message", "channel": message.channel, "message": message.as_json()}


def _open_channel(workspace: Workspace, args: Args) -> Channel:
    channel = joined_channel(workspace, args.required("channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _target(workspace: Workspace, args: Args, name: str) -> Message:
    channel = joined_channel(workspace, args.required(name))
    return message_in(workspace, channel, args.text("timestamp"))


def _name(args: Args) -> str:
    name = args.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name
