"""What the app under test says about itself in its manifest."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """Slash command; `command` starts with its slash."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Message or global shortcut; `type` is `message` or `global`."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True)
class AppConfig:
    """Manifest in the form that the workspace asks for. The app's id is constant, its bot's differs by workspace."""

    name: str
    bot_name: str
    commands: dict[str, Command]
    shortcuts: dict[str, Shortcut]
    scopes: tuple[str, ...]
    events: frozenset[str]
    interactive: bool
    redirect_urls: tuple[str, ...] = ()
    rotates_tokens: bool = False
    org_deploy: bool = False
    app_id: str = "A0ALOCAL01"
    bot_id: str = "B0ALOCAL01"

    @classmethod
    def from_manifest(cls, manifest: Json) -> "AppConfig":
        """Read Slack's manifest format (v1 or v2, as a dict)."""
        features: Json = manifest.get("features") or {}
        settings: Json = manifest.get("settings") or {}
        name = str(manifest["display_information"]["name"])
        commands = [_command(entry) for entry in features.get("slash_commands") or []]
        shortcuts = [_shortcut(entry) for entry in features.get("shortcuts") or []]
        oauth: Json = manifest.get("oauth_config") or {}
        return cls(
            name=name,
            bot_name=str((features.get("bot_user") or {}).get("display_name") or name),
            commands={entry.command: entry for entry in commands},
            shortcuts={entry.callback_id: entry for entry in shortcuts},
            scopes=tuple((oauth.get("scopes") or {}).get("bot") or ()),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
            interactive=bool((settings.get("interactivity") or {}).get("is_enabled")),
            redirect_urls=tuple(oauth.get("redirect_urls") or ()),
            rotates_tokens=bool(settings.get("token_rotation_enabled")),
            org_deploy=bool(settings.get("org_deploy_enabled")),
        )


def _command(entry: Json) -> Command:
    return Command(
        command=str(entry["command"]),
        description=str(entry.get("description", "")),
        usage_hint=str(entry.get("usage_hint", "")),
        should_escape=bool(entry.get("should_escape")),
    )


def _shortcut(entry: Json) -> Shortcut:
    return Shortcut(
        name=str(entry["name"]),
        type=str(entry["type"]),
        callback_id=str(entry["callback_id"]),
        description=str(entry.get("description", "")),
    )
