"""An error text without what changes from one time to the next: the wording that makes two failures the same.

Taken out, each for one `*`: ids, numbers with their units, hashes and other random tokens, times and durations, addresses, paths,
URLs and file names, quoted values, the values of `key=value`, and Aionis' marks. What stays, in lower case: words, the names of
tools and exceptions, the codes of errors, and an HTTP status where the text says that it is one. docs/recurrence.md lists the
rules; a change to any of them is a new reading (`fingerprint.py`).
"""

import re
import unicodedata

from bot.domain.error_wording.chunks import VALUE, Token, tokens_of
from bot.domain.error_wording.codes import with_codes
from bot.domain.error_wording.counting import SAYS_NUMBER, counted_alike, with_number_words
from bot.domain.error_wording.dates import CALENDAR, without_dates
from bot.domain.error_wording.json_wording import with_json_read
from bot.domain.error_wording.kept_text import LONGEST as KEPT
from bot.domain.error_wording.kept_text import MASK, as_kept
from bot.domain.error_wording.quotes import without_quoted
from bot.domain.error_wording.vocabulary import BETWEEN_NUMBERS, CLOCK, CURRENCIES, SECRET_SCHEMES, UNITS

_OF_A_VALUE = UNITS | CLOCK | CURRENCIES
_GOES_WITH_A_VALUE = _OF_A_VALUE | SECRET_SCHEMES
_MAY_HAVE_VALUES = _GOES_WITH_A_VALUE | CALENDAR
LONGEST = 240  # words: what comes later in a long text is its data more often than its wording
TAKEN_OUT = "*"

_COLOURS = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]{0,4}[@-~]")


def wording_of(text: str) -> str:
    """Return the wording of an error text; "" where it has none. Linear in its length, and bounded; total."""
    said = _prepared(text)
    tokens = tokens_of(said)
    words = {token.text for token in tokens}
    if not words.isdisjoint(CALENDAR):  # rare, and slow to look for in the text itself
        tokens = tokens_of(without_dates(said, VALUE))
    if not words.isdisjoint(SAYS_NUMBER):
        tokens = with_number_words(tokens)
        words.add(VALUE)
    if VALUE in words or not words.isdisjoint(_MAY_HAVE_VALUES):
        tokens = with_codes(tokens, in_brackets=said.lstrip().startswith("["))
        if not words.isdisjoint(_GOES_WITH_A_VALUE):
            tokens = _without_units(tokens)
        tokens = counted_alike(_joined(tokens))
    return " ".join([TAKEN_OUT if token.text == VALUE else token.text for token in tokens[:LONGEST]])


def _prepared(text: str) -> str:
    """Return the text with its structure read: marks and invisible characters, JSON, quotes."""
    kept = as_kept(text)
    plain = _plain(MASK.sub(_mark, kept) if "#" in kept else kept)
    return without_quoted(with_json_read(plain, VALUE) if "{" in plain else plain, VALUE)


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


def _without_units(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the units, time zones and scheme words' secrets that go with a value."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        if token.is_value and before is not None and before.text in CURRENCIES and not before.ends_clause:
            found.pop()  # `USD 12.00`, as in `12.00 USD`
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
