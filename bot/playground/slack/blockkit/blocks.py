"""Blocks, the surfaces that show them, and what each of them may hold.

Surfaces are those of Slack's reference (the table behind each block's page).
"""

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
from bot.playground.slack.blockkit.elements import (
    BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    URL_SOURCE,
)
from bot.playground.slack.blockkit.objects import IDENTIFIER, SLACK_FILE, URL, plain_text, text
from bot.playground.slack.blockkit.rich_text import RICH_TEXT
from bot.playground.slack.blockkit.tables import DATA_TABLE, TABLE

EVERYWHERE = frozenset({"message", "modal", "home"})
SURFACES: dict[str, frozenset[str]] = {
    "alert": frozenset({"modal"}),
    "carousel": frozenset({"message", "home"}),
    "container": frozenset({"message"}),
    "context_actions": frozenset({"message"}),
    "data_table": frozenset({"message", "home"}),
    "file": frozenset({"message"}),
    "markdown": frozenset({"message"}),
    "plan": frozenset({"message"}),
    "table": frozenset({"message", "home"}),
    "task_card": frozenset({"message"}),
}


def _block(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Check) -> Check:
    return record({"type": constant(kind), **required}, {"block_id": IDENTIFIER, **(optional or {})}, *rules)


def _texts_or_image(value: Any, path: Path, report: Report) -> None:
    _CONTEXT_ELEMENT(value, path, report)


_CONTEXT_TEXT = text()
_CONTEXT_ELEMENT = typed({"image": IMAGE, "plain_text": _CONTEXT_TEXT, "mrkdwn": _CONTEXT_TEXT})

TASK_CARD = _block(
    "task_card",
    {"task_id": string(), "title": string()},
    {
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(typed({"url": URL_SOURCE})),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
)
CARD = _block(
    "card",
    {},
    {
        "hero_image": typed({"image": IMAGE}),
        "icon": typed({"image": IMAGE}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": array(typed({"button": BUTTON})),
    },
    either("hero_image", "title", "actions", "body", at_least=True),
)


def _child_block(value: Any, path: Path, report: Report) -> None:
    if isinstance(value, dict) and value.get("type") == "container":
        report.add((*path, "type"), "unsupported type: container", type="enum")
    else:
        block(value, path, report)


def _header_divider(value: dict[str, Any], path: Path, report: Report) -> None:
    if value.get("is_collapsible") is True and value.get("has_header_divider") is True:
        report.add((*path, "has_header_divider"), "not allowed when is_collapsible is true", type="conflict")


_KINDS: dict[str, Check] = {
    "actions": _block("actions", {"elements": array(IN_ACTIONS, 25, 1)}),
    "alert": _block("alert", {"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "card": CARD,
    "carousel": _block("carousel", {"elements": array(typed({"card": CARD}), 10, 1)}),
    "container": _block(
        "container",
        {"child_blocks": array(_child_block, 10, 1)},
        {
            "title": plain_text(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": typed({"image": IMAGE}),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        either("title", "rich_text_title", at_least=True),
        _header_divider,
    ),
    "context": _block("context", {"elements": array(_texts_or_image, 10, 1)}),
    "context_actions": _block("context_actions", {"elements": array(IN_CONTEXT_ACTIONS, 5, 1)}),
    "data_table": DATA_TABLE,
    "divider": _block("divider", {}),
    "file": _block("file", {"external_id": string(), "source": one_of("remote")}),
    "header": _block("header", {"text": plain_text(150)}),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE, "title": plain_text(2000)},
        either("image_url", "slack_file"),
    ),
    "input": _block(
        "input",
        {"label": plain_text(2000), "element": IN_INPUT},
        {"dispatch_action": boolean, "hint": plain_text(2000), "optional": boolean},
    ),
    "markdown": _block("markdown", {"text": string(12_000)}),
    "plan": _block("plan", {"title": string()}, {"tasks": array(typed({"task_card": TASK_CARD}))}),
    "rich_text": RICH_TEXT,
    "section": _block(
        "section",
        {},
        {"text": text(3000), "fields": array(text(2000), 10, 1), "accessory": IN_SECTION, "expand": boolean},
        either("text", "fields", at_least=True),
    ),
    "table": TABLE,
    "task_card": TASK_CARD,
    "video": _block(
        "video",
        {"alt_text": string(2000), "title": plain_text(200), "thumbnail_url": URL, "video_url": URL},
        {
            "author_name": string(50),
            "description": plain_text(200),
            "provider_icon_url": URL,
            "provider_name": string(),
            "title_url": URL,
        },
    ),
}
_ANY = typed(_KINDS)


def block(value: Any, path: Path, report: Report) -> None:
    """One block of any type, on the report's surface."""
    _ANY(value, path, report)
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in _KINDS and report.surface not in SURFACES.get(kind, EVERYWHERE):
        report.add((*path, "type"), f"unsupported type: {kind}", type="surface", actual=report.surface)
