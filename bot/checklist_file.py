"""The team's own checklist, from a YAML or TOML file. What is wrong in it is said with its line."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.domain.checklist import MAX_ITEMS, Check, Checklist, Proof
from bot.errors import SettingsError

MOST_BYTES = 64 * 1024
_HELP = "docs/checklist.md shows the whole form."
_TOML_LINE = re.compile(r"at line (\d+)")
_CHOICES = {"proof": [proof.value for proof in Proof], "check": [check.value for check in Check]}

Place = tuple[str | int, ...]


def load_checklist(path: Path) -> Checklist:
    """Return the checklist in a file. Raises `SettingsError` that names the file, the line and what to write instead."""
    text = _read(path)
    value, lines = _FORMATS[_suffix(path)](text, path)
    if not isinstance(value, dict):
        raise _wrong(path, 1, "it must have `items`")
    repeated = _repeated(value)
    if repeated is not None:
        place: Place = ("items", repeated, "id")
        raise _wrong(path, _line_of(lines, place), f"{_item_words(value, place)} has the id of an item before it")
    try:
        return Checklist.model_validate(value)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=True)[0]
        raise _wrong(path, _line_of(lines, first["loc"]), _words(value, dict(first))) from invalid


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"CHECKLIST_FILE {path.name} cannot be read ({error.strerror}).", fix=_HELP) from error
    if len(raw) > MOST_BYTES:
        raise SettingsError(f"CHECKLIST_FILE {path.name} is larger than {MOST_BYTES // 1024} KiB.", fix=_HELP)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _wrong(path, raw[: error.start].count(b"\n") + 1, "it is not UTF-8") from error


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise SettingsError(f"CHECKLIST_FILE {path.name} must end in .yaml, .yml or .toml.", fix=_HELP)
    return suffix


def _yaml(text: str, path: Path) -> tuple[Any, dict[Place, int]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if alias := _alias_line(text):
            raise _wrong(path, alias, "it has a YAML alias; write out what the alias stands for")
        return yaml.safe_load(text), dict(_yaml_lines(node)) if node else {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(path, line, error.problem or "it is not YAML") from error
    except yaml.YAMLError as error:
        raise _wrong(path, 1, "it is not YAML") from error


def _alias_line(text: str) -> int | None:
    """Return the line of the first alias, with which a small file could mean a huge one."""
    tokens = yaml.scan(text, Loader=yaml.SafeLoader)
    return next((token.start_mark.line + 1 for token in tokens if isinstance(token, yaml.AliasToken)), None)


def _yaml_lines(node: yaml.Node, at: Place = ()) -> list[tuple[Place, int]]:
    """Return where everything in the file starts: place in the value → line."""
    found: list[tuple[Place, int]] = [(at, node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found += [(place, line) for place, line in _yaml_lines(value, (*at, key.value))]
            found.append(((*at, key.value), key.start_mark.line + 1))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            found += _yaml_lines(value, (*at, number))
    return found


def _toml(text: str, path: Path) -> tuple[Any, dict[Place, int]]:
    try:
        return tomllib.loads(text), dict(_toml_lines(text.splitlines()))
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        words = str(error).split(" (at ", maxsplit=1)[0]
        raise _wrong(path, int(line.group(1)) if line else 1, words[0].lower() + words[1:]) from error


def _toml_lines(lines: Sequence[str]) -> list[tuple[Place, int]]:
    """Return where the `[[items]]` and their keys start; of other notations the line of `items`."""
    found: list[tuple[Place, int]] = []
    item = -1
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped.startswith("[[items]]"):
            item += 1
            found.append((("items", item), number))
        elif match := re.match(r"([\w-]+)\s*=", stripped):
            place: Place = ("items", item, match.group(1)) if item >= 0 else (match.group(1),)
            found.append((place, number))
    return found


def _repeated(value: dict[str, Any]) -> int | None:
    """Return which item has an id that an earlier one has, counted from 0."""
    items = value.get("items")
    ids = [item.get("id") if isinstance(item, dict) else None for item in items] if isinstance(items, list) else []
    return next((number for number, id_ in enumerate(ids) if id_ is not None and id_ in ids[:number]), None)


def _line_of(lines: dict[Place, int], place: Place) -> int:
    """Return the line of a place, or of what is around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _words(value: dict[str, Any], error: dict[str, Any]) -> str:
    place: Place = error["loc"]
    field = place[-1] if place else ""
    if field == "items" or not place:
        return _about_the_list(error)
    return f"{_item_words(value, place)}{_about_a_field(field, error)}"


def _about_a_field(field: str | int, error: dict[str, Any]) -> str:
    if error["type"] == "missing":
        return f" has no `{field}`"
    if error["type"] == "extra_forbidden":
        return f" has the unknown key `{field}`; the keys are id, title, check, proof and owner"
    if field in _CHOICES:
        return f" has the unknown {field} `{error['input']}`; use {', '.join(_CHOICES[str(field)])}"
    if field == "id":
        return f" has the id `{error['input']}`; write it in lower case with underscores, such as fix_verified"
    if isinstance(field, int):
        return " must have an `id` and a `title`"
    return f": `{field}` is not valid: {error['msg'][0].lower()}{error['msg'][1:]}"


def _about_the_list(error: dict[str, Any]) -> str:
    if error["type"] == "missing":
        return "it must have `items`"
    if error["type"] in {"too_short", "too_long"}:
        return f"it must have 1 to {MAX_ITEMS} items"
    return (
        str(error["msg"])
        .removeprefix("Value error, ")
        .replace("Input should be a valid tuple", "`items` must be a list")
    )


def _item_words(value: dict[str, Any], place: Place) -> str:
    number = next((part for part in place if isinstance(part, int)), None)
    items = value.get("items")
    if number is None or not isinstance(items, list):
        return "it"
    item = items[number]
    name = item.get("id") if isinstance(item, dict) else None
    return f"item {number + 1}" + (f" (`{name}`)" if isinstance(name, str) else "")


def _wrong(path: Path, line: int, words: str) -> SettingsError:
    return SettingsError(f"CHECKLIST_FILE {path.name}, line {line}: {words}.", fix=_HELP)


_FORMATS = {".yaml": _yaml, ".yml": _yaml, ".toml": _toml}
