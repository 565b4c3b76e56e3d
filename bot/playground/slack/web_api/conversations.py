"""`conversations.*`."""

import base64
import binascii
from collections.abc import Callable
from itertools import islice
from typing import Any

from bot.playground.slack.errors import SlackError, invalid_arguments
from bot.playground.slack.membership import join as join_channel
from bot.playground.slack.messages import Message
from bot.playground.slack.web_api.access import joined_channel, known_user, need_scope, visible_channel
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]
MOST = 999
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


@method("conversations.info", *_READ, tier=3)
def info(workspace: Workspace, args: Args) -> Json:
    """Tell about one channel."""
    channel = visible_channel(workspace, args.required("channel"), "read")
    return {"channel": as_json(workspace, channel, with_members=args.flag("include_num_members"))}


@method("conversations.list", *_READ, tier=2)
def listed(workspace: Workspace, args: Args) -> Json:
    """List the channels that the bot can see."""
    wanted = set(args.listed("types") or ["public_channel"])
    for name in wanted:
        need_scope(workspace, f"{_family(name)}:read")
    found = [c for c in workspace.world.channels.values() if _type(c) in wanted]
    found = [c for c in found if workspace.world.sees(workspace.world.bot_user, c)]
    if args.flag("exclude_archived"):
        found = [c for c in found if not c.is_archived]
    page, cursor = paged([as_json(workspace, c) for c in found], args)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


@method("users.conversations", *_READ, tier=3)
def of_user(workspace: Workspace, args: Args) -> Json:
    """List the channels that a person (by default the bot) is in, as far as the bot can see them."""
    user = args.text("user", workspace.world.bot_user)
    known_user(workspace, user)
    wanted = set(args.listed("types") or ["public_channel"])
    found = [c for c in workspace.world.channels.values() if user in c.members and _type(c) in wanted]
    found = [c for c in found if workspace.world.sees(workspace.world.bot_user, c)]
    if args.flag("exclude_archived"):
        found = [c for c in found if not c.is_archived]
    page, cursor = paged([as_json(workspace, c) for c in found], args)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", *_READ, tier=4)
def members(workspace: Workspace, args: Args) -> Json:
    """List the ids of a channel's members."""
    channel = visible_channel(workspace, args.required("channel"), "read")
    page, cursor = paged(channel.members, args)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", "im:write", "mpim:write", "channels:manage", "groups:write", tier=3)
def opened(workspace: Workspace, args: Args) -> Json:
    """Open a direct message with one person."""
    users = args.listed("users")
    if "channel" in args:
        return {"channel": {"id": visible_channel(workspace, args.text("channel")).id}}
    if len(users) != 1:
        raise SlackError("users_list_not_supplied" if not users else "too_many_users")
    person = known_user(workspace, users[0])
    if person.is_deleted:
        raise SlackError("user_disabled")
    channel = workspace.direct_message(person.id)
    told = as_json(workspace, channel) if args.flag("return_im") else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": told}


@method("conversations.join", "channels:join", tier=3)
def join(workspace: Workspace, args: Args) -> Json:
    """Join a public channel."""
    channel = visible_channel(workspace, args.required("channel"))
    if channel.kind != "channels":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    joined = join_channel(workspace, channel, workspace.world.bot_user)
    already = {} if joined else {"warning": "already_in_channel"}
    return {"channel": as_json(workspace, channel), **already}


@method("conversations.history", *_HISTORY, tier=3)
def history(workspace: Workspace, args: Args) -> Json:
    """Messages of a channel, newest first; replies are left to `conversations.replies`."""
    channel = joined_channel(workspace, args.required("channel"), "history")
    limit = _capped(workspace, _limit(args, 100))
    before = _cursor(args, "next_ts")
    newest, in_range = workspace.messages.newest_first(channel.id), _range(args)
    wanted = (
        message
        for message in newest
        if (not message.thread_ts or message.broadcast) and in_range(message) and (not before or message.ts <= before)
    )
    page = list(islice(wanted, limit + 1))
    following = page[limit].ts if len(page) > limit else None
    told = [_told(workspace, message, args) for message in page[:limit]]
    pins = len(workspace.pins.get(channel.id, []))
    return {"messages": told, "pin_count": pins, **_more("next_ts", following)}


