"""What the name of a key, variable, header, option, column or element says about its value: judged by the name's parts."""

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from bot.domain.redaction.tree import beginnings
from bot.domain.redaction.vocabulary import (
    ABOUT,
    ASKING,
    FIRM_NOUNS,
    INNOCENT,
    LIKELY_NOUNS,
    LOGINS,
    MODIFIERS,
    OTHER_KEYS,
    OTHER_TOKENS,
    PROGRAMS,
    REFERRING,
    REFUSED,
    SURE_NOUNS,
    VENDORS,
    WEAK_NOUNS,
)
from bot.domain.text.word_list import words

KINDS = frozenset({"password", "token", "key", "cookie", "credential", "secret"})
"""Kinds that names promise."""

LONGEST = 128
"""Characters at the end of a name that are looked at."""


class Strength(IntEnum):
    """How sure a name makes that its value is a secret."""

    NONE = 0  # says nothing, or that it is none
    WEAK = 1  # a secret if it looks drawn at random (`key`, `session_id`)
    LIKELY = 2  # a secret if it looks like one at all (`ACME_KEY`, `tokens`)
    FIRM = 3  # in a JSON value any word but a setting's (`auth`, `pass`), elsewhere as LIKELY
    SURE = 4  # a secret whatever it looks like, unless it says that there is none


class Promise(NamedTuple):
    """What a name promises: how sure, and which kind."""

    strength: Strength
    kind: str


Judge = Callable[[str], Promise]
"""From a name to what it promises."""

NOTHING = Promise(Strength.NONE, "")

_WORDS = re.compile(
    r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|(?:[^\W\dA-Za-z_]|[\u0300-\u036f\u064b-\u0670\u0900-\u0dff\u0e31-\u0e4e\u200c])+"
)


_LABEL = re.compile(r"[A-Z][a-zà-ÿ]{2,20}|[A-Z][A-Za-z]{0,20}(?:[- ][A-Za-z]{1,20}){1,3}")


_SLUG = re.compile(r"[a-z][a-z0-9]{1,19}(?:[-_:][a-z]{2,20}){1,5}")
_CONSTANT = re.compile(r"[A-Z]{2,20}(?:_[A-Z0-9]{2,20}){1,6}")


class _Base(dict[int, str]):
    """Letters without their accents, which people leave out of names as often as not, worked out when one is met."""

    def __missing__(self, code: int) -> str:
        parts = [char for char in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(char)]
        self[code] = parts[0] if len(parts) == 1 else chr(code)
        return self[code]


_BASE = _Base({ord(char): plain for char, plain in zip("łŁøØđĐıħ", "lLoOdDih", strict=True)})


def without_accents(text: str) -> str:
    """Return a text of the same length without accents."""
    return text if text.isascii() else text.translate(_BASE)


def _named(strength: Strength, kinds: dict[str, str]) -> dict[tuple[str, ...], Promise]:
    return {
        tuple(without_accents(name.lower()).replace("_", " ").split()): Promise(strength, kind)
        for kind, names in kinds.items()
        for name in names.split(",")
    }


NOUNS = (
    _named(Strength.WEAK, WEAK_NOUNS)
    | _named(Strength.LIKELY, LIKELY_NOUNS)
    | _named(Strength.FIRM, FIRM_NOUNS)
    | _named(Strength.SURE, SURE_NOUNS)
)
_FRAGMENTS: Final = (
    "pass", "pw", "secret", "token", "key", "auth", "cookie", "cred", "jwt", "bearer", "csrf", "xsrf", "sess", "pat", "dsn", "login",
    "sid", "sig", "otp", "cvv", "cvc", "mnemonic", "phrase", "psk", "conn", "wort", "code", "nonce", "hmac", "ticket", "pin", "seed", "salt", "pepper", "access",
    "verifier", "senha", "contrase", "clave", "chave", "cle", "chiave", "mdp", "haslo", "parol", "woord", "sifre", "heslo", "kenn",
    "schluss", "schluess", "losen", "adgang", "salas", "jelsz", "lozink", "gesl", "segret", "jeton", "geheim", "zugang", "ident", "codigo",
    "klucz", "anahtar", "sandi", "khau", "2fa", "mfa", "challenge", "unseal", "парол", "ключ", "токен", "секрет", "код", "密", "鍵", "鑰", "暗",
    "キー", "키", "ক", "रह", "รหัส", "认", "験", "验",
)  # fmt: skip


def _hints() -> tuple[str, ...]:
    """Return lower-case parts without accents of which one is in every noun of the vocabulary."""
    fragments = tuple(map(without_accents, _FRAGMENTS))
    beyond = (max(noun, key=len) for noun in NOUNS if not any(hint in word for hint in fragments for word in noun))
    return tuple(dict.fromkeys((*fragments, *beyond)))


HINTS: Final = _hints()
"""Parts of texts, in lower case and without accents, without which there is no name in them that promises a secret."""


