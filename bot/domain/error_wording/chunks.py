"""From a text to tokens: words, and values whose form says that they are one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.error_wording.named_codes import key_name
from bot.domain.error_wording.vocabulary import FILE_ENDINGS, NAMES_LIKE_FILES, WORDS_WITH_DIGITS, names_wording

VALUE = "\ue000"  # stands for a value; a private character that no text of words has

_LONGEST_WORD = 80
_RANDOM_FROM = 16  # characters; shorter tokens of letters are words
_HEX_FROM = 7
_UUID = 36
_TURNING = 0.24  # turns of case a character
_WRAPPERS = "()[]{}<>,;:!?\"'`“”‘’«»…|"
_AROUND_ADDRESS = _WRAPPERS.replace(":", "")
_CLAUSE_ENDS = (".", ",", ";", ":", ")", "]", "!", "?", "}")
_PAIRS = re.compile(r"[,;&|]+")
_KEY_VALUE = re.compile(r"([\w.-]{0,60}\w)=(?!=)(.+)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}+://|\b(?:arn|urn):[A-Za-z0-9-]")
_ROOTED = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|~?/|\.{1,2}[\\/])[^/\s]|[A-Za-z]:[\\/]$")
_KEYED_PATH = re.compile(r"([\w.-]{2,60}):(?=~?/[^/]|\.{1,2}/|[A-Za-z]:\\|\\\\)")
_WINDOWS = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]:\\(?:[^\\/:*?\"<>|\s]+(?: [^\\/:*?\"<>|\s]+){0,6}+\\|[^\\/:*?\"<>|\s]+\\)*[^\\/:*?\"<>|\s]*"
)
_ADDRESS = re.compile(
    r"\[?(?:[0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}(?:%\w{1,20})?\]?|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"
)
_WORD = re.compile(r"[\w\ue000#$@][\w\ue000.\-+@%#$~']*")
_EXCEPTION = re.compile(
    r"(?:\w+\.){0,8}[A-Z][A-Za-z0-9]*(?:Error|Exception|Failure|Fault|Warning|Timeout|Interrupt|Exit)"
)
_HEX = re.compile(rf"[a-fA-F]{{{_HEX_FROM},}}")
_NUMBER = re.compile(r"[0-9]{1,40}[.,;:]?")
_PLAIN = re.compile(r"[A-Za-z]{1,15}[.,;:]?")
_TURNS = re.compile(r"[a-z][A-Z]|[A-Z][a-z]")
_DASHED = re.compile(r"[a-fA-F]{8}(?:-[a-fA-F]{4}){3}-[a-fA-F]{12}")  # a UUID that happens to have no digit
_WEAKNESS = re.compile(r"(?:CVE-[0-9]{4}-[0-9]{4,7}|CWE-[0-9]{1,4}|GHSA(?:-[0-9a-z]{4}){3})", re.IGNORECASE)
_PADDED = re.compile(r"[A-Za-z0-9+/_-]{12,}={1,2}")


@dataclass(slots=True)  # not frozen, which takes three times as long to make; nobody changes one, and some are shared
class Token:
    """A word in lower case, or `VALUE`; `raw` as it stood, a key with its `=`. `ends_clause`: punctuation follows it."""

    text: str
    raw: str
    ends_clause: bool = False

    @property
    def is_value(self) -> bool:
        """Tell whether it was taken out."""
        return self.text == VALUE


def tokens_of(text: str) -> list[Token]:
    """Return a text's words and values. Each character is looked at a bounded number of times."""
    found: list[Token] = []
    for chunk in (_WINDOWS.sub(f" {VALUE} ", text) if "\\" in text else text).split():
        # Most chunks are words, numbers or what was taken out before: what the whole way would make of them.
        if chunk == VALUE:
            found.append(Token(VALUE, chunk))
        elif (chunk.isalpha() and chunk.isascii() and len(chunk) < _RANDOM_FROM) or _PLAIN.fullmatch(chunk):
            found.append(_plain_token(chunk))
        elif _NUMBER.fullmatch(chunk):
            found.append(Token(VALUE, chunk.rstrip(".,;:"), chunk[-1] in ".,;:"))
        else:
            found += _tokens(chunk)
    return found


@lru_cache(maxsize=4096)  # errors are told in few words
def _plain_token(chunk: str) -> Token:
    word = chunk.rstrip(".,;:")
    is_hex = len(word) >= _HEX_FROM and not word.strip("abcdefABCDEF")
    return Token(VALUE if is_hex else word.lower(), word, word is not chunk)


