"""Secrets in XML and HTML: below the name of their element, beside it, and in fields that say that they take a password."""

import re
from collections.abc import Iterator
from itertools import chain

from bot.domain.redaction.key_names import Judge, Strength
from bot.domain.redaction.looks import is_harmless, is_opaque
from bot.domain.redaction.rules import Found

# `<password>…</password>`, and below it with its value in CDATA.
_ELEMENT = re.compile(r"<(?:[\w-]{1,40}:)?(?P<key>[\w.-]{2,60})(?:\s[^<>]{0,200})?>(?P<value>[^<>]{1,2000})(?=</)")
_CDATA = re.compile(
    r"<(?:[\w-]{1,40}:)?(?P<key>[\w.-]{2,60})(?:\s[^<>]{0,200})?>\s{0,40}<!\[CDATA\[(?P<value>[^\]]{1,2000})"
)
# Name and value in elements of their own: a plist's `<key>` and `<string>`, the cells of a table, a definition list.
_NEIGHBOURS = re.compile(
    r"<(?:key|name|td|th|dt|b|strong|label|code|p|span|div)(?:\s[^<>]{0,200})?>\s{0,40}(?P<key>[\w .-]{2,60}):?\s{0,40}</\w{1,10}>\s{0,40}(?:</?\w{1,10}>\s{0,40}){0,3}"
    r"<(?:string|value|td|dd|code|span|p|div|data)(?:\s[^<>]{0,200})?>\s{0,40}(?:<\w{1,10}>\s{0,40}){0,2}(?P<value>[^<>]{1,2000})(?=</)"
)
# `<property name="password">…</property>`.
_PROPERTY = re.compile(
    r"<[^<>]{1,80}\b(?:name|key)=[\"'](?P<key>[\w.-]{2,64})[\"'][^<>]{0,80}>\s{0,40}(?:<value>\s{0,40})?(?:<!\[CDATA\[)?(?P<value>[^<>\]]{1,2000})(?=</|\]\]>)"
)
# `<password value="…"/>`.
_HELD = re.compile(
    r"<(?:[\w-]{1,40}:)?(?P<key>[\w.-]{2,60})(?:\s[^<>]{0,200}?)?\svalue=[\"'](?P<value>[^\"'<>]{1,2000})[\"']"
)
# `<input value="…" name="csrf_token">`: the value before its name.
_VALUE_FIRST = re.compile(
    r"<[a-z]{1,20}[^<>]{0,80}\bvalue=[\"'](?P<value>[^\"'<>]{1,2000})[\"'][^<>]{0,80}\b(?:name|key|id|type)=[\"'](?P<key>[\w.-]{2,64})[\"']",
    re.IGNORECASE,
)
# A field of a form that says itself what people type into it, whatever its name.
_PASSWORD_FIELD = re.compile(
    r"<input(?=\s[^<>]{0,200}\btype=[\"']?password\b)\s[^<>]{0,200}?\bvalue=[\"']?(?P<value>[^\"'<>\s]{3,400})",
    re.IGNORECASE,
)


def elements(text: str, judge: Judge) -> Iterator[Found]:
    """Find the values of elements, attributes and cells that bear a secret's name."""
    if "<" not in text:
        return
    yield from (
        Found(*field.span("value"), "password")
        for field in _PASSWORD_FIELD.finditer(text)
        if not is_harmless(field["value"])
    )
    for match in chain(
        *(pattern.finditer(text) for pattern in (_ELEMENT, _HELD, _CDATA, _PROPERTY, _NEIGHBOURS, _VALUE_FIRST))
    ):
        promise = judge(match["key"])
        secret = match["value"].strip()
        if (
            promise.strength >= Strength.LIKELY
            and not is_harmless(secret)
            and (promise.strength is Strength.SURE or is_opaque(secret))
        ):
            yield Found(*match.span("value"), promise.kind)
