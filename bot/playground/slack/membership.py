"""Who is in a channel, and a channel's id: each change is told to pages and to the bot."""

from typing import Any

from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]


def join(workspace: Workspace, channel: Channel, user: str, inviter: str | None = None) -> bool:
    """Add a member; False if the person is one already."""
    if user in channel.members:
        return False
    channel.members.append(user)
    workspace.show_channel(channel)
    event = _event(workspace, channel, user) | {"type": "member_joined_channel"}
    workspace.emit(event | ({"inviter": inviter} if inviter else {}), channel)
    return True


def leave(workspace: Workspace, channel: Channel, user: str) -> bool:
    """Take a member out; False if the person is none. The bot hears of its own leaving by an event of its own."""
    if user not in channel.members:
        return False
    channel.members.remove(user)
    workspace.show_channel(channel)
    if user == workspace.world.bot_user:
        kind = "group_left" if channel.is_private else "channel_left"
        event = {"type": kind, "channel": channel.id, "actor_id": channel.creator, "event_ts": workspace.ids.ts()}
        workspace.emit(event, None)
    else:
        workspace.emit(_event(workspace, channel, user) | {"type": "member_left_channel"}, channel)
    return True


def renumber(workspace: Workspace, channel: Channel) -> None:
    """Give a channel a new id, with everything in it."""
    old = channel.id
    channel.id = workspace.ids.new("C")
    del workspace.world.channels[old]
    workspace.world.channels[channel.id] = channel
    workspace.messages.renumber(old, channel.id)
    workspace.pins[channel.id] = workspace.pins.pop(old, [])
    workspace.grants.renumber(old, channel.id)
    workspace.files.renumber(old, channel.id)
    workspace.show_channel(channel)


def _event(workspace: Workspace, channel: Channel, user: str) -> Json:
    return {
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": workspace.world.team.id,
        "event_ts": workspace.ids.ts(),
    }
