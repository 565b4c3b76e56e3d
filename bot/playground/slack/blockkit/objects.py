"""Composition objects: text, options, confirmation dialogs and the like."""

from typing import Any

from bot.playground.slack.blockkit.checks import (
    Check,
    Path,
    Report,
    array,
    boolean,
    constant,
    either,
    one_of,
    record,
    string,
    typed,
)

IDENTIFIER = string(255)
URL = string(3000)


def plain_text(longest: int = 3000) -> Check:
    """Text object without markup. It has no `verbatim`."""
    return typed({"plain_text": _plain(longest)})


def text(longest: int = 3000) -> Check:
    """Text object of either kind. `emoji` belongs to plain_text, `verbatim` to mrkdwn."""
    mrkdwn = record({"type": constant("mrkdwn"), "text": string(longest)}, {"verbatim": boolean})
    return typed({"plain_text": _plain(longest), "mrkdwn": mrkdwn})


def _plain(longest: int) -> Check:
    return record({"type": constant("plain_text"), "text": string(longest)}, {"emoji": boolean})


def option(*, markup: bool = False, url: bool = False) -> Check:
    """One choice; `markup` where mrkdwn is allowed (checkboxes, radio buttons), `url` in overflow menus."""
    wording = text(75) if markup else plain_text(75)
    optional = {"description": wording, **({"url": URL} if url else {})}
    return record({"text": wording, "value": string(150)}, optional)


OPTION = option()
OPTION_GROUP = record({"label": plain_text(75), "options": array(OPTION, 100, 1)})
CONFIRM = record(
    {"title": plain_text(100), "text": text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)
PLACEHOLDER = plain_text(150)
DISPATCH_CONFIG = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)},
)
CONVERSATION_FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    either("include", "exclude_external_shared_channels", "exclude_bot_users", at_least=True),
)
SLACK_FILE = record({}, {"id": string(), "url": URL}, either("id", "url"))
WORKFLOW = record(
    {
        "trigger": record(
            {"url": URL},
            {"customizable_input_parameters": array(record({"name": string(), "value": string(shortest=0)}))},
        )
    }
)


def chosen_from_options(value: Any, path: Path, report: Report) -> None:
    """Require that what is selected from the start is one of the choices offered."""
    options = value.get("options")
    if not isinstance(options, list):
        groups = value.get("option_groups")
        options = [
            entry
            for group in (groups if isinstance(groups, list) else [])
            if isinstance(group, dict) and isinstance(group.get("options"), list)
            for entry in group["options"]
        ]
    offered = [entry.get("value") for entry in options if isinstance(entry, dict)]
    many = value.get("initial_options")
    selected = [value.get("initial_option"), *(many if isinstance(many, list) else [])]
    for entry in selected:
        if isinstance(entry, dict) and entry.get("value") not in offered:
            report.add(path, "initial option is not one of the options", type="initial_option")