def _tokens(chunk: str) -> Iterator[Token]:
    ends = chunk.endswith(_CLAUSE_ENDS)
    scheme = _SCHEME.search(chunk)
    if scheme:
        yield from _pairs(chunk[: scheme.start()], ends=False)
        yield Token(VALUE, chunk, ends_clause=ends)
        return
    keyed = _KEYED_PATH.match(chunk.strip(_WRAPPERS))
    if keyed:
        yield from _pairs(keyed.group(1), ends=True)
        yield Token(VALUE, chunk, ends_clause=ends)
    elif _PADDED.fullmatch(chunk.strip(_WRAPPERS + ".")):
        yield Token(VALUE, chunk, ends_clause=ends)
    else:
        yield from _pairs(chunk, ends=ends)


def _pairs(chunk: str, *, ends: bool) -> Iterator[Token]:
    parts = [part for part in _PAIRS.split(chunk) if part]
    for part in parts:
        pair = _KEY_VALUE.fullmatch(part.strip(_AROUND_ADDRESS))
        if pair is None:
            yield from _words(part, ends=ends or part is not parts[-1])
            continue
        yield from _words(pair.group(1), ends=False, mark="=")
        if names_wording(key_name(pair.group(1))):
            yield from _words(pair.group(2), ends=ends)
        else:
            yield Token(VALUE, part, ends_clause=ends)


def _words(part: str, *, ends: bool, mark: str = "") -> Iterator[Token]:
    bare = part.strip(_WRAPPERS)
    if _is_path(bare) or _ADDRESS.fullmatch(part.strip(_AROUND_ADDRESS)):
        yield Token(VALUE, bare, ends_clause=ends)
        return
    words = [word.group().strip(".-+~'") for word in _WORD.finditer(part)]
    for place, word in enumerate(words):
        if word:
            last = place == len(words) - 1
            yield from _classified(word, ends=ends and last, mark=mark if last else "")


def _is_path(text: str) -> bool:
    if _ROOTED.match(text) or ("\\" in text.strip("\\") and text.count("\\") < len(text) // 2):
        return True
    segments = [segment for segment in text.split("/") if segment]
    if len(segments) < 2:
        return False
    return len(segments) > 2 or _is_file(segments[-1]) or any(character.isdigit() for character in text)


def _is_file(name: str) -> bool:
    stem, _, ending = name.casefold().rpartition(".")
    return bool(stem) and ending.partition(":")[0] in FILE_ENDINGS and name.casefold() not in NAMES_LIKE_FILES


def _classified(word: str, *, ends: bool, mark: str) -> Iterator[Token]:
    folded = word.casefold()
    if VALUE in word or "@" in word[1:]:
        yield Token(VALUE, word, ends_clause=ends)
    elif not any(character.isnumeric() for character in word):
        is_value = _is_random(word) or _is_file(word)
        yield Token(VALUE if is_value else folded, word + mark, ends_clause=ends)
    elif (
        folded in WORDS_WITH_DIGITS
        or _is_dotted_name(folded)
        or _WEAKNESS.fullmatch(word)
        or (_EXCEPTION.fullmatch(word) and len(word) <= _LONGEST_WORD)
    ):
        yield Token(folded, word, ends_clause=ends)
    elif "_" in word and "-" not in word and len(word) <= _LONGEST_WORD:
        yield from _snake(word, ends=ends)
    else:
        yield Token(VALUE, word, ends_clause=ends)


def _is_dotted_name(folded: str) -> bool:
    """Tell `psycopg2.errors.UniqueViolation` from a host or a version: all of its parts are words."""
    return "." in folded and all(part.isalpha() or part in WORDS_WITH_DIGITS for part in folded.split("."))


def _snake(word: str, *, ends: bool) -> Iterator[Token]:
    """Return the words of `shard_7_unavailable`. `ch_902` is an id as a whole, as `ch_9aX` is."""
    parts = word.split("_")
    if len(parts) == 2:
        yield Token(VALUE, word, ends_clause=ends)
        return
    for place, part in enumerate(parts):
        is_word = len(part) > 3 and part.isalpha() and part in {part.lower(), part.upper()}
        yield Token(part.casefold() if is_word else VALUE, part, ends_clause=ends and place == len(parts) - 1)


def _is_random(word: str) -> bool:
    """Tell a hash, key or blob of letters from a word: by its alphabet, its length, or how often its case turns."""
    if len(word) > _LONGEST_WORD or _HEX.fullmatch(word):
        return True
    if len(word) == _UUID and _DASHED.fullmatch(word):
        return True
    if len(word) < _RANDOM_FROM or "." in word or _EXCEPTION.fullmatch(word):
        return False
    # In `ConnectionRefusedByPeer` a capital begins a word of some length; in a random token the case turns all the time.
    return len(_TURNS.findall(word)) / len(word) > _TURNING
