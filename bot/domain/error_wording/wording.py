"""An error text without what changes from one time to the next: the wording that makes two failures the same.

Taken out, each for one `*`: ids, numbers with their units, hashes and other random tokens, times and durations, addresses, paths,
URLs and file names, quoted values, the values of `key=value`, and Aionis' marks. What stays, in lower case: words, the names of
tools and exceptions, error codes of letters, and an HTTP status where the text says that it is one. docs/recurrence.md lists the
rules; a change to any of them is a new recipe, and more forms of what a rule states already are a new reading (`fingerprint.py`).
"""

import re
import unicodedata
from itertools import pairwise

from bot.domain.error_wording.chunks import VALUE, Token, tokens_of
from bot.domain.error_wording.json_wording import with_json_read
from bot.domain.error_wording.kept_text import LONGEST as KEPT
from bot.domain.error_wording.kept_text import MASK, as_kept
from bot.domain.error_wording.quotes import without_quoted
from bot.domain.error_wording.vocabulary import (
    AFTER_STATUS,
    ANSWER_WORDS,
    ARTICLES,
    BEFORE_STATUS,
    BETWEEN_NUMBERS,
    CLOCK,
    DAYS,
    MONTHS,
    REASON_PHRASES,
    SECRET_SCHEMES,
    SERVER_WORDS,
    STATUS_NOUNS,
    STATUS_WORDS,
    STATUSES,
    UNCOUNTED,
    UNITS,
)

_OF_A_VALUE = UNITS | CLOCK
_GOES_WITH_A_VALUE = _OF_A_VALUE | SECRET_SCHEMES
LONGEST = 240  # words: what comes later in a long text is its data more often than its wording
TAKEN_OUT = "*"

_COLOURS = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]{0,4}[@-~]")
_DAY = rf"(?:(?:{DAYS})[a-z]{{0,6}},?\s)?"
_MONTH = rf"(?:{MONTHS})[a-z]{{0,6}}\.?"
_OF_MONTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_DAY}{_OF_MONTH}[\s-]{_MONTH},?[\s-]\d{{2,4}}\b",
        rf"\b{_DAY}{_MONTH}\s{_OF_MONTH}(?:,?\s\d{{4}})?\b",
        rf"\b(?:{DAYS})(?:[a-z]{{0,6}}day)?,?\s(?=\d)",
    )
)
# Where a month or a day may begin; quick to look for, for its first letter is one of a few.
_MAYBE_DATE = re.compile(r"[jfmasondtw](?<![a-z0-9_].)(?:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec|on|ue|ed|hu|ri|at)")


def wording_of(text: str) -> str:
    """Return the wording of an error text; "" where it has none. Linear in its length, and bounded; total."""
    said = _prepared(text)
    read = _with_statuses(tokens_of(said), in_brackets=said.lstrip().startswith("["))
    tokens = _counted_alike(_joined(_without_units(read)))
    return " ".join([TAKEN_OUT if token.text == VALUE else token.text for token in tokens[:LONGEST]])


def _prepared(text: str) -> str:
    """Return the text with its structure read: marks and invisible characters, JSON, quotes, dates."""
    plain = _plain(MASK.sub(_mark, as_kept(text)))
    said = without_quoted(with_json_read(plain, VALUE) if "{" in plain else plain, VALUE)
    if _MAYBE_DATE.search(said.lower()):
        for pattern in _DATES:
            said = pattern.sub(f" {VALUE} ", said)
    return said


def _plain(text: str) -> str:
    """Return the text with nothing invisible in it, and one form for each character."""
    if text.isascii() and text.isprintable():
        return text
    visible = "".join(map(_visible, _COLOURS.sub("", text)))
    return unicodedata.normalize("NFKC", visible)[: 2 * KEPT]


def _mark(match: re.Match[str]) -> str:
    """Return what stands for a mark. A masked phone number may be a number of JSON's, and stays one."""
    return "0" if match.group(1) == "PHONE" else VALUE


