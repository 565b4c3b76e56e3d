"""The team's own checklist, from a YAML file. What is wrong in it is said with its line."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.config.settings_file import SettingsFile
from bot.config.yaml_lines import compose, no_yaml
from bot.domain.incident.checklist import MAX_ITEMS, TITLE_LIMIT, Check, Checklist, ProofKind
from bot.errors import SettingsError

MOST_BYTES = 64 * 1024
_HELP = "docs/checklist.md shows the whole form."
_SUFFIXES = {".yaml", ".yml"}
_TEXT = "tag:yaml.org,2002:str"
_CHOICES = {
    "proof": [*(proof.value for proof in ProofKind if proof is not ProofKind.NONE), ProofKind.NONE.value],
    "check": [check.value for check in Check],
}
_INSTEAD = {"title": f"text of 1 to {TITLE_LIMIT} characters", "owner": "true or false"}

PlaceInFile = tuple[str | int, ...]


def load_checklist(path: Path) -> Checklist:
    """Return the checklist in a file. Raises `SettingsError` that names the file, the line and what to write instead."""
    if not path.is_dir() and path.suffix.lower() not in _SUFFIXES:
        raise SettingsError(f"CHECKLIST_FILE {path.name} must be YAML, and end in .yaml or .yml.", fix=_HELP)
    file = SettingsFile("CHECKLIST_FILE", path, _HELP, MOST_BYTES)
    value, lines = _read(file)
    if not isinstance(value, dict):
        raise file.wrong(1, "it must have `items`.")
    repeated = _repeated(value)
    if repeated is not None:
        place: PlaceInFile = ("items", repeated, "id")
        words = f"{_item_words(value, place)} has the id of an item before it; give it another one."
        raise file.wrong(_line_of(lines, place), words)
    try:
        return Checklist.model_validate(value)
    except ValidationError as invalid:
        first: dict[str, Any] = dict(min(invalid.errors(include_url=False, include_input=True), key=_order))
        where: PlaceInFile = (*first["loc"], MAX_ITEMS) if first["type"] == "too_long" else first["loc"]
        raise file.wrong(_line_of(lines, where), f"{_words(value, first)}.") from invalid


def _read(file: SettingsFile) -> tuple[Any, dict[PlaceInFile, int]]:
    """Return what the file says, and where everything in it starts."""
    text = file.text()
    node = compose(file, text)
    try:
        lines = dict(_yaml_lines(node)) if node else {}
        return yaml.load(text, Loader=_Loader), lines  # noqa: S506 a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise no_yaml(file, text, error) from error


class _Loader(yaml.SafeLoader):
    """A safe loader that says where a value is that is not of its kind, such as the date 2026-99-99."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return a node's value."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:
            raise _at(node, "this is no value of its kind; put text in quotes") from error


def _at(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(None, None, problem, node.start_mark)


def _yaml_lines(node: yaml.Node, at: PlaceInFile = ()) -> list[tuple[PlaceInFile, int]]:
    """Return where everything in the file starts: place in the value → line."""
    found: list[tuple[PlaceInFile, int]] = [(at, node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        for number, (key, value) in enumerate(node.value):
            if key.tag != _TEXT:
                raise _at(key, "a key must be one word; put it in quotes if it is meant")
            if key.value in keys[:number]:
                raise _at(key, f"the key `{key.value}` is there twice; delete one of them")
            found += [(place, line) for place, line in _yaml_lines(value, (*at, key.value))]
            found.append(((*at, key.value), key.start_mark.line + 1))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            found += _yaml_lines(value, (*at, number))
    return found


def _repeated(value: dict[str, Any]) -> int | None:
    """Return which item has an id that an earlier one has, counted from 0."""
    items = value.get("items")
    ids = [item.get("id") if isinstance(item, dict) else None for item in items] if isinstance(items, list) else []
    return next((number for number, id_ in enumerate(ids) if id_ is not None and id_ in ids[:number]), None)


def _order(error: Any) -> tuple[bool, int, bool]:
    """Sort by item; in each what is missing comes last, because an unknown key may be a misspelling of it.

    Too few items come at the very end, for pydantic counts only those that are right.
    """
    item = next((part for part in error["loc"] if isinstance(part, int)), -1)
    return error["type"] == "too_short", item, error["type"] == "missing"


def _line_of(lines: dict[PlaceInFile, int], place: PlaceInFile) -> int:
    """Return the line of a place, or of what is around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _words(value: dict[str, Any], error: dict[str, Any]) -> str:
    place: PlaceInFile = error["loc"]
    field = place[-1] if place else ""
    if error["type"] == "extra_forbidden" and len(place) == 1:
        return f"it has the unknown key `{field}`; write only `items`"
    if field == "items" or not place:
        return _about_the_list(error)
    return f"{_item_words(value, place)}{_about_a_field(field, error)}"


def _about_a_field(field: str | int, error: dict[str, Any]) -> str:
    if error["type"] == "missing":
        return f" has no `{field}`; write one"
    if error["type"] == "extra_forbidden":
        return f" has the unknown key `{field}`; the keys are id, title, check, proof and owner"
    if field in _CHOICES:
        *most, last = _CHOICES[str(field)]
        return f" has the unknown {field} `{_shown(error['input'])}`; use {', '.join(most)} or {last}"
    if field == "id":
        return f" has the id `{_shown(error['input'])}`; write it in lower case with underscores, such as fix_verified"
    if isinstance(field, int):
        return " must have an `id` and a `title`"
    return f": `{field}` is not valid: {error['msg'][0].lower()}{error['msg'][1:]}; write {_INSTEAD[str(field)]}"


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


def _item_words(value: dict[str, Any], place: PlaceInFile) -> str:
    number = next((part for part in place if isinstance(part, int)), None)
    items = value.get("items")
    if number is None or not isinstance(items, list):
        return "it"
    item = items[number]
    name = item.get("id") if isinstance(item, dict) else None
    return f"item {number + 1}" + (f" (`{name}`)" if isinstance(name, str) else "")


def _shown(given: object) -> str:
    """Return a value on one line, as it would be written in the file."""
    words = str(given).lower() if isinstance(given, bool) else "null" if given is None else " ".join(str(given).split())
    return words if len(words) <= 40 else f"{words[:39]}…"
