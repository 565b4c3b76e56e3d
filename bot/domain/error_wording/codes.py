"""Numbers that are wording: HTTP statuses, exit codes and the codes of errors. A 409 is another failure than a 500."""

import re

from bot.domain.error_wording.chunks import VALUE, Token
from bot.domain.error_wording.named_codes import key_name
from bot.domain.error_wording.vocabulary import (
    AFTER_STATUS,
    ANSWER_WORDS,
    ARTICLES,
    BEFORE_STATUS,
    CODE_NAMES,
    CODE_OWNERS,
    ERROR_OWNERS,
    EXIT_WORDS,
    FREQUENT_STATUSES,
    REASON_PHRASES,
    SERVER_WORDS,
    STATUS_NOUNS,
    STATUS_WORDS,
    STATUSES,
    names_wording,
)

_LONGEST = 14  # characters of a code
# `1001`, `23505`, `42P01`, `E1001`, `PAY-4021`, `ERR_2`, `0x80070005`
_CODE = re.compile(r"[0-9]{1,5}|[0-9A-Z]{5}|[A-Z]{1,8}[-_]?[0-9]{1,6}[A-Z]?|0[xX][0-9A-Fa-f]{1,8}")
_NUMBER = re.compile(r"[0-9]{1,5}")
# What compilers, databases and services call their errors, and nobody calls an order.
_KNOWN = re.compile(
    r"(?:E|EC|ERR|ERROR|ORA|TNS|PLS|SP|DPY|DPI|SQL|DB|MY|PG|PGRST|AADSTS|TS|CS|MSB|NU|NETSDK|LNK|CA|RS|WIN)[-_]?[0-9]{2,6}|SQL[0-9]{4}[NCW]"
)
_BEFORE_NUMBERS = CODE_NAMES | EXIT_WORDS | BEFORE_STATUS | {"declined", "error", "status", "with"}
_DECLINED = re.compile(r"[0-9]{2}|2[0-9]{3}")  # of ISO 8583, and of processors: `Declined (51)`
_SYSTEM = re.compile(r"0[xX][89cC][0-9A-Fa-f]{7}")  # an HRESULT or NTSTATUS: addresses are called no errors
_NOBODY = Token("", "")


def with_codes(tokens: list[Token], *, in_brackets: bool) -> list[Token]:
    """Return the tokens with those values turned back into words that are an HTTP status or the code of an error.

    A number that the text begins with `in_brackets` is taken for an id where it is no frequent status: `[418] disk full`.
    """
    found = tokens
    for place, token in enumerate(tokens):
        if token.text == VALUE and _may_be_code(tokens, place):
            raw = token.raw
            may_begin = not in_brackets or raw in FREQUENT_STATUSES
            status = raw in STATUSES and _is_status(tokens, place, may_begin=may_begin)
            if status or (_CODE.fullmatch(raw) and _is_code(tokens, place)):
                found = [*tokens] if found is tokens else found
                found[place] = Token(raw.casefold(), raw, token.ends_clause)
    return found


def _may_be_code(tokens: list[Token], place: int) -> bool:
    """Tell quickly of most values that they are none."""
    raw = tokens[place].raw
    if not raw.isdigit():
        return len(raw) <= _LONGEST and raw[-1:].isalnum()
    before = tokens[place - 1].text if place else ""
    return raw in STATUSES or before in _BEFORE_NUMBERS or "code" in before


def _is_code(tokens: list[Token], place: int) -> bool:
    own, at = tokens[place], place - 1
    while at >= 0 and tokens[at].text in BEFORE_STATUS and at > place - 3:
        at -= 1
    before, earlier = (tokens[at - back] if at >= back else _NOBODY for back in (0, 1))
    behind = tokens[place + 1] if place + 1 < len(tokens) else _NOBODY
    alone = _nothing_counted(behind, ends=own.ends_clause)
    if before.text and _names_code(before, earlier, alone=alone):
        return True
    if _NUMBER.fullmatch(own.raw):
        if before.text == "error":
            owned = not earlier.text or earlier.ends_clause or earlier.text in ERROR_OWNERS
            return owned and (own.ends_clause or not behind.text or behind.is_value)
        ended = before.text in EXIT_WORDS or (before.text == "with" and earlier.text in EXIT_WORDS)
        declined = before.text == "declined" and bool(_DECLINED.fullmatch(own.raw))
        return alone and (before.text == "status" or ended or declined)
    if _SYSTEM.fullmatch(own.raw):
        return before.text == "error"
    if not _KNOWN.fullmatch(own.raw):
        return False
    return not before.text or before.ends_clause or own.ends_clause or before.text in ANSWER_WORDS


def _names_code(before: Token, earlier: Token, *, alone: bool) -> bool:
    """Tell whether a word says that a code follows: `errno`, `exit_code`, `error code`; and not `zip code`, `order code`."""
    key = key_name(before.raw if before.is_value else before.text)
    if key != "code":
        return key in CODE_NAMES or (key.endswith("code") and names_wording(key))
    if before.raw.endswith("=") or earlier.text in CODE_OWNERS:
        return True
    # Whose code it is, is not said, or by a word that says little: `code 7: no such user`, and not `code 7 unsent`.
    return alone and (earlier.ends_clause or names_wording(f"{key_name(earlier.text)}code"))


def _is_status(tokens: list[Token], place: int, *, may_begin: bool) -> bool:
    article, at = tokens[place - 1].text if place else "", place - 1
    while at >= 0 and tokens[at].text in BEFORE_STATUS and at > place - 3:
        at -= 1
    before, earlier = (tokens[at - back] if at >= back else _NOBODY for back in (0, 1))
    behind = tokens[place + 1] if place + 1 < len(tokens) else _NOBODY
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