def _visible(character: str) -> str:
    if character.isprintable() or character == VALUE:
        return character
    return " " if character.isspace() or unicodedata.category(character) == "Cc" else ""


def _with_statuses(tokens: list[Token], *, in_brackets: bool) -> list[Token]:
    """Return the tokens with those numbers turned back into words that are an HTTP status.

    A number that the text begins with `in_brackets` is taken for an id: `[418] disk full`.
    """
    if STATUSES.isdisjoint([token.raw for token in tokens]):
        return tokens
    return [
        Token(token.raw, token.raw)
        if token.raw in STATUSES and _is_status(tokens, place, may_begin=not in_brackets)
        else token
        for place, token in enumerate(tokens)
    ]


def _is_status(tokens: list[Token], place: int, *, may_begin: bool) -> bool:
    article, at = tokens[place - 1].text if place else "", place - 1
    while at >= 0 and tokens[at].text in BEFORE_STATUS and at > place - 3:
        at -= 1
    before, earlier = (tokens[at - back] if at >= back else Token("", "") for back in (0, 1))
    behind = tokens[place + 1] if place + 1 < len(tokens) else Token("", "")
    ends, adjacent = tokens[place].ends_clause, at == place - 1
    said = _says_status(before, earlier)
    if said and (adjacent or _nothing_counted(behind, ends=ends)):
        return True
    if tokens[place].raw[0] not in "45" or (before.text == "code" and earlier.text and not said):
        return False
    if behind.text in REASON_PHRASES and behind.raw[:1].isupper():
        return True
    begins = not before.text and (adjacent and may_begin)
    if behind.text in STATUS_NOUNS and not ends:
        return begins or article in ARTICLES or before.text in ANSWER_WORDS | SERVER_WORDS
    answered = before.text in ANSWER_WORDS or (before.text in SERVER_WORDS and adjacent) or begins
    return answered and _nothing_counted(behind, ends=ends)


def _says_status(before: Token, earlier: Token) -> bool:
    if before.text == "code" and earlier.text:
        return earlier.text in STATUS_WORDS | ANSWER_WORDS
    return before.text in STATUS_WORDS or before.raw.startswith("HTTP/")


def _nothing_counted(behind: Token, *, ends: bool) -> bool:
    """Tell whether what follows a number is not what it counts: nothing, the end of a clause, a code, a connective."""
    return ends or not behind.text or behind.is_value or "_" in behind.text or behind.text in AFTER_STATUS


def _without_units(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the units, time zones and scheme words' secrets that go with a value."""
    if _GOES_WITH_A_VALUE.isdisjoint([token.text for token in tokens]):
        return tokens
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        if before is not None and before.text in SECRET_SCHEMES and not token.is_value:
            found.append(Token(VALUE, token.raw))
        elif before is None or not before.is_value or before.ends_clause or token.text not in _OF_A_VALUE:
            found.append(token)
    return found


def _joined(tokens: list[Token]) -> list[Token]:
    """Return the tokens with values that follow each other, or are listed, as one."""
    found: list[Token] = []
    for token in tokens:
        if token.text != VALUE:
            found.append(token)
            continue
        if len(found) > 1 and found[-1].text in BETWEEN_NUMBERS and found[-2].is_value:
            found.pop()
        if found and found[-1].text == VALUE:
            found.pop()
        found.append(token)
    return found


def _counted_alike(tokens: list[Token]) -> list[Token]:
    """Return the tokens with what a value counts in the singular: `1 row` and `317 rows` are one wording.

    Whether a value is a number does not count: an id may happen to have digits only.
    """
    found = list(tokens)
    for place, (before, token) in enumerate(pairwise(tokens), start=1):
        if before.text == VALUE and _countable(token.text):
            found[place] = Token(_singular(token.text), token.raw)
    return found


def _countable(word: str) -> bool:
    return word.endswith("s") and word.isalpha() and len(word) > 3 and word not in UNCOUNTED


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("xes", "zes", "ches", "shes", "sses")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
