"""Private keys, known by the lines around them: PEM, OpenSSH, PGP and PuTTY, however their lines are broken or decorated."""

import re
from collections.abc import Iterator

from bot.domain.redaction.rules import Found, Rule

KIND = "private key"

_BORDER = re.compile(
    r"-{4,5} ?(?P<which>BEGIN|END) (?P<label>[A-Z0-9 ]{0,40}?(?:PRIVATE KEY|ENCRYPTED KEY)(?: BLOCK)?) ?-{4,5}"
)
# Between two pieces of a key: line ends, numbers and signs that editors, diffs, quotes and programs put before and after lines.
_BETWEEN = r"(?:[\s\"'`+>|,;()\[\]#*.\x01-]|\\[nrt]|//|\d{1,6}[\t:|]|\b[bru](?=\"))*+"
_HEADER = r"(?:[A-Z][A-Za-z-]{2,24}: [^\n\\]{0,200})"
_BODY = re.compile(
    rf"(?:{_BETWEEN}(?:{_HEADER}|[A-Za-z0-9+/=]{{16,20000}}|=[A-Za-z0-9+/]{{4}}(?![A-Za-z0-9+/])))*+(?:{_BETWEEN}[A-Za-z0-9+/]{{1,80}}={{1,2}})?"
)
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{16}")
_PUTTY = re.compile(r"PuTTY-User-Key-File-\d:")
_PUTTY_END = re.compile(r"Private-MAC:[^\n\\]{0,200}")


def frame_rules() -> tuple[Rule, ...]:
    """Return the rules, whose finds are masked with the lines around them."""
    return (
        Rule(
            frozenset({KIND}),
            _pem,
            ("private key-", "encrypted key-", "private key block-", "private key -", "block -"),
        ),
        Rule(frozenset({KIND}), _putty, ("putty-user-key-file",)),
    )


def _pem(text: str) -> Iterator[Found]:
    """Find keys from their first line to their last, or to where what follows looks like a key no more; a mention is none."""
    borders = list(_BORDER.finditer(text))
    for number, begin in enumerate(borders):
        if begin["which"] != "BEGIN":
            continue
        following = borders[number + 1] if number + 1 < len(borders) else None
        body = _BODY.match(text, begin.end())
        end = body.end() if body else begin.end()
        if following and following["which"] == "END" and _is_key(text, begin.end(), following.start()):
            yield Found(begin.start(), following.end(), KIND)
        elif _KEY_LINE.search(text, begin.end(), end):
            yield Found(begin.start(), end, KIND)


def _is_key(text: str, start: int, end: int) -> bool:
    return _KEY_LINE.search(text, start, end) is not None


def _putty(text: str) -> Iterator[Found]:
    at = 0
    while begin := _PUTTY.search(text, at):
        end = _PUTTY_END.search(text, begin.end())
        at = end.end() if end else len(text)  # cut off: what is there of the key is masked to the end
        yield Found(begin.start(), at, KIND)
