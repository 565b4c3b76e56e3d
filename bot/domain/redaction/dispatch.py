"""Which rules a text concerns, told by their hints: each set of hints is looked for once, however many rules share it."""

import re
from collections.abc import Callable, Iterable, Iterator

from bot.domain.redaction.randomness import has_mixed_run
from bot.domain.redaction.rules import Rule, as_hinted
from bot.domain.redaction.tree import beginnings

_MANY = 20  # from here on one expression finds them faster than a search for each

Test = Callable[[str, str], bool]
"""Tells of a text, and of the same as hints are looked for in it, whether there may be something to find."""


class Dispatch:
    """Rules in their order, each with the question whether a text concerns it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        numbers: dict[tuple[tuple[str, ...], bool], int] = {}
        self._rules = tuple((rule, numbers.setdefault((rule.hints, rule.exact), len(numbers))) for rule in rules)
        self._tests = tuple(_test(hints, exact=exact) for hints, exact in numbers)

    def concerned(self, text: str) -> Iterator[Rule]:
        """Yield the rules that may find something in a text."""
        hinted = as_hinted(text)
        answers: list[bool | None] = [None] * len(self._tests)
        for rule, number in self._rules:
            answer = answers[number]
            if answer is None:
                answer = answers[number] = self._tests[number](text, hinted)
            if answer:
                yield rule


def _test(hints: tuple[str, ...], *, exact: bool) -> Test:
    if not hints:
        return lambda text, _: has_mixed_run(text)
    if "" in hints:
        return lambda _text, _hinted: True
    if len(hints) == 1:
        hint = hints[0]
        return (lambda text, _: hint in text) if exact else (lambda _, hinted: hint in hinted)
    if len(hints) >= _MANY:
        search = re.compile(beginnings(hints)).search
        return (lambda text, _: search(text) is not None) if exact else (lambda _, hinted: search(hinted) is not None)
    return _one_of(hints, exact=exact)


def _one_of(hints: tuple[str, ...], *, exact: bool) -> Test:
    def test(text: str, hinted: str) -> bool:
        searched = text if exact else hinted
        for hint in hints:  # noqa: SIM110 asked for every short text of a record: a generator takes twice as long
            if hint in searched:
                return True
        return False

    return test
