"""Secrets that are known by the name before them: `key = value` in any notation, options, elements, named values."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from bot.domain.redaction.keys import KINDS, KindOf, is_weak
from bot.domain.redaction.looks import is_directory, is_harmless, looks_random, mixes
from bot.domain.redaction.rules import Found, Rule

HINTS: Final = (
    "pass", "pwd", "secret", "token", "key", "auth", "cookie", "credential", "creds", "jwt", "bearer", "csrf", "xsrf", "sess",
    "sid", "sig", "otp", "cvv", "cvc", "mnemonic", "phrase", "psk", "connection", "wort", "pw", "code", "nonce", "hmac", "ticket",
    "verifier", "пароль", "密码", "パスワード",
)  # fmt: skip

_KEY = r"(?P<key>[^\W\d][\w.$-]{1,127})"
_OPEN = r"\\{0,3}[\"'`]"
_ASSIGNMENT = re.compile(
    rf"(?<![\w$.-])-{{0,2}}{_KEY}(?:{_OPEN}|[\])]){{0,3}}[ \t]{{0,8}}"
    r"(?P<sign>:[ \t]{0,4}[A-Za-z][\w.\[\]]{0,30}[ \t]{0,4}=|[:=]>|->|:=|!=|={1,3}|:(?!//)|\((?=[\"'])|%3D)[ \t]{0,8}"
    rf"(?:\\?\n[ \t]{{0,40}}(?={_OPEN}))?(?:[bfruBFRU@]{{1,2}}(?=[\"']))?"
)
_VALUE = re.compile(
    r"""\\{1,3}"(?P<escaped>(?:[^"\\\n]|\\{2,}["']?|\\[^"\\])*)"""
    r"""|\\{1,3}'(?P<escaped_single>(?:[^'\\\n]|\\{2,}["']?|\\[^'\\])*)"""
    r"""|"(?P<double>(?:[^"\\\n]|\\.)*)|'(?P<single>(?:[^'\\\n]|\\.)*)|`(?P<tick>[^`\n]*)"""
    r"""|\[(?P<list>[^\[\]]{1,2000})\]|\{(?P<object>[^{}]{1,2000})\}"""
    r"""|[|>][+-]?[ \t]*\n(?P<block>(?:[ \t]+[^\n]*(?:\n|\Z))+)"""
    r"""|(?P<bare>(?:[^\s"'`<>&,;()\[\]{}\\|]|[&,;|)\]}(\[{](?=[\w$@#%^*!+/=~-])(?![\w.%-]{1,40}[=:])|\\(?![nrtu"'\\]))+)"""
)
_ENV_LINE = re.compile(
    r"^(?:export[ \t]+|set[ \t]+|ENV[ \t]+|- )?(?P<key>[A-Z][A-Z0-9_]{2,127})=(?P<value>[^\s\"'][^\s]*)", re.MULTILINE
)
_OPTION = re.compile(
    r"""(?<![^\s"'\[,])--?(?P<key>[A-Za-z][\w-]{1,40})(?:[ \t]+|["'],[ \t]*["'])(?P<value>"[^"\n]*|'[^'\n]*|[^\s"'-][^\s"']*)"""
)
_ELEMENT = re.compile(
    r"<(?:[\w-]{1,40}:)?(?P<key>[\w.-]{2,60})(?:\s[^<>]{0,200})?>\s{0,40}(?P<value>[^<>]{1,2000})(?=</)"
)
_PROPERTY = re.compile(
    r"<[^<>]{1,80}\b(?:name|key)=[\"'](?P<key>[\w.-]{2,64})[\"'][^<>]{0,80}>\s{0,40}(?P<value>[^<>]{1,2000})(?=</)"
)
_NAMED_VALUE = re.compile(
    r"(?:name|key|header)(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}(?:\\{0,3}[\"'])?(?P<key>[\w.-]{2,64})(?:\\{0,3}[\"'])?[,;]?\s{0,40}"
    r"(?:\\{0,3}[\"'])?value(?:\\{0,3}[\"'])?\s{0,4}[:=]\s{0,4}",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b(?:password|passwd|pwd|passphrase|passcode|secret|token|api[ ._-]?key|access[ _-]key|credential|pin|otp)"
    r"\s{1,8}(?P<verb>(?:is|was|to|as|set to|changed to):?\s{1,8})?[\"'`“]?(?P<value>[^\s\"'`”]{6,300})",
    re.IGNORECASE,
)
_LONGEST_WEAK = 600
_LEAST_UNSAID = 10  # characters of `token …`, where no verb or sign says that a value follows
_PLAIN_WORD = re.compile(r"[A-Za-z][a-z]*(?:[-_'’][a-z]+)*[.!?:,;)]*")
_CALL = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+[(\[]")
_IDENTIFIER_SHAPE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{4}-[0-9]{2}-.*|[0-9.,:%]+|[a-z]+://.*|[A-Z][A-Z0-9]*_[A-Z0-9_]+", re.IGNORECASE
)


def assignment_rules(kind_of: KindOf, hints: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the rules by name. `kind_of` judges names; `hints` are lower-case parts of names that it knows beyond ours."""
    known = (*HINTS, *hints)
    finders = (_assignments, _environment, _options, _elements, _named_values)
    rules = (Rule(KINDS, lambda text, find=find: find(text, kind_of), known) for find in finders)  # type: ignore[misc]
    return (*rules, Rule(KINDS, _prose, ("pass", "pwd", "secret", "token", "key", "credential", "pin", "otp")))


def _assignments(text: str, kind_of: KindOf) -> Iterator[Found]:
    at = 0
    while match := _ASSIGNMENT.search(text, at):
        at = match.end()
        kind = kind_of(match["key"])
        if (kind or is_weak(match["key"])) and (span := _judged(text, match, kind)):
            yield Found(*span, kind or "secret")
            at = max(at, span[1])  # looking into it again would take quadratic time on hostile text


def _judged(text: str, match: re.Match[str], kind: str | None) -> tuple[int, int] | None:
    """Return the span of an assigned value if it is a secret."""
    value = _VALUE.match(text, match.end(), len(text) if kind else match.end() + _LONGEST_WEAK)
    if not value:
        return None
    form = value.lastgroup or "bare"
    secret = value[form]
    if not kind:
        return value.span(form) if len(secret) < _LONGEST_WEAK and looks_random(secret, 12) else None
    if len(secret) < 3 or is_harmless(secret) or (match["key"].lower().endswith("pwd") and is_directory(secret)):
        return None
    if form == "bare" and (_CALL.match(secret) or _is_part_of_a_sentence(text, match, value)):
        return None
    return value.span(form)


def _is_part_of_a_sentence(text: str, match: re.Match[str], value: re.Match[str]) -> bool:
    """Tell `unexpected token: word` and `password: must not be empty` from `password: word`, which is a line of its own."""
    if not match["sign"].startswith(":") or not (_PLAIN_WORD.fullmatch(value["bare"]) or value["bare"].isdigit()):
        return False
    before = text[max(0, match.start() - 80) : match.start()].rpartition("\n")[2].rstrip(" -\t\"'")
    after = text[value.end() : value.end() + 80].partition("\n")[0].lstrip(" \t\"'")
    return (bool(before) and before[-1] not in "{,[(;") or (bool(after) and after[0] not in "},])#;")


def _environment(text: str, kind_of: KindOf) -> Iterator[Found]:
    """Find values of variables set on a line of their own, which end at white space alone."""
    for match in _ENV_LINE.finditer(text):
        kind = kind_of(match["key"])
        if kind and not is_harmless(match["value"]) and not is_directory(match["value"]):
            yield Found(*match.span("value"), kind)


def _options(text: str, kind_of: KindOf) -> Iterator[Found]:
    for match in _OPTION.finditer(text):
        kind = kind_of(match["key"])
        secret = match["value"].lstrip("\"'")
        if kind and not is_harmless(secret):
            yield Found(match.end("value") - len(secret), match.end("value"), kind)


def _elements(text: str, kind_of: KindOf) -> Iterator[Found]:
    for match in chain(_ELEMENT.finditer(text), _PROPERTY.finditer(text)):
        kind = kind_of(match["key"])
        if kind and not is_harmless(match["value"].strip()):
            yield Found(*match.span("value"), kind)


def _named_values(text: str, kind_of: KindOf) -> Iterator[Found]:
    """Find the value of `name: DB_PASSWORD, value: …`, the form of environments and headers in manifests and archives."""
    for match in _NAMED_VALUE.finditer(text):
        kind = kind_of(match["key"])
        value = _VALUE.match(text, match.end()) if kind else None
        if kind and value and not is_harmless(value[value.lastgroup or 0]):
            yield Found(*value.span(value.lastgroup or 0), kind)


def _prose(text: str) -> Iterator[Found]:
    for match in _PROSE.finditer(text):
        secret = match["value"].rstrip(".,;:!?)")
        told = mixes(secret) if match["verb"] else looks_random(secret, _LEAST_UNSAID)
        if told and not _IDENTIFIER_SHAPE.fullmatch(secret) and not is_harmless(secret):
            yield Found(match.start("value"), match.start("value") + len(secret), "secret")
