"""`users.*`, `usergroups.*`, `team.info`, `emoji.list`, `bots.info`, `auth.test`."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.slack.errors import SlackError
from bot.playground.slack.web_api.access import known_user
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.web_api.conversations import paged
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import User

Json = dict[str, Any]


@method("auth.test", tier=0)
def auth_test(workspace: Workspace, args: Args) -> Json:
    """Tell whose token this is."""
    config, enterprise = workspace.config, workspace.world.enterprise
    home = workspace.org_wide or workspace.world.team
    return {
        "url": f"https://{home.domain}.slack.com/",
        "team": home.name,
        "user": config.bot_name,
        "team_id": home.id,
        "user_id": workspace.world.bot_user,
        "bot_id": config.bot_id,
        **({"enterprise_id": enterprise.id} if enterprise else {}),
        "is_enterprise_install": workspace.org_wide is not None,
    }


@method("bots.info", "users:read", tier=3)
def bots_info(workspace: Workspace, args: Args) -> Json:
    """Tell about the app's bot."""
    config = workspace.config
    if args.text("bot", config.bot_id) != config.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": config.bot_id,
            "deleted": False,
            "name": config.name,
            "updated": 1,
            "app_id": config.app_id,
            "user_id": workspace.world.bot_user,
            "icons": {},
        }
    }


@method("users.info", "users:read", tier=4)
def users_info(workspace: Workspace, args: Args) -> Json:
    """Tell about one person."""
    return {"user": as_json(workspace, known_user(workspace, args.required("user")))}


@method("users.list", "users:read", tier=2)
def users_list(workspace: Workspace, args: Args) -> Json:
    """List everybody."""
    known = [user for user in workspace.world.users.values() if user.id not in workspace.hidden_users]
    page, cursor = paged([as_json(workspace, user) for user in known], args)
    return {"members": page, "cache_ts": int(workspace.clock()), "response_metadata": {"next_cursor": cursor}}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroup_users(workspace: Workspace, args: Args) -> Json:
    """List the members of a user group."""
    members = workspace.world.usergroups.get(args.required("usergroup"))
    if members is None:
        raise SlackError("no_such_subteam")
    return {"users": list(members)}


@method("team.info", "team:read", tier=3)
def team_info(workspace: Workspace, args: Args) -> Json:
    """Tell about the workspace."""
    team = workspace.world.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


@method("emoji.list", "emoji:read", tier=2)
def emoji_list(workspace: Workspace, args: Args) -> Json:
    """List custom emoji: there are none."""
    return {"emoji": {}, "cache_ts": str(int(workspace.clock()))}


def as_json(workspace: Workspace, user: User) -> Json:
    """User as Slack's methods return it."""
    stranger = not workspace.world.is_colleague(user)
    offset = datetime.fromtimestamp(workspace.clock(), UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.is_deleted,
        "color": user.color,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": stranger,
        "updated": 1,
        **({} if stranger else _enterprise_user(workspace, user)),
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": user.team_id,
            "status_text": "",
            "status_emoji": "",
            "title": "",
            "phone": "",
        },
    }


def _enterprise_user(workspace: Workspace, user: User) -> Json:
    enterprise = workspace.world.enterprise
    if enterprise is None:
        return {}
    teams = list(dict.fromkeys((workspace.world.team.id, *([user.team_id] if user.team_id.startswith("T") else []))))
    return {
        "enterprise_user": {
            "id": user.id,
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "teams": teams,
        }
    }
