"""Texts as rules read them: without characters nobody sees, with escapes undone, and the way back to what was written.

A secret is the same secret when zero-width characters, colour codes, full-width letters, blanks between its letters, or one or
more layers of escaping stand between it and its plain form. Rules therefore read two views of a text: `plain`, which differs
from the text in single characters only, and `decoded`, in which escapes are undone. Findings are carried back by offsets.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote_to_bytes

from bot.domain.redaction.looks import has_drawn_part
from bot.domain.redaction.public_keys import BLOB, NAME, is_public_key
from bot.domain.redaction.references import PLAIN, PLAIN_HINTS

FILLER = "\x01"
"""Stands, once for each character, where the text has a mark of an earlier masking. No rule takes it for a secret."""

# What Aionis puts in place of personal data; inside of a token it stands for characters of that token.
_AIONIS_MASK = re.compile(r"\[[A-Z][A-Z_]{1,20}#[0-9a-f]{8}\]")
# What is public by its form, whatever it looks like: no rule looks into it.
_PUBLIC = re.compile(
    r"\barn:(?:aws|aws-cn|aws-us-gov):[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:\d{0,12}:[^\s\"'<>,\\]{1,300}"
    r"|\baionis://[\w./-]{1,300}|\bsha(?:1|256|384|512)-[A-Za-z0-9+/_-]{27,90}={0,2}|\b(?:h1|go\.mod h1):[A-Za-z0-9+/]{43}="
    r"|\bhttps://(?:(?:docs|drive|sheets|slides)\.google\.com/(?:[a-z]{1,20}/){1,3}d|drive\.google\.com/drive/folders|www\.figma\.com/[a-z]{1,12}|lh[0-9]\.googleusercontent\.com/a)/[\w./-]{1,300}"
    r"|(?<=;)\s{0,4}bh?=(?:[A-Za-z0-9+/]{20,100}={0,2}(?:[ \t]{0,2}\r?\n[ \t]{1,8})?){1,12}={0,2}"  # signatures of mail
    r"|\bW/\"[^\"\s]{1,200}\"|<[@#!][A-Z0-9]{6,14}(?:\|[^<>\n]{0,80})?>"
    r"|\bSHA256:[A-Za-z0-9+/]{43}=?"
    r"|-----BEGIN (?:CERTIFICATE|(?:RSA |EC )?PUBLIC KEY|PGP SIGNATURE|PGP PUBLIC KEY BLOCK|CERTIFICATE REQUEST|X509 CRL|SSH SIGNATURE|PKCS7|CMS)-----(?:[^-]|-(?!----)){0,20000}"
)
_PUBLIC_HINTS = (
    "google.com/",
    "figma.com/",
    "googleusercontent.com/",
    "arn:aws",
    "aionis://",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "h1:",
    "SHA256:",
    "; b",
    ";b",
    'W/"',
    "<@",
    "<#",
    "-----BEGIN",
)
_REFERENCE = re.compile(PLAIN)
_QUOTES = {ord(char): '"' for char in "“”„‟«»「」『』〝〞"} | {ord(char): "'" for char in "‘’‚‛‹›＇"}
_SIGNS = {ord(char): "=" for char in "→⇒⟶➔➜⟹＝"} | {ord(char): " " for char in "\u3000\u00a0\u2002\u2003\u2009\u202f"}
# Terminals' colour codes and what nobody sees; escapes of programs, up to nine or fifteen times over; of URLs, also of their own
# percent signs; of HTML.
_ESCAPES = re.compile(
    r"(?P<unseen>\x1b\[[0-9;?]{0,32}[@-~]|\x1b\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)"
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
    "|[\U000e0000-\U000e01ef])"
    r"|\\{1,9}(?P<code>(?:u001[bB]|x1[bB]|033)\[[0-9;?]{0,32}[mKJH]|u\{[0-9a-fA-F]{1,5}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"
    r"|(?P<percent>(?!%[A-Z_]{3,60}%(?![0-9A-F]{2}))(?:%(?:25){0,3}[0-9A-Fa-f]{2}){1,400})"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|quot|apos|amp|lt|gt|nbsp|equals|colon|num);)"
    r"|\\{1,15}(?P<escaped>[nrtfv\"'`/\\$&=: ])"
)
# `s k - l i v e …`: at least ten characters with blanks between them.
_SPACED = re.compile(r"(?<![^\s\"'=:])[!-~](?:[ \t][!-~](?![!-~])){9,2000}")
_NEED_DECODING = re.compile(r"[\\%&\x1b]")
_LETTERS = {"n": "\n", "r": "\n", "t": "\t", "f": " ", "v": " "}
_ESCAPE = 0x1B


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a text, made of pieces that are copied from it or stand for something else in it.

    Piece by piece: where it begins here, where it begins in what it was made from, and where it ends there. `source` is the
    view from which this one was made, none where that is the text itself.
    """

    text: str
    here: tuple[int, ...] = (0,)
    there: tuple[int, ...] = (0,)
    until: tuple[int, ...] = (0,)
    source: "View | None" = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text stands what this view has at `start` to `end`."""
        first, last = bisect_right(self.here, start) - 1, bisect_right(self.here, end - 1) - 1
        begins = self.there[first] + (start - self.here[first] if self._is_copied(first) else 0)
        ends = self.there[last] + end - self.here[last] if self._is_copied(last) else self.until[last]
        return self.source.span(begins, ends) if self.source else (begins, ends)

    def _is_copied(self, piece: int) -> bool:
        following = self.here[piece + 1] if piece + 1 < len(self.here) else len(self.text)
        return following - self.here[piece] == self.until[piece] - self.there[piece]


class _Plain(dict[int, str]):
    """Characters that look like an ASCII character, by what they look like, worked out when one is met."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code))
        plain = folded if len(folded) == 1 and folded.isascii() and folded.isprintable() else chr(code)
        self[code] = plain
        return plain


