"""No expression of the project takes more than linear time, whatever text it meets.

Every compiled pattern is run on texts made to hurt it (tests/attacks.py), of one, two and four times a length. Work is counted
in processor time of this thread, the least of several runs; linear work grows by four, quadratic by sixteen.
"""

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import bot
import handlers
from bot.domain.redaction.built_in import built_in_rules
from bot.domain.redaction.key_names import judge
from bot.domain.redaction.secret_shapes import Shape
from tests.attacks import attacks

LENGTH = 1_000
NEGLIGIBLE = 0.006  # seconds for four times the length: about a microsecond and a half a character
MOST_GROWTH = 9.0
TRIES = 4
ENOUGH = 0.15  # seconds of trying: what takes so long is not measured any better by one more try
LOOKS = 3  # what other processes do to the machine's caches passes; what an expression does stays
ROOT = Path(bot.__file__).parents[1]


def _modules() -> Iterator[ModuleType]:
    for package in (bot, handlers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__") and not found.name.endswith("build_hook"):
                yield importlib.import_module(found.name)


def _patterns_in(value: Any, seen: set[int], depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Yield the patterns in a module's constant: itself, in containers, in data classes, in functions that enclose them."""
    if id(value) in seen or depth > 8:
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        yield value
    for part in _parts(value):
        yield from _patterns_in(part, seen, depth + 1)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (*value.keys(), *value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, FunctionType):
        yield from (cell.cell_contents for cell in value.__closure__ or ())
    elif isinstance(value, Shape):
        yield value.form
    elif is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, field.name) for field in fields(value))


def _all() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    """Return every pattern by where it stands, with the methods by which that module uses it."""
    found: dict[str, tuple[re.Pattern[str], frozenset[str]]] = {}
    seen: set[int] = set()
    for module in _modules():
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            if name.startswith("__"):
                continue
            for number, pattern in enumerate(_patterns_in(value, seen)):
                if isinstance(pattern.pattern, str):
                    methods = frozenset(
                        re.findall(rf"\b{name}\.(fullmatch|match|search|finditer|findall|sub|split)\b", source)
                    )
                    found[f"{module.__name__}.{name}[{number}]"] = (pattern, methods)
    for number, pattern in enumerate(_patterns_in(built_in_rules(judge), seen)):
        found[f"redaction rules.{number}"] = (pattern, frozenset())
    return found


PATTERNS = _all()


def _uses(pattern: re.Pattern[str], methods: frozenset[str]) -> list[Callable[[str], object]]:
    """Return how a pattern is used: anchored at a place where its module only does so, else all over a text."""
    if methods and methods <= {"fullmatch", "match"}:
        return [getattr(pattern, method) for method in sorted(methods)]
    return [lambda text: [None for _ in pattern.finditer(text)]]


def _work(use: Callable[[str], object], text: str, tries: int = TRIES) -> float:
    """Return the seconds of processor time that a use takes, the least of several tries."""
    least, began = float("inf"), time.thread_time()
    for _ in range(tries):
        before = time.thread_time()
        use(text)
        least = min(least, time.thread_time() - before)
        if least < NEGLIGIBLE or time.thread_time() - began > ENOUGH:
            break
    return least


def grows(pattern: re.Pattern[str], methods: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the attacks on which the work of a pattern grows faster than their length."""
    for use in _uses(pattern, methods):
        for number, long in enumerate(attacks(pattern, 4 * LENGTH)):
            at_most = _work(use, long, tries=1)
            if at_most < NEGLIGIBLE:
                continue
            short, middle = (next(islice(attacks(pattern, times * LENGTH), number, None)) for times in (1, 2))
            if at_most > MOST_GROWTH * _work(use, short) and all(
                _is_worse(use, short, middle, long) for _ in range(LOOKS)
            ):
                yield f"{at_most:.2f} s on {long[:60]!r}…{long[-8:]!r}"


def _is_worse(use: Callable[[str], object], short: str, middle: str, long: str) -> bool:
    most = _work(use, long)
    return most > MOST_GROWTH * _work(use, short) and most > MOST_GROWTH / 4 * _work(use, middle)


def test_patterns_were_found() -> None:
    assert len(PATTERNS) > 200


@pytest.mark.parametrize("module", dict.fromkeys(name.rpartition(".")[0] for name in PATTERNS))
def test_work_grows_with_the_length_of_the_text(module: str) -> None:
    for name, (pattern, methods) in PATTERNS.items():
        if name.rpartition(".")[0] == module:
            assert list(grows(pattern, methods)) == [], f"{name}: {pattern.pattern}"


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s+$",
        r"<@[A-Z0-9]+(?:\|[^>]*)?>",
        r"(decision|edge)[\s/:]+(\S+)$",
        r"key\s*=\s*.*?;",
        r"(.*),(.*)x",
    ],
)
def test_what_is_worse_than_linear_is_seen(pattern: str) -> None:
    assert next(grows(re.compile(pattern)), None)
