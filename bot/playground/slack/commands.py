"""Typing: messages, edits, slash commands, invitations."""

import time
import uuid
from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.compose import as_rich_text, as_text, tokens
from bot.playground.slack.delivery import BotLink, Delivery
from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.grants import ReplyTo
from bot.playground.slack.membership import join
from bot.playground.slack.mentions import mention
from bot.playground.slack.messages import Message
from bot.playground.slack.replies import answer
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]
IN_THREAD = "{command} is not supported in threads. Sorry!"
UNKNOWN = "{command} is not a valid command. In Slack, all messages that start with the “/” character are commands."
FAILED = '{command} failed with the error "{error}"'


def say(
    workspace: Workspace,
    user: str,
    channel_id: str,
    text: str,
    thread_ts: str | None = None,
    attachments: list[Json] | None = None,
) -> Message:
    """Post what a person typed; RefusedError where they could not have typed it."""
    channel = room(workspace, user, channel_id)
    if not text.strip():
        raise RefusedError("no_text", "There is nothing to send.")
    pieces = tokens(text, workspace.world)
    message = Message(channel.id, workspace.ids.ts(), user, as_text(pieces), workspace.world.users[user].team_id)
    message.client_msg_id = str(uuid.uuid4())
    message.attachments = attachments
    message.blocks = [as_rich_text(pieces, workspace.ids.new("b"))]
    if thread_ts:
        root = workspace.messages.find(channel.id, thread_ts)
        if root is None:
            raise RefusedError("thread_not_found", "That thread is gone.", 404)
        message.thread_ts = root.root_ts
    workspace.post(message)
    mention(workspace, message)
    return message


def edit(workspace: Workspace, user: str, channel_id: str, ts: str, text: str) -> Message:
    """Change one's own message."""
    message = own(workspace, user, channel_id, ts)
    previous = message.as_json()
    pieces = tokens(text, workspace.world)
    message.text = as_text(pieces)
    message.blocks = [as_rich_text(pieces, workspace.ids.new("b"))]
    message.edited = {"user": user, "ts": workspace.ids.ts()}
    workspace.change(message, previous)
    mention(workspace, message)  # once more, as Slack does: a new event about the same ts
    return message


async def command(
    workspace: Workspace, link: BotLink, user: str, channel_id: str, text: str, thread_ts: str | None = None
) -> Delivery:
    """Run a slash command: deliver it, show the ack's message, or tell the person that it failed."""
    name, _, rest = text.partition(" ")
    if thread_ts:
        raise RefusedError("command_in_thread", IN_THREAD.format(command=name))
    if name not in workspace.config.commands:
        raise RefusedError("unknown_command", UNKNOWN.format(command=name), 404)
    workspace.need_app()
    channel = room(workspace, user, channel_id)
    payload = payloads.command(workspace, user, channel, name, rest.strip())
    delivery = await link.send("slash_commands", payload)
    if delivery.ok:
        _show_ack(workspace, delivery, ReplyTo(user, channel.id, time.time()))
    else:
        error = "operation_timeout" if delivery.error == "timeout" else "dispatch_failed"
        workspace.notice(user, FAILED.format(command=name, error=error), channel.id)
    return delivery


def invite(workspace: Workspace, user: str, channel_id: str, name: str) -> None:
    """Add somebody to a channel, as `/invite @name` does."""
    channel = room(workspace, user, channel_id)
    wanted = name.strip().removeprefix("<@").removeprefix("@").removesuffix(">").partition("|")[0]
    try:
        invited = workspace.world.user(wanted)
    except KeyError as error:
        raise RefusedError("user_not_found", f"There is nobody called @{wanted}.", 404) from error
    if not join(workspace, channel, invited.id, user):
        raise RefusedError("already_in_channel", f"@{invited.name} is in this channel already.")


def person(workspace: Workspace, user: str) -> str:
    """Check that this is a person of the workspace; RefusedError otherwise."""
    known = workspace.world.users.get(user)
    if known is None or known.is_bot:
        raise RefusedError("user_not_found", f"There is no person {user}.", 404)
    if known.is_deleted:
        raise RefusedError("account_inactive", f"{known.real_name}'s account is deactivated.", 403)
    return user


def room(workspace: Workspace, user: str, channel_id: str) -> Channel:
    """Find a channel that this person is in; RefusedError otherwise."""
    person(workspace, user)
    channel = workspace.world.channels.get(channel_id)
    if channel is None or not workspace.world.sees(user, channel):
        raise RefusedError("channel_not_found", f"There is no channel {channel_id}.", 404)
    if user not in channel.members:
        raise RefusedError("not_in_channel", f"You are not in #{channel.name}.", 403)
    if channel.is_archived:
        raise RefusedError("is_archived", f"#{channel.name} is archived.", 403)
    return channel


def own(workspace: Workspace, user: str, channel_id: str, ts: str) -> Message:
    """Find a message that this person wrote; RefusedError otherwise."""
    channel = room(workspace, user, channel_id)
    message = workspace.messages.find(channel.id, ts)
    if message is None:
        raise RefusedError("message_not_found", "That message is gone.", 404)
    if message.user != user:
        raise RefusedError("not_your_message", "You can only change your own messages.", 403)
    return message


def _show_ack(workspace: Workspace, delivery: Delivery, to: ReplyTo) -> None:
    given = {"text": delivery.body} if isinstance(delivery.body, str) else delivery.body
    if not isinstance(given, dict) or not any(given.get(key) for key in ("text", "blocks", "attachments")):
        return
    try:
        answer(workspace, to, given)
    except SlackError as error:
        delivery.error = error.code
        workspace.notice(to.user, FAILED.format(command=delivery.payload["command"], error=error.code), to.channel)
