"""The team's own checklist, from a YAML or TOML file. What is wrong in it is said with its line and what to write instead."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from bot.domain.checklist import MAX_ITEMS, TITLE_LIMIT, Check, Checklist, ItemSpec, Proof
from bot.errors import SettingsError

MOST_BYTES = 64 * 1024
MOST_NESTED = 8  # a checklist is nested three deep
_HELP = "docs/checklist.md shows the whole form."

Place = tuple[str | int, ...]  # such as ("items", 1, "proof")
Lines = dict[Place, int]  # where each place of a file starts
Problem = dict[str, Any]  # pydantic's: `type`, `loc` and `msg`


class _Wrong(Exception):
    """What is wrong in a file, and in which line; None: in no line of its own."""

    def __init__(self, line: int | None, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.words = words


class _Read(NamedTuple):
    value: Any
    lines: Lines


@dataclass(frozen=True)
class _Odd:
    """A YAML scalar that is no text, yes, no or nothing, as it is written."""

    text: str


def load_checklist(path: Path) -> Checklist:
    """Return the checklist in a file. Raises `SettingsError` that names the file, the line and what to write instead."""
    name = f"CHECKLIST_FILE {path.name or path}"
    try:
        return _checklist(_parsed(path))
    except _Wrong as wrong:
        where = name if wrong.line is None else f"{name}, line {wrong.line}:"
        raise SettingsError(f"{where} {wrong.words}.", fix=_HELP) from wrong


def _parsed(path: Path) -> _Read:
    raw = _bytes(path)
    parse = _FORMATS.get(path.suffix.lower())
    if parse is None:
        raise _Wrong(None, f"must end in {_either(_FORMATS)}")
    try:
        return parse(_text(raw))
    except RecursionError as deep:
        raise _Wrong(None, "is nested too deeply; write one list of items") from deep


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise _Wrong(None, f"is larger than {MOST_BYTES // 1024} KiB; keep only the items in it")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Wrong(line, "it is not UTF-8; save the file in that encoding") from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise _Wrong(None, f"does not exist in {path.absolute().parent}; create it, or correct the path") from error
    except IsADirectoryError as error:
        raise _Wrong(None, "is a directory; give the path of a file in it") from error
    except OSError as error:
        raise _Wrong(None, f"cannot be read ({error.strerror}); let the bot's user read it") from error


def _yaml(text: str) -> _Read:
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        raise _Wrong(_line(text, error.position), "it has a character that YAML does not allow; delete it") from error
    except yaml.MarkedYAMLError as error:
        raise _Wrong(_line_at(text, error.problem_mark or error.context_mark), _yaml_words(error, text)) from error
    if node is None:
        return _Read({}, {})
    return _Read(_yaml_value(node, text), dict(_yaml_lines(node, text)))


def _refuse_tricks(text: str) -> None:
    """Refuse aliases, with which a small file means a huge one, and nesting that no checklist needs."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _Wrong(_line_at(text, event.start_mark), "it has a YAML alias; write out what the alias stands for")
        if depth > MOST_NESTED:
            raise _Wrong(_line_at(text, event.start_mark), "it is nested too deeply; write one list of items")


def _yaml_words(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = (error.problem or "something is wrong here").removeprefix("but ")
    context = error.context or ""
    since = (
        f" {context} that starts in line {_line_at(text, error.context_mark)}" if context.startswith("while") else ""
    )
    hint = next((hint for part, hint in _YAML_HINTS.items() if part in problem), "compare it with the documented form")
    return f"it is not valid YAML, {problem}{since}; {hint}"


_YAML_HINTS = {
    r"'\t'": "indent with blanks",
    "mapping values are not allowed": "put text with a colon in quotes, and indent the keys of an item alike",
    "unexpected end": "end what is begun there, such as a quote",
    "another document": "keep only one document, without `---`",
    "block end": "indent the keys of an item alike, and put text with special characters in quotes",
}


def _line(text: str, index: int) -> int:
    """Return the line of a character; the end of a file is its last line with something on it."""
    return text.rstrip().count("\n", 0, index) + 1


def _line_at(text: str, mark: Any) -> int:
    """Return the line of one of PyYAML's marks; its own lines end at more characters than those of an editor."""
    return _line(text, mark.index if mark else 0)


def _yaml_lines(node: yaml.Node, text: str, at: Place = ()) -> Iterator[tuple[Place, int]]:
    """Yield where everything starts; a value is where its key is."""
    yield at, _line_at(text, node.start_mark)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*at, str(key.value))
            yield from _yaml_lines(value, text, place)
            yield place, _line_at(text, key.start_mark)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _yaml_lines(value, text, (*at, number))


