"""The nouns of secrets in a sentence, with the names that they are part of."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.domain.redaction.key_names import NOUNS, Promise, Strength, judge, without_accents
from bot.domain.redaction.tree import whole_words
from bot.domain.redaction.vocabulary import OTHER_KEYS, OTHER_TOKENS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LONGEST_NOUN = max(map(len, NOUNS))
_WIDEST_NOUN = 40
_CODES = ("passcode", "pass code", "pincode", "pin")
_LAST_WORD = re.compile(
    rf"(?<![^\W_])(?:{whole_words(noun[-1] for noun in NOUNS)}|[a-z]{{2,20}}(?:passw(?:or)?d|pw|secret|token|key))(?![^\W_])"
)
_APART = re.compile(r"[:,;=|]")
_JOINS = frozenset("./-_@#&?")
_JOINED_AFTER = re.compile(r"[./_@#-][\w/]")
_NAME_BEFORE = re.compile(r"(?:[^\W_]{1,30}[_-]){1,4}\Z")
_NAME_AFTER = re.compile(r"(?:[_-][^\W_]{1,30}){1,4}")
_USER_BEFORE = re.compile(r"(?:user|username|login|email|id)[ ]?/[ ]?\Z")


class Noun(NamedTuple):
    """Where a noun stands, and what it promises."""

    start: int
    end: int
    promise: Promise
    code: bool
    """Whether a few digits are what people type for it."""


def lowered(text: str) -> str:
    """Return a text of the same length in lower case and without accents."""
    lowered = text.lower()
    return without_accents(lowered if len(lowered) == len(text) else text)


def nouns(text: str, written: str) -> Iterator[Noun]:
    """Yield the secret nouns of a text in lower case, the longest where they overlap; `written` is the text as it is."""
    for last in _LAST_WORD.finditer(text):
        words = _WORD.findall(text, max(0, last.start() - _WIDEST_NOUN), last.start())[-_LONGEST_NOUN:]
        for size in range(min(_LONGEST_NOUN, len(words) + 1), 0, -1):
            noun = (*words[len(words) + 1 - size :], last[0])
            if promise := NOUNS.get(noun) or (judge(written[slice(*last.span())]) if size == 1 else None):
                start = _start_of(text, noun, last.start())
                if _APART.search(text, start, last.start()):
                    continue  # `gpg: key …` is no GPG key, `type=secret,id=…` no secret's id
                before = words[-size] if len(words) >= size else ""
                if not (size == 1 and _is_another(last[0], before)) and (
                    found := _whole(text, start, last.end(), promise)
                ):
                    yield found
                break


def _start_of(text: str, noun: tuple[str, ...], at: int) -> int:
    for word in reversed(noun[:-1]):
        at = text.rindex(word, 0, at)
    return at


def _is_another(noun: str, before: str) -> bool:
    """Tell `unexpected token` and `primary key` from secrets."""
    return (noun in {"token", "tokens"} and before in OTHER_TOKENS) or (
        noun in {"key", "keys"} and before in OTHER_KEYS
    )


def _whole(text: str, start: int, end: int, promise: Promise) -> Noun | None:
    """Return a noun, or the name that it is part of (`ACME_PASSWORD`); none where that is a path, an address or about it."""
    joint = text[max(0, start - 1) : start]
    before = _NAME_BEFORE.search(text, max(0, start - 60), start) if joint in {"_", "-"} else None
    after = _NAME_AFTER.match(text, end)
    if before or after:
        start, end = before.start() if before else start, after.end() if after else end
        promise = judge(text[start:end])
    joined = text[max(0, start - 1) : start] in _JOINS and not _USER_BEFORE.search(text, max(0, start - 20), start)
    if joined or _JOINED_AFTER.match(text, end) or promise.strength is Strength.NONE:
        return None
    return Noun(start, end, promise, code=text[start:end].endswith(_CODES))