_HINTED = re.compile(beginnings(HINTS))
_LONGEST_NOUN = max(map(len, NOUNS))
_ENDINGS = {
    "password": "password", "passwd": "password", "pw": "password", "passphrase": "password", "passwort": "password", "kennwort": "password",
    "secret": "secret", "token": "token", "apikey": "key", "secretkey": "key", "accesskey": "key", "privatekey": "key",
    "cookie": "cookie", "credential": "credential", "authtoken": "token", "passcode": "password",
}  # fmt: skip
_ALL_ENDINGS = tuple(_ENDINGS)
# Scripts in which no blank need stand between words.
IDEOGRAPHS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u1100-\u11ff]")
_UNSPACED = sorted(
    (noun[0] for noun in NOUNS if len(noun) == 1 and len(noun[0]) > 1 and IDEOGRAPHS.search(noun[0])),
    key=len,
    reverse=True,
)
_DIGITS_ARE_SECRET = words(
    """
    otp totp cvv cvc pin code password passcode psk passwd pwd secret token
    """
)


@lru_cache(maxsize=8192)
def words_of(key: str) -> tuple[str, ...]:
    """Return the lower-case words, without accents, that a name is made of."""
    return tuple(word.lower() for word in _WORDS.findall(without_accents(key)))


@lru_cache(maxsize=8192)
def judge(key: str) -> Promise:
    """Tell what a name (in snake, kebab, camel or joined case, of many languages) promises about its value."""
    # From its end: what a name is stands last (`token_expiry` is a time, `expiry_token` a token).
    name = key[-LONGEST:]
    if not _HINTED.search(without_accents(name.lower())):
        return NOTHING
    words = words_of(name)
    noun = _last_noun(words)
    if noun is None:
        return NOTHING
    start, end, promise = noun
    before, after = words[:start], words[end:]
    if not ABOUT.isdisjoint(after) or (end - start == 1 and _is_another(words[start], before)):
        return NOTHING
    if before and (before[-1] in REFERRING or (before[0] in ASKING and len(before) == 1)):
        # An error that is named for what was refused (`InvalidApiKey: …`) often tells it.
        refused = before[0] in REFUSED and promise.strength is Strength.SURE
        return Promise(Strength.LIKELY, promise.kind) if refused else NOTHING
    return _weakened(promise, before, after)


def _last_noun(words: tuple[str, ...]) -> tuple[int, int, Promise] | None:
    """Return the last secret noun: where it begins and ends among the words, and what it promises."""
    for end in range(len(words), 0, -1):
        for size in range(min(_LONGEST_NOUN, end), 0, -1):
            if promise := NOUNS.get(words[end - size : end]):
                return end - size, end, promise
        if promise := _joined(words[end - 1]):
            return end - 1, end, promise
    return None


def _joined(word: str) -> Promise | None:
    """Return what a word promises that ends in a noun: `dbpassword`, `数据库密码`."""
    if word in PROGRAMS:
        return None
    for ending, kind in _ENDINGS.items() if word.endswith(_ALL_ENDINGS) else ():
        if word.endswith(ending) and word.removesuffix(ending) not in OTHER_TOKENS:
            return Promise(Strength.SURE, kind)
    if word.isascii():
        return None
    return next((NOUNS[noun,] for noun in _UNSPACED if word.endswith(noun)), None)


def _is_another(noun: str, before: tuple[str, ...]) -> bool:
    """Tell `page token` and `primary key` from secrets."""
    if not before:
        return False
    return (noun in {"token", "tokens"} and (before[-1] in OTHER_TOKENS or before[-2:] == ("public", "key"))) or (
        noun in {"key", "keys"} and before[-1] in OTHER_KEYS
    )


def _weakened(promise: Promise, before: tuple[str, ...], after: tuple[str, ...]) -> Promise:
    strength, kind = promise
    if kind == "key" and strength is Strength.WEAK and before:
        strength = Strength.SURE if before[-1] in VENDORS else Strength.LIKELY
    if (
        strength is Strength.FIRM
        and before
        and (before[-1] in VENDORS or (kind == "password" and before[-1] in LOGINS))
    ):
        strength = Strength.SURE
    # `PASSWORD_FOR_ORDERS` is one, whatever it is for.
    if after[:1] != ("for",) and any(word not in MODIFIERS and not word.isdigit() for word in after):
        strength = min(strength, Strength.LIKELY)
    return Promise(strength, kind)


@lru_cache(maxsize=8192)
def is_about(key: str) -> bool:
    """Tell whether a name is that of a fact about a secret, such as when it expires."""
    words = words_of(key[-LONGEST:])
    named = [word for word in words if not word.isdigit()]
    return bool(named) and named[-1] in ABOUT


def is_label(value: str, kind: str = "") -> bool:
    """Tell whether a value is itself the name of a secret, as people read it: `Passwort`, `X-Auth-Token`, `API key`.

    But for passwords also as programs read it, or as people name what they make up: `--secret=db-password`, `custom-key`.
    """
    if (kind != "password" and _SLUG.fullmatch(value)) or _CONSTANT.fullmatch(value):
        return judge(value).strength >= Strength.LIKELY
    return _LABEL.fullmatch(value) is not None and judge(value).strength >= Strength.FIRM


def takes_digits(key: str) -> bool:
    """Tell whether a few digits are a secret under this name, as under `otp`, and not a count, as under `pass`."""
    return not _DIGITS_ARE_SECRET.isdisjoint(words_of(key[-LONGEST:]))


@lru_cache(maxsize=8192)
def is_innocent(key: str) -> bool:
    """Tell whether a name says that something which looks random is no secret, such as a hash or a cursor."""
    words = words_of(key[-LONGEST:])
    return bool(words) and (
        not INNOCENT.isdisjoint(words) or (words[-1] == "token" and not OTHER_TOKENS.isdisjoint(words[-2:-1]))
    )