def _yaml_value(node: yaml.Node, text: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _yaml_mapping(node, text)
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(value, text) for value in node.value]
    kind = node.tag.rpartition(":")[2]
    if kind == "bool" and node.value.lower() in yaml.SafeLoader.bool_values:
        return yaml.SafeLoader.bool_values[node.value.lower()]
    return {"str": node.value, "null": None}.get(kind, _Odd(node.value))


def _yaml_mapping(node: yaml.MappingNode, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = _line_at(text, key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise _Wrong(line, "a key must be one word")
        if key.value in found:
            raise _Wrong(line, f"the key {_shown(key.value)} is there twice; delete one of them")
        found[key.value] = _yaml_value(value, text)
    return found


def _toml(text: str) -> _Read:
    try:
        return _Read(tomllib.loads(text), _toml_lines(text))
    except tomllib.TOMLDecodeError as error:
        words, _, where = str(error).rpartition(" (at ")
        number = re.match(r"line (\d+)", where)
        line = int(number.group(1)) if number else _line(text, len(text))
        words = f"{words[:1].lower()}{words[1:]}"
        raise _Wrong(line, f"it is not valid TOML, {words}; put text in quotes, and write each key once") from error
    except ValueError as error:
        raise _Wrong(None, "has a number that is too long; write text in quotes") from error


def _toml_lines(text: str) -> Lines:
    """Return where the tables and their keys start; of an item in an inline array the line of `items`."""
    found: Lines = {}
    table: Place = ()
    number = -1
    for line, header, value in _toml_statements(text):
        key = next(iter(value))
        if not header:
            found.setdefault((*table, key), line)
            continue
        number += isinstance(value[key], list) and key == "items"
        table = _toml_table(key, value[key], number)
        found.setdefault(table, line)
    return found


def _toml_statements(text: str) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Yield each statement: its line, whether it is the header of a table, and its value read by itself.

    Only a statement that is over can be read by itself, so the lines inside of a long text or array start none.
    """
    start, lines = 1, text.split("\n")
    for end in range(1, len(lines) + 1):
        statement = "\n".join(lines[start - 1 : end])
        try:
            value = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if value:
            yield start, statement.lstrip().startswith("["), value
        start = end + 1


def _toml_table(key: str, value: Any, number: int) -> Place:
    """Return the place of a header: `[[items]]`, a table inside of an item, or any other."""
    if key != "items" or number < 0:
        return (key,)
    inside = () if isinstance(value, list) else tuple(value)[:1]
    return (key, number, *inside)


_FORMATS: dict[str, Callable[[str], _Read]] = {".yaml": _yaml, ".yml": _yaml, ".toml": _toml}


def _checklist(read: _Read) -> Checklist:
    if not isinstance(read.value, dict):
        raise _Wrong(read.lines.get((), 1), "it must start with `items:`, and the list of items below")
    problems = list(_problems(read.value))
    if problems:
        first = min(problems, key=lambda problem: _order(problem, read.lines))
        raise _Wrong(_line_of(read.lines, _place(first, read.value)), _words(first, read.value))
    return Checklist.model_validate(read.value)


def _problems(value: dict[str, Any]) -> Iterator[Problem]:
    items = value.get("items")
    try:
        Checklist.model_validate(value)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False):
            if (
                error["type"] != "too_short" or len(error["loc"]) > 1 or not items
            ):  # pydantic counts the items that are right
                yield dict(error)
    for number, item in enumerate(items if isinstance(items, list) else []):
        yield from _strict_problems(item, ("items", number))


def _strict_problems(item: Any, at: Place) -> Iterator[Problem]:
    """Yield what pydantic would take although it is hardly meant: a blank title, and `owner: "no"`."""
    if not isinstance(item, dict):
        return
    title = item.get("title")
    if isinstance(title, str) and not title.strip():
        yield {"type": "blank", "loc": (*at, "title")}
    if not isinstance(item.get("owner", False), bool):
        yield {"type": "bool_type", "loc": (*at, "owner")}


def _order(problem: Problem, lines: Lines) -> tuple[int, int, int]:
    """Sort by item; inside of one what is missing comes last, because another key may be a misspelling of it."""
    place: Place = problem["loc"]
    item = next((part for part in place if isinstance(part, int)), -1)
    return item, problem["type"] == "missing", _line_of(lines, place)


def _line_of(lines: Lines, place: Place) -> int:
    """Return the line of a place, or of what is around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _place(problem: Problem, value: dict[str, Any]) -> Place:
    """Return where a problem is seen: of too many items the first that is, of an id used twice its second use."""
    place: Place = problem["loc"]
    if problem["type"] == "too_long":
        return (*place, MAX_ITEMS)
    return ("items", _repeated(value)[1], "id") if problem["type"] == "value_error" else place


def _repeated(value: dict[str, Any]) -> tuple[int, int]:
    ids = [item["id"] for item in value["items"]]
    second = next(number for number, name in enumerate(ids) if name in ids[:number])
    return ids.index(ids[second]), second


def _words(problem: Problem, value: dict[str, Any]) -> str:
    place: Place = problem["loc"]
    if problem["type"] == "extra_forbidden":
        return _unknown_key(place, value)
    if problem["type"] == "value_error":
        first, second = _repeated(value)
        shown = _shown(value["items"][second]["id"])
        return f"item {second + 1} has the id {shown}, as item {first + 1} has; give it another one"
    if len(place) < 2:
        return _list_words(problem, value)
    if len(place) == 2:
        return f"{_item(place, value)} must have at least an `id` and a `title`; write these keys"
    return _field_words(problem, value)


def _unknown_key(place: Place, value: dict[str, Any]) -> str:
    key, known = str(place[-1]), list(ItemSpec.model_fields if len(place) > 1 else Checklist.model_fields)
    close = difflib.get_close_matches(key, known, n=1)
    use = f"write `{close[0]}`" if close else f"use only {_either(known, 'and')}"
    return f"{_item(place, value)} has the unknown key {_shown(key)}; {use}"


def _list_words(problem: Problem, value: dict[str, Any]) -> str:
    if problem["type"] == "missing":
        return "it must have `items`; write the list of items"
    if problem["type"] == "too_short":
        return f"`items` is empty; write 1 to {MAX_ITEMS} items"
    if problem["type"] == "too_long":
        return f"{_item(('items', MAX_ITEMS), value)} is too many; keep 1 to {MAX_ITEMS} items"
    return "`items` must be a list; write each item with its `id` and `title`"


def _field_words(problem: Problem, value: dict[str, Any]) -> str:
    place: Place = problem["loc"]
    field, item = str(place[2]), _item(place, value)
    instead = _INSTEAD.get(field) or str(problem.get("msg", "see the documented form"))
    if problem["type"] == "missing":
        return f"{item} has no `{field}`; write {instead}"
    given = value["items"][place[1]][field]
    if given is None or given == "" or problem["type"] == "blank":
        return f"{item} has an empty `{field}`; write {instead}"
    if problem["type"] == "string_too_long":
        return f"{item} has a `{field}` of {len(given)} characters; write {instead}"
    if field in _CHOICES and isinstance(given, str):
        return f"{item} has the unknown {field} {_shown(given)}; use {instead}"
    if field == "id":
        return f"item {int(place[1]) + 1} has the id {_shown(given)}; write {instead}"
    return f"{item} has {_shown(given)} as its `{field}`; write {instead}"


def _either(words: Iterable[str], joined: str = "or") -> str:
    *most, last = words
    return f"{', '.join(most)} {joined} {last}" if most else f"`{last}`"


_CHOICES = {
    "proof": _either([*(proof.value for proof in Proof if proof is not Proof.NONE), Proof.NONE.value]),
    "check": _either([check.value for check in Check]),
}
_INSTEAD = {
    **_CHOICES,
    "id": "a short name in lower case with underscores, such as `fix_verified`",
    "title": f"what people read, as text in up to {TITLE_LIMIT} characters",
    "owner": "true or false",
}


def _item(place: Place, value: dict[str, Any]) -> str:
    if len(place) < 2:
        return "it"
    item = value["items"][place[1]]
    name = item.get("id") if isinstance(item, dict) else None
    return f"item {int(place[1]) + 1}" + (f" ({_shown(name)})" if isinstance(name, str) and name.strip() else "")


def _shown(given: Any) -> str:
    """Return a value as it may stand in a sentence."""
    if isinstance(given, list | dict):
        return "a list" if isinstance(given, list) else "a table"
    text = str(given).lower() if isinstance(given, bool) else given.text if isinstance(given, _Odd) else str(given)
    short = " ".join(text.replace("`", "'").split())
    return f"`{short[:39]}…`" if len(short) > 40 else f"`{short}`"