@method("conversations.replies", *_HISTORY, tier=3)
def replies(workspace: Workspace, args: Args) -> Json:
    """Messages of a thread, oldest first. Its root comes first, whatever `oldest` says."""
    channel = joined_channel(workspace, args.required("channel"), "history")
    limit = _capped(workspace, _limit(args, 1000, most=1000))
    after = _cursor(args, "thread_ts")
    message, in_range = workspace.messages.find(channel.id, args.required("ts")), _range(args)
    if message is None:
        raise SlackError("thread_not_found")
    thread = [message] if after is None else []
    thread += [r for r in message.replies if in_range(r) and (after is None or r.ts >= after)]
    following = thread[limit].ts if len(thread) > limit else None
    told = [_told(workspace, entry, args) for entry in thread[:limit]]
    return {"messages": told, **_more("thread_ts", following)}


def as_json(workspace: Workspace, channel: Channel, *, with_members: bool = False) -> Json:
    """Channel as Slack's methods return it."""
    if channel.is_im:
        person = next(user for user in channel.members if user != workspace.world.bot_user)
        return {"id": channel.id, "is_im": True, "user": person, "is_archived": False, "is_open": True, "created": 1}
    told = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": workspace.world.bot_user in channel.members,
        "creator": channel.creator,
        "created": 1,
        "context_team_id": workspace.world.team.id,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": 1},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": 1},
    }
    return told | ({"num_members": len(channel.members)} if with_members else {})


def paged(entries: list[Any], args: Args) -> tuple[list[Any], str]:
    """One page of a list, and the cursor of the next one (empty at the end)."""
    limit = _limit(args, 100, most=1000)
    start = _cursor(args, "at") or "0"
    if not start.isdigit():
        raise SlackError("invalid_cursor")
    end = int(start) + limit
    return entries[int(start) : end], _made_cursor("at", str(end)) if end < len(entries) else ""


def _told(workspace: Workspace, message: Message, args: Args) -> Json:
    told = message.as_json(with_metadata=args.flag("include_all_metadata"))
    if message.thread_ts and (root := workspace.messages.find(message.channel, message.thread_ts)):
        told["parent_user_id"] = root.user
    if message.ts in workspace.pins.get(message.channel, []):
        told["pinned_to"] = [message.channel]
    return told


def _limit(args: Args, default: int, most: int = MOST) -> int:
    limit = args.integer("limit", default) or default
    if not 0 < limit <= most:
        raise SlackError("invalid_limit")
    return limit


def _capped(workspace: Workspace, limit: int) -> int:
    most = workspace.policy.history_page
    return limit if most is None else min(limit, most)


def _range(args: Args) -> Callable[[Message], bool]:
    inclusive = args.flag("inclusive")
    oldest, latest = _time(args, "oldest"), _time(args, "latest")

    def holds(message: Message) -> bool:
        at = float(message.ts)
        after = oldest is None or at > oldest or (inclusive and at == oldest)
        before = latest is None or at < latest or (inclusive and at == latest)
        return after and before

    return holds


def _time(args: Args, name: str) -> float | None:
    value = args.text(name)
    if not value:
        return None
    try:
        return float(value) or None
    except ValueError as error:
        raise invalid_arguments(f"invalid timestamp [json-pointer:/{name}]") from error


def _made_cursor(kind: str, value: str) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{value}".encode()).decode()


def _cursor(args: Args, kind: str) -> str | None:
    given = args.text("cursor")
    if not given:
        return None
    try:
        found, _, value = base64.urlsafe_b64decode(given.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SlackError("invalid_cursor") from error
    if found != kind:
        raise SlackError("invalid_cursor")
    return value


def _more(kind: str, following: str | None) -> Json:
    if following is None:
        return {"has_more": False}
    return {"has_more": True, "response_metadata": {"next_cursor": _made_cursor(kind, following)}}


def _type(channel: Channel) -> str:
    return {"im": "im", "mpim": "mpim", "groups": "private_channel", "channels": "public_channel"}[channel.kind]


def _family(wanted: str) -> str:
    families = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    if wanted not in families:
        raise SlackError("invalid_types")
    return families[wanted]
