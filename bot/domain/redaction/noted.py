"""Secrets that stand before their noun: `… is the password`, `… as our API key`, and as a note: `… (root password)`."""

import re

from bot.domain.redaction.credible import is_password
from bot.domain.redaction.key_names import Strength
from bot.domain.redaction.looks import is_harmless, is_named, is_opaque
from bot.domain.redaction.nouns import Noun
from bot.domain.redaction.rules import Found
from bot.domain.redaction.view import FILLER

AROUND = "\"'`()[]{}<>,;.!?*_“”|…"
"""What may stand around a token in a sentence."""

_BACK = 200
_LONG_WORD = 8
# The secret before its noun: `… is the password`, `… as our API key`, and as a note: `… (root password)`, `…  # prod token`.
_BEFORE = re.compile(
    r"(?P<token>\S{6,200})[ \t]{1,4}(?:(?:it|this|that|which|das|es|esta|questo)[ \t]{1,4})?(?:is|as|ist|als|es|est|como|comme|come|è|é|jako)[ \t]{1,4}(?:[^\W\d]{1,12}[ \t]{1,4}){0,3}\Z"
    r"|[\"'`“](?P<typed>[^\s\"'`“”]{6,200})[\"'`”][ \t]{1,4}(?:into|in|as|for|to|ins|en|dans|nel)[ \t]{1,4}(?:[^\W\d]{1,12}[ \t]{1,4}){0,2}\Z"
    r"|(?P<noted>\S{6,200})[ \t]{1,4}(?:\(|#|//|--|<-|←|\[)[ \t]{0,4}(?:[^\W\d][\w'’]{0,11}[ \t]{1,4}){0,4}\Z"
)
_BORDERS = frozenset(" \t(#/-←[")  # what one of these ends in
_NOTE_ENDS = re.compile(r"[)\].,;!]{0,3}(?:\s*$|\n|(?<=[)\].,;!])[ \n])")


def secret_before(text: str, noun: Noun) -> Found | None:
    """Return the token of `… is the password`, `… as the API key`."""
    if noun.promise.strength < Strength.FIRM or text[noun.start - 1 : noun.start] not in _BORDERS:
        return None
    match = _BEFORE.search(text, max(0, noun.start - _BACK), noun.start)
    group = match.lastgroup if match else None
    if not match or not group or FILLER in match[group]:
        return None
    bare = match[group].strip(AROUND)
    if group == "token" and bare.isdigit() and 4 <= len(bare) <= 8 and noun.promise == (Strength.SURE, "secret"):
        return Found(match.start(group), match.start(group) + len(bare), "secret")  # `use 4711 as your login code`
    if group == "noted" and not _is_noted(text, noun, bare):
        return None
    if (
        is_harmless(bare)
        or is_named(bare)
        or not (is_opaque(bare) or (is_password(bare) and (noun.promise.kind == "password" or len(bare) >= _LONG_WORD)))
    ):
        return None
    start = match.start(group) + match[group].index(bare)
    return Found(start, start + len(bare), noun.promise.kind)


def _is_noted(text: str, noun: Noun, bare: str) -> bool:
    """Tell a note that ends with its noun; what is noted as a key must look like one: not `CentOS-4 (the vendor's GPG key)`."""
    return _NOTE_ENDS.match(text, noun.end) is not None and (noun.promise.kind != "key" or is_opaque(bare, 12))
