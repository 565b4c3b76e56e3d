"""`chat.*`."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.messages import Message
from bot.playground.slack.web_api.access import (
    joined_channel,
    message_in,
    takes_posts,
    thread_in,
    visible_channel,
    writable_channel,
)
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.web_api.content import fits_update, read_content
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]


@method("chat.postMessage", "chat:write", tier=0)
def post_message(workspace: Workspace, args: Args) -> Json:
    """Post a message as the bot."""
    channel = writable_channel(workspace, args.text("channel"), reply="thread_ts" in args)
    if wait := workspace.limits.message(channel.id):
        raise SlackError("ratelimited", retry_after=wait)
    content = read_content(workspace, args)
    message = workspace.bot_message(channel.id, "")
    content.put_on(message)
    message.username = args.text("username") if "chat:write.customize" in workspace.scopes else ""
    if "thread_ts" in args:
        message.thread_ts = thread_in(workspace, channel, args.text("thread_ts"))
        message.broadcast = args.flag("reply_broadcast") and message.thread_ts is not None
        message.subtype = "thread_broadcast" if message.broadcast else ""
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json(with_metadata=True)}


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(workspace: Workspace, args: Args) -> Json:
    """Post a message that one member of the channel sees, and nobody else.

    In a thread that does not exist (yet, or any more) not even that one sees it, and the answer is as good as ever.
    """
    channel = joined_channel(workspace, args.text("channel"))
    takes_posts(channel, reply="thread_ts" in args)
    user = args.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = read_content(workspace, args)
    message = workspace.bot_message(channel.id, "")
    content.put_on(message)
    message.ephemeral_user, message.ephemeral_id = user, workspace.ids.new("E")
    if "thread_ts" in args:
        message.thread_ts = _living_thread(workspace, channel, args.text("thread_ts"))
        if message.thread_ts is None:
            return {"message_ts": message.ts}
    workspace.post(message)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write", tier=3)
def update(workspace: Workspace, args: Args) -> Json:
    """Change one of the bot's messages. Blocks and attachments stay unless they are given."""
    channel = visible_channel(workspace, args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = _own(workspace, channel, args, "cant_update_message")
    window = workspace.policy.edit_window
    if window is not None and workspace.clock() - float(message.ts) > window:
        raise SlackError("edit_window_closed")
    content = read_content(workspace, args)
    fits_update(content.text)
    previous = message.as_json()
    content.put_on(message)
    message.edited = {"user": workspace.world.bot_user, "ts": workspace.ids.ts()}
    workspace.change(message, previous)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(with_metadata=True),
    }


@method("chat.delete", "chat:write", tier=3)
def delete(workspace: Workspace, args: Args) -> Json:
    """Delete one of the bot's messages."""
    channel = visible_channel(workspace, args.text("channel"))
    message = _own(workspace, channel, args, "cant_delete_message")
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", tier=0)
def get_permalink(workspace: Workspace, args: Args) -> Json:
    """Link to a message."""
    channel = visible_channel(workspace, args.text("channel"))
    message = message_in(workspace, channel, args.text("message_ts"))
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    path = f"/archives/{channel.id}/p{message.ts.replace('.', '')}{thread}"
    return {"channel": channel.id, "permalink": f"https://{workspace.world.team.domain}.slack.com{path}"}


def _living_thread(workspace: Workspace, channel: Channel, ts: str) -> str | None:
    parent = workspace.messages.find(channel.id, ts)
    root = workspace.messages.find(channel.id, parent.root_ts) if parent else None
    return root.ts if root and root.replies else None


def _own(workspace: Workspace, channel: Channel, args: Args, refusal: str) -> Message:
    message = message_in(workspace, channel, args.text("ts"))
    if message.bot_id != workspace.config.bot_id:
        raise SlackError(refusal)
    return message
