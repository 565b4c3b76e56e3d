"""Answers to what a person did: the body of an ack, and `response_url`."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.grants import ReplyTo
from bot.playground.slack.messages import Message
from bot.playground.slack.web_api.call import Args
from bot.playground.slack.web_api.content import read_content
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]


def answer(workspace: Workspace, to: ReplyTo, given: Json) -> None:
    """Post, replace or delete what the answer says; SlackError if Slack would not take it."""
    args = Args(given)
    origin = _origin(workspace, to)
    if args.flag("delete_original"):
        if origin:
            workspace.delete(origin)
        return
    content = read_content(workspace, args)
    if args.flag("replace_original") and origin:
        previous = origin.as_json()
        origin.text, origin.blocks, origin.attachments = "", None, None
        content.put_on(origin)
        if not origin.ephemeral_user:
            origin.edited = {"user": workspace.world.bot_user, "ts": workspace.ids.ts()}
        workspace.change(origin, previous)
        return
    message = workspace.bot_message(to.channel, "")
    content.put_on(message)
    message.thread_ts = _thread(workspace, to, args)
    if args.text("response_type", "ephemeral") != "in_channel":
        message.ephemeral_user, message.ephemeral_id = to.user, workspace.ids.new("E")
    workspace.post(message)


def _origin(workspace: Workspace, to: ReplyTo) -> Message | None:
    if to.message_ts is None:
        return None
    find = workspace.messages.find_ephemeral if to.is_ephemeral else workspace.messages.find
    message = find(to.channel, to.message_ts)
    # A shortcut's response_url belongs to somebody else's message: that one cannot be replaced.
    return message if message and message.bot_id == workspace.config.bot_id else None


def _thread(workspace: Workspace, to: ReplyTo, args: Args) -> str | None:
    if "thread_ts" not in args:
        return None
    parent = workspace.messages.find(to.channel, args.text("thread_ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.root_ts
