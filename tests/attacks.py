"""Texts that make a backtracking expression work hardest, derived from the expression itself.

For every repetition in it: what leads there, then what it repeats, many times, then what can not follow. An expression that
tries again from every place, or in every division between two repetitions, does more than twice the work on twice of that.
"""

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the standard library's own parser, which has no stubs
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_STOPS = ("\x00", " x x", "\n")
_LONG = 16  # repetitions of at least so many make an attack
_CATEGORIES = {
    codes.CATEGORY_DIGIT: "7",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "x",
    codes.CATEGORY_NOT_SPACE: "x",
    codes.CATEGORY_NOT_WORD: "-",
}
_CANDIDATES = "aA0xZ9 .-_/:=\"'<>(){}[]@#%&,;|\\\n\t~!\u00e9\u3042"


def attacks(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Yield texts of about `length` characters."""
    for before, pumped in dict.fromkeys(_repetitions(pattern)):
        for unit, head in ((pumped, before), (before + pumped, ""), (pumped, "")):
            if unit:
                body = head + unit * (max(0, length - len(head)) // len(unit))
                yield from (body + stop for stop in _STOPS)
        yield (before or pumped) * (length // max(1, len(before or pumped)))


def _repetitions(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    yield from _inside(list(tree), "")
    yield "", _sample(list(tree))


def _inside(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before every long repetition in a sequence, and what one turn of it matches."""
    for code, argument in items:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            _, most, repeated = argument
            if most >= _LONG:
                yield from ((before, unit) for unit in _variants(list(repeated)))
            yield from _inside(list(repeated), before)
        elif code is codes.SUBPATTERN:
            yield from _inside(list(argument[-1]), before)
        elif code is codes.ATOMIC_GROUP:
            yield from _inside(list(argument), before)
        elif code is codes.BRANCH:
            for branch in argument[1][:12]:
                yield from _inside(list(branch), before)
        elif code in {codes.ASSERT, codes.ASSERT_NOT}:
            yield from _inside(list(argument[1]), before)
        before += _sample([(code, argument)])


def _variants(items: list[Any]) -> Iterator[str]:
    """Yield different texts that one turn of a repetition matches."""
    yield _sample(items)
    if len(items) == 1 and items[0][0] is codes.IN:
        yield from [char for char in _CANDIDATES if _holds(items[0][1], char)][:5]
    if len(items) == 1 and items[0][0] is codes.BRANCH:
        yield from (_sample(list(branch)) for branch in items[0][1][1][:5])


def _sample(items: list[Any]) -> str:
    """Return a short text that a sequence matches, look-arounds aside."""
    return "".join(_one(code, argument) for code, argument in items)


def _one(code: Any, argument: Any) -> str:  # noqa: PLR0911 one form of expression a line
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return "y" if chr(argument) == "x" else "x"
    if code is codes.ANY:
        return "x"
    if code is codes.IN:
        return next((char for char in _CANDIDATES if _holds(argument, char)), "x")
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        least, most, repeated = argument
        return _sample(list(repeated)) * (least or int(most >= _LONG))
    if code is codes.SUBPATTERN:
        return _sample(list(argument[-1]))
    if code is codes.ATOMIC_GROUP:
        return _sample(list(argument))
    return _sample(list(argument[1][0])) if code is codes.BRANCH else ""


def _holds(members: list[Any], char: str) -> bool:
    negated = bool(members) and members[0][0] is codes.NEGATE
    return negated != any(_is_member(code, argument, char) for code, argument in members)


def _is_member(code: Any, argument: Any, char: str) -> bool:
    if code is codes.LITERAL:
        return chr(argument) == char
    if code is codes.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    if code is codes.CATEGORY:
        name = {codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_WORD: r"\w"}.get(argument)
        negative = {codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_NOT_WORD: r"\W"}
        return re.fullmatch(name or negative[argument], char) is not None
    return False
