"""Quoted values in an error text, of any quote style, found in one pass."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from bot.domain.error_wording.named_codes import is_named_code, key_name
from bot.domain.error_wording.vocabulary import REASON_PHRASES, STATUSES, names_wording

_PAIRS = ('""', "''", "``", "“”", "””", "„“", "„”", "‘’", "‚‘", "‚’", "«»", "»«", "‹›", "「」", "『』")
_CLOSES = {pair[0]: "".join(other[1] for other in _PAIRS if other[0] == pair[0]) for pair in _PAIRS}
_QUOTE = re.compile("[" + "".join(dict.fromkeys("".join(_CLOSES) + "".join(_CLOSES.values()))) + "]")
_STRAIGHT = "'`\"”’"
_KEY_BEFORE = re.compile(r"([\w.-]{1,60})(?:([\"'`])\s{0,2}:|\s?=)\s{0,2}$")  # 'error': or error=
_KEY = re.compile(r"[\w. -]{1,60}")
_STATUS = re.compile(r"([45]\d\d)(?: ([A-Z][a-z]{1,20}(?:-[A-Z][a-z]{1,20})?)[A-Za-z' -]{0,40})?")
_CODE = re.compile(r"[A-Z]{0,8}[-_]?[0-9]{1,6}")
_SAYS_CODE = re.compile(r"(?i:code|errno|sqlstate|status)\s{0,2}:?\s{0,2}$")  # error code "E1001"
_COLON = re.compile(r"\s{0,2}:")
_LOOKS_BACK = 70  # characters before a quote in which its key is looked for
_LOOKS_ON = 12  # characters behind it: a colon, or the word that says what follows


def without_quoted(text: str, value: str) -> str:
    """Return a text in which each quoted value is replaced by `value`. Linear.

    What stays: a text that is quoted as a whole, quoted keys, an HTTP status with or without its phrase (`'404 Not Found'`), what
    is quoted under a key that names wording (`'error': '…'`, `reason="…"`), and codes that are names (`failed with
    'card_declined'`). An apostrophe inside a word quotes nothing.
    """
    if "\\" in text:
        text = text.replace('\\"', '"').replace("\\'", "'")
    text = _unwrapped(text)
    pieces, done = [], 0
    for start, end in _quoted(text):
        inner = text[start + 1 : end]
        before = text[max(0, start - _LOOKS_BACK) : start]
        kept = _is_wording(inner, before, text[end + 1 : end + 1 + _LOOKS_ON])
        pieces += [text[done:start], f" {inner} " if kept else f" {value} "]
        done = end + 1
    return "".join([*pieces, text[done:]]) if done else text


def _unwrapped(text: str) -> str:
    """Return what stands in the quotes around a whole text."""
    inner = text[1:-1]
    if len(text) > 2 and text[-1] in _CLOSES.get(text[0], "") and not {text[0], text[-1]} & set(inner):
        return inner
    return text


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    """Return where each quoted part begins and ends (the places of its quotes), none within another."""
    places = [match.start() for match in _QUOTE.finditer(text)]
    if len(places) == 2:  # most often; what the whole way would come to
        first, second = places
        if text[second] in _CLOSES.get(text[first], "") and _can_open(text, first) and _can_close(text, second):
            yield first, second
        return
    closers: dict[str, list[int]] = {}
    for place in places:
        if _can_close(text, place):
            closers.setdefault(text[place], []).append(place)
    done = -1
    for place in places:
        if place > done and _can_open(text, place):
            ends = [end for mark in _CLOSES[text[place]] if (end := _next(closers.get(mark, []), place)) is not None]
            if ends:
                done = min(ends)
                yield place, done


def _next(places: list[int], after: int) -> int | None:
    at = bisect_right(places, after)
    return places[at] if at < len(places) else None


def _can_open(text: str, place: int) -> bool:
    if text[place] not in _CLOSES or (text[place] in "”»" and not _is_gap(text, place - 1)):
        return False
    return text[place] == '"' or text[place] not in _STRAIGHT or not _is_word(text, place - 1)


def _can_close(text: str, place: int) -> bool:
    return text[place] not in "'’‘" or not _is_word(text, place + 1)


def _is_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _is_gap(text: str, place: int) -> bool:
    return place < 0 or text[place].isspace() or text[place] in "([{=:,"


def _is_wording(inner: str, before: str, behind: str) -> bool:
    """Tell a key of an object, a status, a code, and what stands under a key that names wording, from a value."""
    if inner[:1] in "45" and _is_status(inner):
        return True
    last = before.rstrip()[-1:]
    if last in {"{", ","}:  # not every quoted value with a colon behind it is a key
        return bool(_KEY.fullmatch(inner) and _COLON.match(behind))
    found = _KEY_BEFORE.search(before) if last in {":", "="} else None
    if found:
        return names_wording(key_name(found.group(1)))
    if inner[-1:].isdigit():
        return bool(_CODE.fullmatch(inner) and _SAYS_CODE.search(before))
    return is_named_code(inner, before, behind)


def _is_status(inner: str) -> bool:
    """Tell a status from a value; whether a lone number is one, the words around it say later."""
    found = _STATUS.fullmatch(inner)
    return bool(
        found and found.group(1) in STATUSES and (not found.group(2) or found.group(2).casefold() in REASON_PHRASES)
    )
