"""What every rule is made of: small checks that walk one JSON value and write problems into a report.

A check is `check(value, path, report)`; `path` is the JSON pointer as a tuple. The sentences are Slack's own, as its Web API
returns them in `response_metadata.messages`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Slack would refuse, at a JSON pointer."""

    path: Path
    message: str
    constraint: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pointer(self) -> str:
        """The JSON pointer, such as `/blocks/0/text/text`."""
        return "".join(f"/{part}" for part in self.path)

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


@dataclass(slots=True)
class Report:
    """What was found so far, and the surface that the blocks are meant for."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str, **constraint: Any) -> None:
        """Note one problem; `constraint` says what was expected."""
        self.problems.append(Problem(path, message, constraint))


Check = Callable[[Any, Path, Report], None]


def string(longest: int | None = None, shortest: int = 1, pattern: str | None = None) -> Check:
    """Text of `shortest` to `longest` characters that matches `pattern` as a whole."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str):
            report.add(path, "must provide a string", type="string")
        elif len(value) < shortest:
            report.add(path, f"must be more than {shortest - 1} characters", type="min_length", expected=shortest)
        elif longest is not None and len(value) > longest:
            report.add(path, f"must be less than {longest + 1} characters", type="max_length", expected=longest)
        elif compiled and not compiled.fullmatch(value):
            report.add(path, f"must match the pattern {compiled.pattern}", type="pattern", expected=compiled.pattern)

    return check


def integer(lowest: int | None = None, highest: int | None = None) -> Check:
    """Whole number within the bounds."""

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(path, "must provide an integer", type="integer")
        elif lowest is not None and value < lowest:
            report.add(path, f"must be greater than or equal to {lowest}", type="minimum", expected=lowest)
        elif highest is not None and value > highest:
            report.add(path, f"must be less than or equal to {highest}", type="maximum", expected=highest)

    return check


def boolean(value: Any, path: Path, report: Report) -> None:
    """Check for true or false."""
    if not isinstance(value, bool):
        report.add(path, "must provide a boolean", type="boolean")


def number(value: Any, path: Path, report: Report) -> None:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        report.add(path, "must provide a number", type="number")


def one_of(*allowed: str | int) -> Check:
    """One of the listed constants."""
    known = frozenset(allowed)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str | int) or value not in known:
            report.add(path, "must be a valid enum value", type="enum", expected=list(allowed))

    return check


def array(item: Check, longest: int | None = None, shortest: int = 0) -> Check:
    """List of `shortest` to `longest` items, each of them checked."""

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, list):
            report.add(path, "must provide an array", type="array")
            return
        if len(value) < shortest:
            report.add(path, f"no fewer than {shortest} items allowed", type="min_items", expected=shortest)
        if longest is not None and len(value) > longest:
            report.add(path, f"no more than {longest} items allowed", type="max_items", expected=longest)
        for index, entry in enumerate(value):
            item(entry, (*path, index), report)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check) -> Check:
    """Object with these keys and no others; `rules` look at the object as a whole."""
    known: dict[str, Check] = {**required, **(optional or {})}

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(path, "must provide an object", type="object")
            return
        for name in required:
            if name not in value:
                report.add(path, f"missing required field: {name}", type="required", expected=name)
        for name, entry in value.items():
            rule = known.get(name)
            if rule is None:
                report.add(path, f"invalid additional property: {name}", type="additional_property", actual=name)
            else:
                rule(entry, (*path, name), report)
        for rule in rules:
            rule(value, path, report)

    return check


def typed(kinds: Mapping[str, Check], unsupported: str = "unsupported type") -> Check:
    """Object whose `type` chooses the check."""

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(path, "must provide an object", type="object")
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            report.add(path, "missing required field: type", type="required", expected="type")
        elif kind not in kinds:
            report.add((*path, "type"), f"{unsupported}: {kind}", type="enum", expected=sorted(kinds))
        else:
            kinds[kind](value, path, report)

    return check


def either(*names: str, at_least: bool = False) -> Check:
    """Exactly one of the keys (at least one of them, if asked)."""
    listed = ", ".join(names)

    def check(value: Any, path: Path, report: Report) -> None:
        present = sum(name in value for name in names)
        if present == 0 or (present > 1 and not at_least):
            amount = "at least one" if at_least else "exactly one"
            report.add(path, f"{amount} of these fields is required: {listed}", type="one_of", expected=list(names))

    return check


def constant(value: str) -> Check:
    """Only this value; used for `type`, which `typed` has looked at already."""
    return one_of(value)
