"""Payloads as Slack sends them: commands, interactions, events."""

import hashlib
from typing import Any

from bot.playground.slack.compose import as_text, tokens
from bot.playground.slack.messages import Message
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]


def command(workspace: Workspace, user: str, channel: Channel, name: str, text: str) -> Json:
    """Fields of a slash command's form."""
    known = workspace.config.commands[name]
    escaped = as_text(tokens(text, workspace.world), named=True) if known.should_escape else text
    team, person = workspace.world.team, workspace.world.users[user]
    return {
        "token": _token(workspace),
        "team_id": team.id,
        "team_domain": team.domain,
        **_enterprise_fields(workspace),
        "channel_id": channel.id,
        "channel_name": channel.shown_name,
        "user_id": user,
        "user_name": person.name,
        "command": name,
        "text": escaped,
        "api_app_id": workspace.config.app_id,
        "is_enterprise_install": str(workspace.org_wide is not None).lower(),
        "response_url": response_url(workspace, workspace.grants.reply_token(user, channel.id)),
        "trigger_id": workspace.grants.trigger(user),
    }


def block_actions_on_message(workspace: Workspace, user: str, message: Message, action: Json, values: Json) -> Json:
    """Interaction with an element of a message. Of an ephemeral message, Slack does not send the message itself."""
    channel = workspace.world.channels[message.channel]
    is_ephemeral = bool(message.ephemeral_user)
    token = workspace.grants.reply_token(user, channel.id, message.ts, is_ephemeral=is_ephemeral)
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return {
        **_interaction(workspace, "block_actions", user),
        "container": container,
        "channel": {"id": channel.id, "name": channel.shown_name},
        **({} if is_ephemeral else {"message": message.as_json()}),
        "state": {"values": values},
        "response_url": response_url(workspace, token),
        "actions": [{**action, "action_ts": workspace.ids.ts()}],
    }


def block_actions_in_view(workspace: Workspace, user: str, view: View, action: Json) -> Json:
    """Interaction with an element of a modal or Home tab."""
    return {
        **_interaction(workspace, "block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_json(),
        "actions": [{**action, "action_ts": workspace.ids.ts()}],
    }


def view_submission(workspace: Workspace, user: str, view: View) -> Json:
    """Submission of a modal, with everything its inputs hold."""
    return {
        **_interaction(workspace, "view_submission", user),
        "view": view.as_json(),
        "response_urls": _response_urls(workspace, user, view),
    }


def view_closed(workspace: Workspace, user: str, view: View, *, cleared: bool) -> Json:
    """Notice that a person closed a modal without submitting it."""
    told = _interaction(workspace, "view_closed", user) | {"view": view.as_json(), "is_cleared": cleared}
    del told["trigger_id"]
    return told


def message_action(workspace: Workspace, user: str, callback_id: str, message: Message) -> Json:
    """Message shortcut."""
    channel = workspace.world.channels[message.channel]
    token = workspace.grants.reply_token(user, channel.id, message.ts)
    return {
        **_interaction(workspace, "message_action", user),
        "callback_id": callback_id,
        "action_ts": workspace.ids.ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.shown_name},
        "message": message.as_json(),
        "response_url": response_url(workspace, token),
    }


def global_shortcut(workspace: Workspace, user: str, callback_id: str) -> Json:
    """Global shortcut."""
    return {
        **_interaction(workspace, "shortcut", user),
        "callback_id": callback_id,
        "action_ts": workspace.ids.ts(),
    }


def event_callback(workspace: Workspace, event: Json, channel: Channel | None) -> Json:
    """Outer object of an event."""
    team, enterprise = workspace.world.team.id, workspace.world.enterprise
    org_wide = workspace.org_wide is not None
    return {
        "token": _token(workspace),
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": enterprise.id if enterprise else None,
        **({"enterprise_id": enterprise.id} if enterprise else {}),
        "api_app_id": workspace.config.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.ids.new("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": enterprise.id if enterprise else None,
                "team_id": None if org_wide else team,
                "user_id": workspace.world.bot_user,
                "is_bot": True,
                "is_enterprise_install": org_wide,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": f"4-{workspace.ids.new('E')}",
    }


def app_mention(workspace: Workspace, message: Message) -> Json:
    """Inner event of a message that mentions the bot."""
    told = workspace.message_event(message) | {"type": "app_mention"}
    for name in ("channel_type", "subtype"):
        told.pop(name, None)
    return told


def response_url(workspace: Workspace, token: str) -> str:
    """Address that answers a person's action."""
    return f"{workspace.base_url}/response/{token}"


def _interaction(workspace: Workspace, kind: str, user: str) -> Json:
    team, person = workspace.world.team, workspace.world.users[user]
    enterprise, org_wide = workspace.world.enterprise, workspace.org_wide is not None
    return {
        "type": kind,
        "token": _token(workspace),
        "team": None if org_wide else {"id": team.id, "domain": team.domain},
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.config.app_id,
        "trigger_id": workspace.grants.trigger(user),
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": org_wide,
    }


def _enterprise_fields(workspace: Workspace) -> Json:
    enterprise = workspace.world.enterprise
    return {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}


def _response_urls(workspace: Workspace, user: str, view: View) -> list[Json]:
    found = []
    for block in view.blocks:
        element = block.get("element") or {}
        if element.get("response_url_enabled"):
            value = view.values[block["block_id"]][element["action_id"]]
            chosen = value.get("selected_conversation") or value.get("selected_channel")
            if chosen:
                token = workspace.grants.reply_token(user, chosen)
                entry = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                found.append(entry | {"response_url": response_url(workspace, token)})
    return found


def _token(workspace: Workspace) -> str:
    """Slack's deprecated verification token: constant for an app, checked by nobody."""
    return hashlib.sha256(workspace.config.app_id.encode()).hexdigest()[:24]
