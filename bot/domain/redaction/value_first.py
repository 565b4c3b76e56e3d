"""Secrets that stand before their name: a manifest in alphabetical order, `SET v=… WHERE k=…`, an option that was refused."""

import re
from collections.abc import Iterator

from bot.domain.redaction.key_names import Judge, Strength
from bot.domain.redaction.looks import is_harmless, is_opaque
from bot.domain.redaction.rules import Found
from bot.domain.redaction.source_code import is_code

_VALUE, _KEY = (rf"\\{{0,3}}[\"'](?P<{name}>[^\"'\n\\]{{3,2000}})\\{{0,3}}[\"']" for name in ("value", "key"))
_FORMS = (
    # `- value: …` and below it `name: DB_PASSWORD`; `"value": "…", "name": "DB_PASSWORD"`.
    re.compile(
        r"\bvalue(?:\\{0,3}[\"'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\{0,3}[\"'])?(?P<value>[^\s\"',\\]{3,300}+)(?:\\{0,3}[\"'])?"
        r"[ \t]{0,4}(?:,[ \t]{0,4}|,?[ \t]{0,4}\r?\n[ \t]{1,60})"
        r"(?:\\{0,3}[\"'])?(?:name|key)(?:\\{0,3}[\"'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\{0,3}[\"'])?(?P<key>[\w.-]{2,64})"
    ),
    re.compile(
        rf"\bset\s{{1,4}}[\w.\"`]{{1,60}}\s{{0,4}}=\s{{0,4}}{_VALUE}[^;\n]{{0,200}}?\bwhere\b[^;\n=]{{1,80}}=\s{{0,4}}{_KEY}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:value|argument)[ :]{{1,3}}{_VALUE} (?:for|of|to) [\"'`]?--?(?P<key>[A-Za-z][\w-]{{1,60}})"),
)


def values_first(text: str, judge: Judge) -> Iterator[Found]:
    """Find such values."""
    for form in _FORMS:
        for match in form.finditer(text):
            promise = judge(match["key"])
            secret = match["value"]
            sure = promise.strength is Strength.SURE and not is_code(secret)
            if promise.strength >= Strength.LIKELY and not is_harmless(secret) and (sure or is_opaque(secret)):
                yield Found(*match.span("value"), promise.kind)
