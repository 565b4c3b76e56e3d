"""Where a value ends: in quotes, in brackets, in a block below its name, or bare, as everybody writes it differently."""

import re
from typing import NamedTuple

from bot.domain.redaction.view import FILLER


class Value(NamedTuple):
    """A value in a text: where it stands, and how it is written (`quoted`, `list`, `block`, `bare`)."""

    start: int
    end: int
    form: str


_ONE_TOKEN = re.compile(r"[^\s\"']{1,4000}[\"']{3}")
_TRIPLE = ('"""', "'''")
LONGEST_BARE = 4_000
# What programs print around a string: `Some("…")`, `SecretStr('…')`, `b'…'`.
_WRAPPER = re.compile(
    r"(?:(?:(?:new[ \t]{1,2})?(?:(?:std::)?[Ss]tring|String::from|QString|Optional\.of(?:Nullable)?|Buffer\.from|\[\]byte|Box::new|Cow::Borrowed|Some\(String::from)|Some|Just|Optional|Secret|SecretStr|String|Ok|new|of|Sensitive|sensitive|str|repr|quote|b64|base64)?[ \t]{0,2}[(\[{]{1,2}[ \t]{0,4}|&|[bfruBFRU@$]{1,2})(?=[\"'`])"
)
# As OpenTelemetry's collector prints a string: `api_key: Str(…)`.
_PRINTED = re.compile(r"(?:Str|Bytes|String)\((?P<value>[^\s()\"'`]{3,4000})\)")
_QUOTED = {
    '"': re.compile(r"(?:[^\"\\\n]|\\[^\n]|\n(?![\s,;}\])]))*+"),
    "'": re.compile(r"(?:[^'\\\n]|\\[^\n])*+"),
    "`": re.compile(r"[^`\n]*+"),
}
_BRACKETS = {"[": re.compile(r"\[([^\[\]]{1,2000})\]"), "{": re.compile(r"\{([^{}]{1,2000})\}")}
_OPENINGS = frozenset("\"'`[{|>")
# A block of YAML: the indented lines below `key: |`.
_BLOCK = re.compile(r"[|>][+-]?[0-9]?[ \t]*\n(?P<body>(?:[ \t]+[^\n]*(?:\n|\Z))+)")
_BARE = re.compile(rf"[^\s\"'`<>{FILLER}]{{1,{LONGEST_BARE}}}")
_LINE = re.compile(rf"[^\s{FILLER}]{{1,{LONGEST_BARE}}}")
# Where a bare value may end: before the next `key=` or `"key"`, at signs at its very end, at an escaped line end, at a bracket that
# closes what it stands in.
_STOP = re.compile(
    r"[,;&|)\]}](?=[\w.%:$@ -]{1,40}[=:]|[\w-]{1,40}[\"'])|[,;.!?:)\]}|]{1,12}\Z|\\[nrt]|,(?=[\[{(])|[)\]}](?=[,;:.]?\Z|[,;]\w|[.]\w{1,20}\(|\)|=>|:)"
)
# What is filled in later; it may hold blanks.
_TEMPLATE = re.compile(
    r"<[^<>\n]{0,80}>|<%[^%\n]{0,80}%>|\$?\{\{[^{}\n]{0,80}\}\}|[$#%]\{[^{}\n]{0,80}\}|\{[A-Za-z_][\w.]{0,60}(?:![rsa])?\}|\$\([^()\n]{0,80}\)|\(\([\w./-]{1,80}\)\)|\[[A-Z][A-Z #_-]{2,40}\]"
)
_KEY_FOLLOWS = re.compile(r"[\"'`]\s{0,4}(?::|=>)")
_AFTER_QUOTE = re.compile(r"\w")


_TAG = re.compile(r"(?:!!(?:str|binary|int)|&[A-Za-z][\w-]{0,40})[ \t]{1,4}(?=\S)")


def value_at(text: str, at: int, *, line: bool = False) -> Value | None:
    """Return the value that begins at a place; `line` tells that it has the rest of its line for itself."""
    tag = _TAG.match(text, at)
    at = tag.end() if tag else at
    wrapper = _WRAPPER.match(text, at)
    at = wrapper.end() if wrapper else at
    if whole := _TEMPLATE.match(text, at):
        return Value(*whole.span(), "bare")
    if printed := _PRINTED.match(text, at):
        return Value(*printed.span("value"), "bare")
    value = _delimited(text, at) if text[at : at + 1] in _OPENINGS else None
    if value:
        return None if wrapper and value.form == "quoted" and _KEY_FOLLOWS.match(text, value.end) else value
    return None if text[at : at + 1] in _QUOTED else _bare(text, at, line=line)


def _delimited(text: str, at: int) -> Value | None:
    """Read what stands in quotes, in brackets, or in the block below."""
    opening = text[at]
    if text.startswith(_TRIPLE, at):
        if not _ONE_TOKEN.match(text, at + 3):
            return None  # several words: what documents something
        at += 2
    if opening in _QUOTED:
        return _quoted(text, at + 1, opening)
    if opening in _BRACKETS and (inside := _BRACKETS[opening].match(text, at)):
        return Value(*inside.span(1), "list")
    if opening in "|>" and (block := _BLOCK.match(text, at)):
        return Value(*block.span("body"), "block")
    return None


def _quoted(text: str, at: int, quote: str) -> Value | None:
    """Read up to the quote that closes: one that a letter follows is part of the value, as layers of escapes were undone."""
    start = at
    while match := _QUOTED[quote].match(text, at):
        at = match.end()
        if text[at : at + 1] != quote or not _AFTER_QUOTE.match(text, at + 1):
            break
        at += 1
    return Value(start, at, "quoted") if at > start else None


def _bare(text: str, at: int, *, line: bool) -> Value | None:
    match = (_LINE if line else _BARE).match(text, at)
    if not match:
        return None
    # On a line of its own, signs belong to it (`PASSWORD=a)b{c`); among others they may end it.
    end = at + len(match[0].rstrip(",;")) if line else at + _bare_length(match[0])
    return Value(at, end, "bare") if end > at else None


def _bare_length(run: str) -> int:
    """Return how much of a run without blanks is the value: brackets and signs inside belong to it, `,next=` does not."""
    open_brackets = 0
    for stop in _STOP.finditer(run):
        if stop.start() == 0:
            continue
        if stop[0][0] in ")]}":
            before = run[: stop.start()]
            open_brackets = sum(before.count(char) for char in "([{") - sum(before.count(char) for char in ")]}")
            if open_brackets > 0 and stop.end() < len(run):
                continue
        return stop.start()
    return len(run)