_PLAIN = _Plain(_QUOTES | _SIGNS)


def plain_view(text: str, marks: list[tuple[int, int]]) -> str:
    """Return a text of the same length in which every character is what it looks like, and marks are filled up."""
    shown = text if text.isascii() else text.translate(_PLAIN)
    if marks:
        shown = _filled(shown, marks)
    if any(hint in shown for hint in _PUBLIC_HINTS):
        shown = _PUBLIC.sub(_filler, shown)
    if any(hint in shown for hint in PLAIN_HINTS):
        shown = _REFERENCE.sub(_reference, shown)
    if "AAAA" in shown:
        shown = BLOB.sub(_public_key, shown)
    if "@openssh.com" in shown:
        shown = NAME.sub(_filler, shown)
    return _AIONIS_MASK.sub(_inside_a_token, shown) if "#" in shown and "[" in shown else shown


def _filler(match: re.Match[str]) -> str:
    return FILLER * len(match[0])


def _reference(match: re.Match[str]) -> str:
    return _filler(match) if match[0].startswith("ENC[") or not has_drawn_part(match[0]) else match[0]


def _public_key(match: re.Match[str]) -> str:
    return _filler(match) if is_public_key(match[0]) else match[0]


def _filled(text: str, marks: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in marks:
        pieces += (text[at:start], FILLER * (end - start))
        at = end
    return "".join([*pieces, text[at:]])


def _inside_a_token(match: re.Match[str]) -> str:
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    # Between letters it stands for a part of the token, and a rule must see one run; alone it is only what Aionis masked.
    inside = any(char.isascii() and (char.isalnum() or char in "-_.") for char in (before, after) if char)
    return "0" * len(match[0]) if inside else match[0]


def decoded_view(text: str) -> View | None:
    """Return the view of a plain text in which escapes are undone, or None where there are none."""
    joined = replaced(text, _SPACED, _without_blanks) if _SPACED.search(text) else None
    body = joined.text if joined else text
    if body.isascii() and not _NEED_DECODING.search(body):
        return joined
    return replaced(body, _ESCAPES, _decoded, joined) or joined


def replaced(
    text: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], source: View | None = None
) -> View | None:
    """Return the view with every match replaced, or None where there is no match."""
    pieces: list[str] = []
    here: list[int] = []
    there: list[int] = []
    until: list[int] = []
    at = length = 0
    for match in pattern.finditer(text):
        put = replace(match)
        here += (length, length + match.start() - at)
        there += (at, match.start())
        until += (match.start(), match.end())
        pieces += (text[at : match.start()], put)
        length += match.start() - at + len(put)
        at = match.end()
    if not pieces:
        return None
    here.append(length)
    there.append(at)
    until.append(len(text))
    return View("".join([*pieces, text[at:]]), tuple(here), tuple(there), tuple(until), source)


def _without_blanks(match: re.Match[str]) -> str:
    return "".join(match[0].split())


def _decoded(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "unseen":
            return ""
        case "escaped":
            return _LETTERS.get(match["escaped"], match["escaped"])
        case "percent":
            return _percent(match["percent"])
        case "entity":
            return unescape(match["entity"])
        case _:
            return _code_point(match["code"])


def _percent(escapes: str) -> str:
    """Undo percent signs that were escaped themselves, then all of them; what is no UTF-8 is read byte by byte."""
    escapes = escapes.replace("%25", "%") if "%25" in escapes and len(escapes) > len("%25") else escapes
    raw = unquote_to_bytes(escapes)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _code_point(code: str) -> str:
    if code.endswith(("m", "K", "J", "H")) and "[" in code:
        return ""
    point = int(code.lstrip("ux{").rstrip("}"), 16)
    return "" if point == _ESCAPE or unicodedata.category(chr(point)) == "Cf" else chr(point)
