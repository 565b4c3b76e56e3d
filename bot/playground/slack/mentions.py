"""Mentions of the bot, whoever writes them."""

from bot.playground.slack import payloads
from bot.playground.slack.messages import Message
from bot.playground.slack.workspace import Workspace

NOT_HERE = "You mentioned @{name}, but they're not in this channel."


def mention(workspace: Workspace, message: Message) -> None:
    """Tell the bot that a message mentions it; whoever mentions it where it is not is told so."""
    bot, channel = workspace.world.users[workspace.world.bot_user], workspace.world.channels[message.channel]
    if f"<@{bot.id}>" not in message.text or channel.is_im:
        return
    if bot.id in channel.members:
        workspace.emit(payloads.app_mention(workspace, message), channel)
    elif message.user:
        workspace.notice(message.user, NOT_HERE.format(name=bot.name), channel.id)
