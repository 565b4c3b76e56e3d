"""Whole payloads: the blocks of a message, a modal, a Home tab."""

import json
import re
from typing import Any

from bot.playground.slack.blockkit.blocks import block
from bot.playground.slack.blockkit.checks import (
    Check,
    Path,
    Problem,
    Report,
    Surface,
    boolean,
    constant,
    record,
    string,
)
from bot.playground.slack.blockkit.objects import IDENTIFIER, plain_text
from bot.playground.slack.blockkit.tables import MOST_CHARACTERS, characters
from bot.playground.slack.blockkit.walk import elements_of, every_block

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
_TABLES = ("table", "data_table")
_OWN_BLOCK = re.compile(r"^(#{1,6} |(-{3,}|\*{3,})\s*$|\|.*\|\s*$|!\[)")


def check_blocks(blocks: Any, surface: Surface = "message", path: Path = ("blocks",)) -> list[Problem]:
    """Everything Slack would refuse in these blocks, apart from the budget of `too_long`."""
    report = Report(surface)
    _blocks(blocks, path, report)
    return report.problems


def check_view(view: Any, path: Path = ("view",)) -> list[Problem]:
    """Everything Slack would refuse in a modal or Home view."""
    if not isinstance(view, dict):
        return [Problem(path, "must provide an object", {"type": "object"})]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [Problem((*path, "type"), f"unsupported type: {kind}", {"type": "enum", "expected": ["modal", "home"]})]
    report = Report(kind)
    (_MODAL if kind == "modal" else _HOME)(view, path, report)
    return report.problems


def too_long(blocks: list[Any]) -> bool:
    """Slack's undocumented budget for all blocks of one message, as JSON."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MESSAGE_CHARACTERS


def tables_problem(blocks: Any) -> str | None:
    """Name as Slack does a second table in one message; it answers `invalid_attachments` for it."""
    tables = sum(entry.get("type") in _TABLES for _, entry in every_block(blocks))
    return "only_one_table_allowed" if tables > 1 else None


def _blocks(blocks: Any, path: Path, report: Report) -> None:
    if not isinstance(blocks, list):
        report.add(path, "must provide an array", type="array")
        return
    most = MESSAGE_BLOCKS if report.surface == "message" else VIEW_BLOCKS
    if sum(_shown_as(entry) for entry in blocks) > most:
        report.add(path, f"no more than {most} items allowed", type="max_items", expected=most)
    for index, entry in enumerate(blocks):
        block(entry, (*path, index), report)
    _unique_ids(blocks, path, report)
    _shared_budgets(blocks, path, report)


def _shown_as(entry: Any) -> int:
    """How many blocks Slack counts: a markdown block is expanded first."""
    if not isinstance(entry, dict) or entry.get("type") != "markdown" or not isinstance(entry.get("text"), str):
        return 1
    count, in_prose, in_table = 0, False, False
    for line in entry["text"].splitlines():
        own = bool(_OWN_BLOCK.match(line))
        table_row = line.startswith("|")
        count += (own and not (table_row and in_table)) or (bool(line.strip()) and not own and not in_prose)
        in_prose = not own and (in_prose or bool(line.strip()))
        in_table = own and table_row
    return max(count, 1)


def _unique_ids(blocks: list[Any], path: Path, report: Report) -> None:
    block_ids: set[str] = set()
    action_ids: set[str] = set()
    for here, entry in every_block(blocks, path):
        _unique(entry, "block_id", here, block_ids, report)
        if report.surface != "message":
            action_ids = set()  # views keep values by block, then action
        for place, element in elements_of(entry, here):
            _unique(element, "action_id", place, action_ids, report)


def _unique(value: dict[str, Any], key: str, path: Path, seen: set[str], report: Report) -> None:
    identifier = value.get(key)
    if not isinstance(identifier, str) or not identifier:
        return
    if identifier in seen:
        report.add((*path, key), f"`{key}` already exists: {identifier}", type="unique")
    seen.add(identifier)


def _shared_budgets(blocks: list[Any], path: Path, report: Report) -> None:
    entries = [entry for _, entry in every_block(blocks)]
    texts = [entry.get("text") for entry in entries if entry.get("type") == "markdown"]
    written = sum(len(text) for text in texts if isinstance(text, str))
    if len(texts) > 1 and written > MARKDOWN_CHARACTERS:
        report.add(path, f"all markdown must be less than {MARKDOWN_CHARACTERS + 1} characters", type="max_length")
    cells = sum(characters(entry.get("rows")) for entry in entries if entry.get("type") in _TABLES)
    if cells > MOST_CHARACTERS:
        report.add(path, f"all table cells must be less than {MOST_CHARACTERS + 1} characters", type="max_length")


def _needs_submit(view: dict[str, Any], path: Path, report: Report) -> None:
    blocks = view.get("blocks")
    inputs = isinstance(blocks, list) and any(
        isinstance(entry, dict) and entry.get("type") == "input" for entry in blocks
    )
    if inputs and not view.get("submit"):
        report.add(path, "missing required field: submit", type="required", expected="submit")


_PRIVATE: dict[str, Check] = {
    "callback_id": string(255, shortest=0),
    "external_id": IDENTIFIER,
    "private_metadata": string(3000, shortest=0),
}
_HOME = record({"type": constant("home"), "blocks": _blocks}, _PRIVATE)
_MODAL = record(
    {"type": constant("modal"), "title": plain_text(24), "blocks": _blocks},
    {
        **_PRIVATE,
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    _needs_submit,
)
