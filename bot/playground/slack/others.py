"""What people see beside typed messages: posts of other apps and workflows, files that people upload, unfurled links."""

from typing import Any, TypedDict, Unpack

from bot.playground.slack import commands
from bot.playground.slack.compose import as_rich_text, as_text, tokens
from bot.playground.slack.errors import RefusedError
from bot.playground.slack.files import File, Share
from bot.playground.slack.mentions import mention
from bot.playground.slack.messages import Message
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import User

Json = dict[str, Any]
OTHER_APP, OTHER_BOT, OTHER_USER = "A0AALERTS1", "B0AALERTS1", "U0AALERTS1"


class Post(TypedDict, total=False):
    """What else a post of an app may have; `as_user` names the app's bot user as its author."""

    thread_ts: str | None
    as_user: bool
    blocks: list[Json]
    attachments: list[Json]


def app_says(workspace: Workspace, channel: str, text: str, name: str, **post: Unpack[Post]) -> Message:
    """Post as another app: without a user, as workflows and webhooks do, or with its bot user. Mentions are heard."""
    world = workspace.world
    pieces = tokens(text, world)
    message = Message(
        channel, workspace.ids.ts(), "", as_text(pieces), world.team.id, bot_id=OTHER_BOT, app_id=OTHER_APP
    )
    message.bot_name = name
    if post.get("as_user"):
        message.user = world.users.setdefault(OTHER_USER, _bot_user(workspace, name)).id
    else:
        message.subtype, message.username = "bot_message", name
    typed = [as_rich_text(pieces, workspace.ids.new("b"))] if text else None
    message.blocks = post.get("blocks", typed)
    message.attachments, message.thread_ts = post.get("attachments"), post.get("thread_ts")
    workspace.post(message)
    mention(workspace, message)
    return message


def upload(
    workspace: Workspace, user: str, channel: str, name: str, content: bytes, *, text: str, thread_ts: str | None
) -> Message:
    """Share a file as a person, with a comment or without."""
    place = commands.room(workspace, user, channel)
    pieces = tokens(text, workspace.world)
    team, now = workspace.world.users[user].team_id, workspace.clock()
    file = File(workspace.ids.new("F"), name, len(content), user, team, int(now), "", content=content)
    message = Message(
        place.id, workspace.ids.ts(), user, as_text(pieces), team, subtype="file_share", thread_ts=thread_ts
    )
    file.complete(now)
    file.shares.append(Share(place.id, thread_ts, message.ts))
    workspace.files.by_id[file.id] = file
    message.files = [file.as_json(workspace.base_url)]
    if text:
        message.blocks = [as_rich_text(pieces, workspace.ids.new("b"))]
    workspace.post(message)
    mention(workspace, message)
    return message


def unfurl(workspace: Workspace, channel: str, ts: str, attachments: list[Json]) -> Message:
    """Put previews of its links below a message; Slack calls that a change, though the text is the same."""
    message = workspace.messages.find(channel, ts)
    if message is None:
        raise RefusedError("message_not_found", "That message is gone.", 404)
    previous = message.as_json()
    message.attachments = [*(message.attachments or []), *attachments]
    workspace.change(message, previous)
    return message


def _bot_user(workspace: Workspace, name: str) -> User:
    return User(OTHER_USER, name.lower().replace(" ", "-"), name, is_bot=True, team_id=workspace.world.team.id)
