"""The rule of last resort: a long token that nothing names, and that looks drawn at random."""

import re
from collections.abc import Iterator

from bot.domain.redaction.key_names import is_innocent
from bot.domain.redaction.looks import UUID, is_address, is_path, is_record_id, looks_random
from bot.domain.redaction.rules import Found, Rule

LEAST = 32
_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,4000}={0,2}")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
# What says, right before a run, that it is no secret: `etag: …`, `commit …`, `sha256:…`, `data:…;base64,…`.
_NAME_BEFORE = re.compile(r"([A-Za-z][\w.-]{0,40})\\?[\"']?\s?[:=]\s?\\?[\"']?$")
# Of a public key as JSON.
_COORDINATE = re.compile(r"(?<![A-Za-z0-9])(?:[xyn]|kid|x5t)\\{0,3}[\"']?\s?[:=]\s?\\{0,3}[\"']?$")
_MAIL = re.compile(r"@[\w-]{1,60}\.[\w.-]{1,200}>")  # a `Message-ID`
_KIND_BEFORE = re.compile(
    r"(?i:(?<![\w-])(?:address|peer|pubkey|public[- ]?key|fingerprint|thumbprint|checksum|guid|file|folder|document|doc|video|message|thread|ids?|run|request|order|trace|span|invoice|cluster|object|cursor|hash|digest|commit|etag)(?:s|es)?:? (?:[a-z0-9]{1,12}:)?)$"
)
_HASH_BEFORE = re.compile(r"(?i:(?:sha-?\d{1,3}|md5)[:=][\"']?:?|base64,)$")
_HASH = re.compile(r"(?i:sha-?\d{1,3}|md5)[-_=]")
# Names as compilers mangle them, ids of Twilio's, what browsers put between the parts of a form.
_NAMED_SO = re.compile(r"_{1,2}Z[A-Z]{0,4}\d|[A-Z]{2}[0-9a-f]{32}\Z|-{0,4}WebKitFormBoundary")
_PUBLIC_BLOCK = re.compile(
    r"-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PGP SIGNATURE|PGP PUBLIC KEY BLOCK|CERTIFICATE REQUEST)"
    r"-----[\s\S]*?(?:-----END|\Z)"
)


# Two drawn at random, or an id and its secret, in one: `….…`, `…:…`.
_JOINED = re.compile(r"(?<![\w.:/@-])[A-Za-z0-9_-]{20,80}(?:[.:|~][A-Za-z0-9_-]{20,200}){1,3}(?![\w/:.])")
_JOINS = re.compile(r"[.:|~]")
_LEAST_JOINED = 20


_LINE_OF_DATA = 74
# As keys begin in base64: OpenSSH's, and private ones of RSA, elliptic curves and Edwards' curve without their frame.
_A_KEY = re.compile(
    r"AAAA|b3BlbnNzaC1rZXktdjE|MII[A-Za-z0-9+/]{3}IB(?:AD|AA|AQ)|MI[GH][A-Za-z0-9+/](?:AgEA|AgEB)|M[A-Za-z0-9+/]{2}CAQ[AE]"
)
_DRAWING = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9.-]{20,}")


def has_mixed_run(text: str) -> bool:
    """Tell whether a text has a run of 20 token characters with upper and lower case. UUIDs and hashes have none."""
    return any(run != run.lower() and run != run.upper() for run in _LONG_RUN.findall(text))


def randomness_rule() -> Rule:
    """Return the rule, which is not tried under a name such as `hash` or `cursor` (`by_look`)."""
    return Rule(frozenset({"secret"}), _random_runs, by_look=True)


def _random_runs(text: str) -> Iterator[Found]:
    public = [match.span() for match in _PUBLIC_BLOCK.finditer(text)] if "-----BEGIN" in text else []
    yield from _joined(text)
    jwk = "kty" in text
    for match in _RUN.finditer(text):
        if jwk and _COORDINATE.search(text[: match.start()][-12:]):
            continue
        if _MAIL.match(text, match.end()):
            continue
        if not any(start <= match.start() < end for start, end in public) and not is_explained(
            text[: match.start()][-60:]
        ):
            yield from _random_parts(match)


def _joined(text: str) -> Iterator[Found]:
    for match in _JOINED.finditer(text):
        drawn = [
            _is_mixed(part) and looks_random(part, _LEAST_JOINED) and not is_record_id(part)
            for part in _JOINS.split(match[0])
        ]
        whole = all(one or UUID.fullmatch(part) for one, part in zip(drawn, _JOINS.split(match[0]), strict=True))
        if any(drawn) and whole and not is_explained(text[: match.start()][-60:]):
            yield Found(*match.span(), "secret")


def is_explained(before: str) -> bool:
    """Tell whether what stands right before a token says that it is no secret: `etag: …`, `commit …`."""
    name = _NAME_BEFORE.search(before)
    return bool(name and is_innocent(name[1])) or bool(_HASH_BEFORE.search(before) or _KIND_BEFORE.search(before))


def _random_parts(match: re.Match[str]) -> Iterator[Found]:
    token = match[0].lstrip("/+-")
    if _HASH.match(token) or _NAMED_SO.match(token):
        return
    start = match.end() - len(token)
    # A slash is a letter of base64, too: only where words stand between slashes do they divide.
    parts = re.finditer(r"[^/]+" if is_path(token) and not _A_KEY.match(token) else r".+", token)
    for part in parts:
        if (
            _is_mixed(part[0])
            and not _is_data(part[0])
            and not _NAMED_SO.match(part[0])
            and looks_random(part[0], LEAST)
            and not is_record_id(part[0])
            and not is_address(part[0])
        ):
            yield Found(start + part.start(), start + part.end(), "secret")


def _is_data(token: str) -> bool:
    """Tell a line or a body of base64, and the path of a picture, from a token: tokens are shorter, or write `-` and `_`."""
    data = len(token) >= _LINE_OF_DATA and ("+" in token or "/" in token) and not _A_KEY.match(token)
    return data or _DRAWING.fullmatch(token) is not None


def _is_mixed(token: str) -> bool:
    return token != token.lower() and token != token.upper()
