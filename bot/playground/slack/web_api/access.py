"""What the bot may see: channels, scopes, people."""

from bot.playground.slack.errors import SlackError
from bot.playground.slack.messages import Message
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel, User

THREADS_ONLY = "restricted_action_thread_only_channel"
NO_THREADS = "restricted_action_non_threadable_channel"


def need_scope(workspace: Workspace, *scopes: str) -> None:
    """SlackError `missing_scope` unless the app was granted one of `scopes`."""
    granted = workspace.scopes
    if scopes and not any(scope in granted for scope in scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(granted))


def visible_channel(workspace: Workspace, channel_id: str, family: str | None = None) -> Channel:
    """Find a channel that the bot can see. `family` asks for a scope of the channel's kind, such as `history`."""
    channel = workspace.world.channels.get(channel_id)
    if channel is None or not workspace.world.sees(workspace.world.bot_user, channel):
        raise SlackError("channel_not_found")
    if family:
        need_scope(workspace, f"{channel.kind}:{family}")
    return channel


def joined_channel(workspace: Workspace, channel_id: str, family: str | None = None) -> Channel:
    """Find a channel that the bot is a member of."""
    channel = visible_channel(workspace, channel_id, family)
    if workspace.world.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def writable_channel(workspace: Workspace, wanted: str, *, reply: bool = False) -> Channel:
    """Find a channel to post to (a `reply`: to one of its threads), by id, `#name` or user id."""
    if wanted.startswith(("U", "W")) and wanted in workspace.world.users:
        return workspace.direct_message(known_user(workspace, wanted, "channel_not_found").id)
    if wanted.startswith("#"):
        named = next((c for c in workspace.world.channels.values() if c.name == wanted[1:]), None)
        wanted = named.id if named else wanted
    channel = visible_channel(workspace, wanted)
    member = workspace.world.bot_user in channel.members
    if not member and not (channel.kind == "channels" and "chat:write.public" in workspace.scopes):
        raise SlackError("not_in_channel")
    takes_posts(channel, reply=reply)
    return channel


def takes_posts(channel: Channel, *, reply: bool = False) -> None:
    """SlackError for a channel that is archived, or where the bot may not post."""
    if channel.is_archived:
        raise SlackError("is_archived")
    exempt = {THREADS_ONLY: reply, NO_THREADS: not reply}.get(channel.restriction, False)
    if channel.restriction and not exempt:
        raise SlackError(channel.restriction)


def thread_in(workspace: Workspace, channel: Channel, ts: str) -> str | None:
    """Root of the thread that a reply to `ts` lands in; None (top-level, without an error) if that one was deleted.

    SlackError `thread_not_found` if there never was such a message.
    """
    parent = workspace.messages.find(channel.id, ts)
    if parent is None and not workspace.messages.is_gone(channel.id, ts):
        raise SlackError("thread_not_found")
    root = workspace.messages.find(channel.id, parent.root_ts) if parent else None
    if root is None or (root.subtype == "tombstone" and not workspace.policy.tombstones_take_replies):
        return None
    return root.ts


def message_in(workspace: Workspace, channel: Channel, ts: str, error: str = "message_not_found") -> Message:
    """Find an ordinary message."""
    message = workspace.messages.find(channel.id, ts)
    if message is None or message.subtype == "tombstone":
        raise SlackError(error)
    return message


def known_user(workspace: Workspace, user_id: str, error: str = "user_not_found") -> User:
    """Find a user whom the Web API knows."""
    user = workspace.world.users.get(user_id)
    if user is None or user_id in workspace.hidden_users:
        raise SlackError(error)
    return user
