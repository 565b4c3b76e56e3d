"""Reactions, by whomever."""

from bot.playground.slack.messages import Message
from bot.playground.slack.workspace import Workspace


def react(workspace: Workspace, message: Message, user: str, name: str, *, remove: bool = False) -> bool:
    """Add or remove one reaction; False if nothing changes by it. Tells pages and the bot."""
    users = message.reactions.get(name, [])
    if (user in users) != remove:
        return False
    if remove:
        users.remove(user)
        if not users:
            del message.reactions[name]
    else:
        message.reactions.setdefault(name, []).append(user)
    workspace.show(message)
    event = {
        "type": "reaction_removed" if remove else "reaction_added",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": workspace.ids.ts(),
    }
    if message.user:  # a post of a workflow or webhook has nobody
        event["item_user"] = message.user
    workspace.emit(event, workspace.world.channels[message.channel])
    return True
