"""Secrets in sentences: a secret's noun, in the languages that teams write in, and within a few words the first opaque token."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.domain.redaction.keys import HINTS, IDEOGRAPHS, KINDS, NOUNS, Promise, Strength, folded, judge
from bot.domain.redaction.looks import (
    is_code,
    is_harmless,
    is_named,
    is_numbered,
    is_opaque,
    is_wordy,
    looks_random,
    mixes,
)
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.tree import whole_words
from bot.domain.redaction.view import FILLER
from bot.domain.redaction.vocabulary import OTHER_KEYS, OTHER_TOKENS, words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_TOKEN = re.compile(r"\S{1,4000}")
_REACH = 8
"""Words from a noun to its secret at most."""
_LINKED_REACH = 8
_LONG_RUN = 100
_WINDOW = 400
_BACK = 200
_NEAR = 6
_LONG_WORD = 8
_LONGEST_CODE = 10
_AROUND = "\"'`()[]{}<>,;.!?*_“”|…"
_LONGEST_NOUN = max(map(len, NOUNS))
_WIDEST_NOUN = 40
_CODES = ("passcode", "pass code", "pincode", "pin")
_LAST_WORD = re.compile(
    rf"(?<![^\W_])(?:{whole_words(noun[-1] for noun in NOUNS)}|[a-z]{{2,20}}(?:passw(?:or)?d|pw|secret|token|key))(?![^\W_])"
)
# A setting of a program's, a line each: `bindpw …`, `enable secret 5 …`.
_DIRECTIVE = re.compile(
    r"[ \t]{1,8}(?:[057][ \t])?(?P<token>[^\s\"'`]{6,400}?)[;,]?(?:[ \t]{0,8}(?:\n|\Z)|[ \t]{1,8}#)"
)
_BEFORE_A_DIRECTIVE = re.compile(r"(?:\A|\n)[ \t]{0,40}(?P<words>(?:[\w-]{2,20}[ \t]){0,4})\Z")

# Words that say that what follows is the value.
_LINKS = words(
    """
    is was are to as = : -> := is: now lautet ist war auf als est etait es era e sera sono jest byl bylo ar var er
    on olan este este: это равен был стал — like using und with le la el the a new neue nouveau nueva nuovo here
    following below follows value folgt suit sigue
    na i be en in blir este noua e ειναι להיות היא הוא है adalah ialah baru moi yeni nowe nove uusi uudet ny nytt nye
    nu tot auf do verso vers 0 5 7
    """
)
# Of those, the ones that say so only right after the noun: in `authorization from the …` something else is meant.
_ARTICLES = words("the le la el a new neue nouveau nueva nuovo")
# Words after which an opaque token is a name or a number of something.
_OTHERS = words(
    """
    run request order trace span id ids commit job step row line version build user customer account port pid ticket
    issue invoice session transaction payment charge refund shipment message thread channel incident event hash
    digest sha checksum model file path host node pod container image tag branch revision record ref reference
    correlation with-id uuid page cursor
    """
)
_FACTS = _OTHERS | words(
    """
    algorithm alg hash hashing policy policies length strength type kind name names count expiry expiration attempts
    rotation version hint manager provider endpoint scope scopes format field store prefix pattern lifetime ttl
    bucket ring limit budget usage fingerprint thumbprint serial
    """
)
_SENTENCE_ENDS = (".", "!", "?")
# Too ordinary for a password, unless it is longer: `v2`, `3rd`, `step-4`, a post code.
_DATE = re.compile(r"(?:19|20)[0-9]{6}\Z")
_KEY_ID = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})")  # as GnuPG names public keys
_SIGNS_OF_A_PASSWORD = re.compile(r"[#$%^&*!@~]")
_LEAST_SIGNS = 4  # from here on a bracket inside makes no call of it
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,}")
_SMALL = re.compile(r"[A-Za-z]{1,5}-?[0-9]{1,4}|[0-9]{1,4}-?[A-Za-z]{1,12}|[A-Za-z]{2,3}[0-9]{5}")
# The secret before its noun: `… is the password`, `… as our API key`, and as a note: `… (root password)`, `…  # prod token`.
_BEFORE = re.compile(
    r"(?P<token>\S{6,200})[ \t]{1,4}(?:(?:it|this|that|which|das|es|esta|questo)[ \t]{1,4})?(?:is|as|ist|als|es|est|como|comme|come|è|é|jako)[ \t]{1,4}(?:[^\W\d]{1,12}[ \t]{1,4}){0,3}\Z"
    r"|(?P<noted>\S{6,200})[ \t]{1,4}(?:\(|#|//|--|<-|←|\[)[ \t]{0,4}(?:[^\W\d][\w'’]{0,11}[ \t]{1,4}){0,4}\Z"
)
_BORDERS = frozenset(" \t(#/-←[")  # what one of these ends in
# Scripts in which a noun may touch its secret, and the nouns of which that is told.
_TOUCHING = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u10a0-\u10ff\u0530-\u058f]")
_NO_BLANKS = sorted(
    {
        " ".join(noun)
        for noun, promise in NOUNS.items()
        if promise.strength >= Strength.LIKELY and (IDEOGRAPHS.search("".join(noun)) or _TOUCHING.search("".join(noun)))
    },
    key=len,
    reverse=True,
)
_FAR_EAST = re.compile(
    rf"(?P<noun>{'|'.join(map(re.escape, _NO_BLANKS))})(?P<between>(?:[^\x00-\x7f]|[ :=\"'\n]|->){{0,16}})(?P<token>[!-~]{{4,400}})"
)


_VALUE_OF_A_PHRASE = re.compile(r"(?P<word>[^\W\d_]{2,20})[:=](?P<value>[^\s:=/][^\s]{3,400})")
_QUALIFIERS = words(
    "api acceso accesso d'accesso acces d'acces acesso dostepu db wifi root admin base datos banco dados de da доступа базы προσβασης πρόσβασης"
)
_UNLIKE_A_WORD = re.compile(r"[0-9#!$%^&*+=~?@|\\]|[a-z][A-Z]")
_ENDS_A_VALUE = re.compile(r"[\"'`<>]")
_LINE_END = re.compile(r"[?:!*_ \t\u2500-\u257f]{0,8}\n(?P<next>[>| \t\u2500-\u257f-]{0,8})")
_UNSET = re.compile(r"(?::=?|=)[?$]")  # what a shell says or runs where a variable is not set: `${TOKEN:=$(…)}`
# `Token created successfully.`, an empty line, and a line that holds nothing else.
_ANNOUNCED = re.compile(
    r"(?:[ \t](?:has|have|was|been|is|successfully|now|for|you)){0,4}[ \t](?:created|generated|issued|ready|renewed|rotated|regenerated)"
    r"(?:[ \t][a-z]{2,14}){0,3}[.:!]?[ \t]{0,4}\n[ \t]{0,4}\n?[> \t]{0,8}(?=\S{16,400}[ \t]{0,4}(?:\n|\Z))"
)
_DRAWN = " \t#*->" + "".join(map(chr, range(0x2500, 0x2580)))  # before a label: quotes, lists, boxes
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
_KEY = re.compile(r"\w[\"']:\Z")
_FIELD = re.compile(r"\w[\"']:")
_MASKED_BY_AIONIS = re.compile(r"\[[A-Z]{2,20}#[0-9a-f]{8}\]")
_FILLED_IN = re.compile(
    r"\{[A-Za-z_][\w.]{0,40}\}|\A\{?[A-Za-z_][\w.]{0,40}![rsa]\}?\Z|\)\(|[\"']\)\.|:\w{1,20}:`|(?:\w\|\w[^|]{0,60}){3}"
)
_NEXT_FIELD = re.compile(r"[\"'`]?[,;&][\"' ]{0,2}[\w.-]{1,40}[\"']?[:=]")
_PAIR = re.compile(r"[\w.-]{1,40}=[^=]")
_JOINS = frozenset("./-_@#&?")
_JOINED_AFTER = re.compile(r"[./_@#-][\w/]")
_NAME_BEFORE = re.compile(r"(?:[^\W_]{1,30}[_-]){1,4}\Z")
_NAME_AFTER = re.compile(r"(?:[_-][^\W_]{1,30}){1,4}")
_NOTE_ENDS = re.compile(r"[)\].,;!]{0,3}(?:\s*$|\n|(?<=[)\].,;!])[ \n])")
_USER_BEFORE = re.compile(r"(?:user|username|login|email|id)[ ]?/[ ]?\Z")


class _Noun(NamedTuple):
    start: int
    end: int
    promise: Promise
    code: bool
    """Whether a few digits are what people type for it."""


def nearness_rules() -> tuple[Rule, ...]:
    """Return the rules: one for languages with blanks between words, one for those without."""
    return (Rule(KINDS, _sentences, HINTS), Rule(KINDS, _unspaced, HINTS))


def _sentences(text: str) -> Iterator[Found]:
    done = 0
    for noun in _nouns(_lowered(text), text):
        found = (_directive(text, noun) or _after(text, noun) or _before(text, noun)) if noun.start >= done else None
        if found:
            yield found
        elif (run := _TOKEN.match(text, noun.end)) and run.end() - run.start() > _LONG_RUN:
            done = run.end()  # no sentence; nouns without end in one run would each read all of it


def _lowered(text: str) -> str:
    """Return a text of the same length in lower case and without accents."""
    lowered = text.lower()
    return folded(lowered if len(lowered) == len(text) else text)


def _nouns(text: str, written: str) -> Iterator[_Noun]:
    """Yield the secret nouns of a text in lower case, the longest where they overlap; `written` is the text as it is."""
    for last in _LAST_WORD.finditer(text):
        words = _WORD.findall(text, max(0, last.start() - _WIDEST_NOUN), last.start())[-_LONGEST_NOUN:]
        for size in range(min(_LONGEST_NOUN, len(words) + 1), 0, -1):
            noun = (*words[len(words) + 1 - size :], last[0])
            if promise := NOUNS.get(noun) or (judge(written[slice(*last.span())]) if size == 1 else None):
                start = _start_of(text, noun, last.start())
                if ":" in text[start : last.start()]:
                    continue  # `gpg: key …` is no GPG key
                before = words[-size] if len(words) >= size else ""
                if not (size == 1 and _is_another(last[0], before)) and (
                    found := _whole(text, start, last.end(), promise)
                ):
                    yield found
                break


def _start_of(text: str, noun: tuple[str, ...], at: int) -> int:
    for word in reversed(noun[:-1]):
        at = text.rindex(word, 0, at)
    return at


def _is_another(noun: str, before: str) -> bool:
    """Tell `unexpected token` and `primary key` from secrets."""
    return (noun in {"token", "tokens"} and before in OTHER_TOKENS) or (
        noun in {"key", "keys"} and before in OTHER_KEYS
    )


def _whole(text: str, start: int, end: int, promise: Promise) -> _Noun | None:
    """Return a noun, or the name that it is part of (`ACME_PASSWORD`); none where that is a path, an address or about it."""
    joint = text[max(0, start - 1) : start]
    before = _NAME_BEFORE.search(text, max(0, start - 60), start) if joint in {"_", "-"} else None
    after = _NAME_AFTER.match(text, end)
    if before or after:
        start, end = before.start() if before else start, after.end() if after else end
        promise = judge(text[start:end])
    joined = text[max(0, start - 1) : start] in _JOINS and not _USER_BEFORE.search(text, max(0, start - 20), start)
    if joined or _JOINED_AFTER.match(text, end) or promise.strength is Strength.NONE:
        return None
    return _Noun(start, end, promise, code=text[start:end].endswith(_CODES))


def _directive(text: str, noun: _Noun) -> Found | None:
    """Return the value of a setting that is a line of its own."""
    line = _DIRECTIVE.match(text, noun.end)
    before = _BEFORE_A_DIRECTIVE.search(text, max(0, noun.start - 120), noun.start) if line else None
    if not line or not before or FILLER in line["token"] or line["token"][0] in "([{<&":
        return None
    token, strength = line["token"], noun.promise.strength
    if strength < Strength.LIKELY or is_harmless(token) or is_named(token) or is_code(token) or _PAIR.match(token):
        return None
    chosen = _is_password(token) and not is_numbered(token) and "/" not in token and token[-1] not in ".:)"
    sure = strength is Strength.SURE and (noun.promise.kind == "password" or not before["words"])
    if (chosen and (sure or _is_thrice_mixed(token))) or is_opaque(token, 8, hashes=False):
        return Found(*line.span("token"), noun.promise.kind)
    return None


def _after(text: str, noun: _Noun) -> Found | None:
    """Return the first token after a noun that can be its secret; `linked` while a word or sign says that it comes now."""
    answer = _answer_to(text, noun)
    linked, at = answer is not None, answer or noun.end
    words = 0
    for match in _TOKEN.finditer(text, at, at + _WINDOW):
        token = match[0]
        if FILLER in token or words > _REACH or not _goes_on(text[at : match.start()], linked):
            return None
        if token in {"=~", "!~"} or _begins_something_else(token, words) or (not words and _NEXT_FIELD.match(token)):
            return None  # `"token_type":"bearer","expires_in":3600`: the noun was a value itself
        if match[0] == "?" and not words:
            linked, at = True, match.end()  # a question, answered on its own line
            continue
        at = match.end()
        bare = token.partition("</")[0].strip(_AROUND)
        start = match.start() + (token.index(bare) if bare else 0)
        if words <= 2 and (value := _of_a_phrase(bare, noun)):
            start, bare, linked, words = start + value.start("value"), value["value"], True, 0
        if bare and (found := _judged(start, bare, noun, words, linked or (words == 0 and token[0] in "\"'`"))):
            return found
        if bare.lower().rstrip(":=") in (_FACTS if words <= 1 else _OTHERS) and not (words and linked):
            return None
        if token.rstrip("\"')]").endswith(_SENTENCE_ENDS) and (bare or not words):
            return None
        linked = _links(token, bare, linked) and (linked or not words or bare.lower() not in _ARTICLES)
        words += any(map(str.isalnum, bare)) and not (words == 0 and bare.lower().rstrip(":=") in _QUALIFIERS)
    return None


def _of_a_phrase(token: str, noun: _Noun) -> re.Match[str] | None:
    """Return the last word and the value of a noun's phrase (`токен доступа=…`), but not of another field."""
    phrase = _VALUE_OF_A_PHRASE.fullmatch(token) if noun.promise.strength is Strength.SURE else None
    qualifies = phrase and (not phrase["word"].isascii() or phrase["word"].lower() in _QUALIFIERS)
    return phrase if qualifies else None


def _begins_something_else(token: str, words: int) -> bool:
    """Tell another field, several fields in one run, and what Aionis masked already."""
    another = token[0] == "{" or (words and _KEY.search(token)) or len(_FIELD.findall(token)) > 1
    return bool(another) or _MASKED_BY_AIONIS.fullmatch(token.strip(",.;:!?")) is not None


def _answer_to(text: str, noun: _Noun) -> int | None:
    """Return where the next line begins, if a noun stands on a line of its own as its label, ends a question, or is announced."""
    if announced := _ANNOUNCED.match(text, noun.end):
        return announced.end()
    end = _LINE_END.match(text, noun.end)
    if not end:
        return None
    before = text[text.rfind("\n", 0, noun.start) + 1 : noun.start].strip(_DRAWN)
    return end.start("next") if not before or "?" in end[0] else None


def _goes_on(gap: str, linked: bool) -> bool:
    lines = gap.count("\n")
    return lines == 0 or (linked and lines <= 3)


def _links(token: str, bare: str, linked: bool) -> bool:
    if (
        token[-1] in ":="
        or token[0] in ":="
        or folded(bare.lower()) in _LINKS
        or token in {"=>", "->", "=", ":", "/", "-", "—", "–"}
    ):
        return True
    return linked and not bare


def _judged(start: int, token: str, noun: _Noun, words: int, linked: bool) -> Found | None:
    if (len(token) < 20 and not _UNLIKE_A_WORD.search(token)) or (words == 0 and _UNSET.match(token)):
        return None
    kind, token = noun.promise.kind, token.rstrip(":") or token
    if words == 0 and token[:1] in ":=" and len(token) > 1:
        inner = token.lstrip(":=").lstrip("\"'`")
        start, token, linked = start + len(token) - len(inner), _ENDS_A_VALUE.split(inner, maxsplit=1)[0], True
    head, colon, tail = token.partition(":")
    if (
        kind in {"password", "credential"}
        and colon
        and 0 < len(head) < 40
        and "//" not in token
        and not _HEXADECIMAL.fullmatch(head)
    ):
        start, token, linked = start + len(head) + 1, tail, linked or words == 0
    user, slash, tail = token.partition("/")
    if slash and words == 0 and user.isidentifier() and "/" not in tail and _is_thrice_mixed(tail):
        return Found(start + len(user) + 1, start + len(token), kind) if kind in {"password", "credential"} else None
    if (
        token.isdigit()
        and 4 <= len(token) <= _LONGEST_CODE
        and (linked or (words == 0 and len(token) <= 8))
        and (
            kind == "secret"
            or noun.code
            or (kind == "password" and len(token) >= 6 and (linked or not _DATE.match(token)) and words <= 1)
        )
        and noun.promise.strength is Strength.SURE
    ):
        return Found(start, start + len(token), kind)
    key_id = kind == "key" and not linked and _KEY_ID.fullmatch(token)
    if not key_id and not _is_something_else(token) and _is_credible(token, noun.promise, words, linked):
        return Found(start, start + len(token), kind)
    return None


def _is_something_else(token: str) -> bool:
    """Tell names, code and placeholders from what can be a secret."""
    code = is_code(token) and len(_SIGNS_OF_A_PASSWORD.findall(token)) < _LEAST_SIGNS
    return bool(is_harmless(token) or is_named(token) or code or _PAIR.match(token) or _FILLED_IN.search(token))


def _is_credible(token: str, promise: Promise, words: int, linked: bool) -> bool:
    strength, kind = promise
    if strength is Strength.WEAK:
        return (linked and words <= 2 and (looks_random(token, 16) or is_opaque(token, 20, hashes=False))) or (
            words == 0 and _PLAIN_TOKEN.fullmatch(token) is not None and is_opaque(token, hashes=False)
        )
    if strength is Strength.FIRM and words > 1:  # `pass it to MD5Init` is a sentence of its own
        return linked and kind == "credential" and words <= 3 and is_opaque(token, 12)
    if strength is Strength.LIKELY:
        return linked and words <= 3 and is_opaque(token, 12, hashes=False)
    if linked and words <= _LINKED_REACH:
        labelled = words <= 1 and strength is Strength.SURE and not is_numbered(token)
        chosen = kind in {"password", "secret", "credential"} or token.isalnum() or labelled
        long = _LONG_WORD - (kind == "password" and words <= 1)
        return is_opaque(token) or (chosen and _is_password(token, long))
    if words == 0:
        chosen = kind == "password" and (
            (token.isalnum() and (len(token) >= 8 or not is_wordy(token))) or _is_thrice_mixed(token)
        )
        return is_opaque(token, 8) or (chosen and _is_password(token))
    return words <= 4 and (is_opaque(token, 16, hashes=False) or looks_random(token, 10))


def _is_thrice_mixed(token: str) -> bool:
    """Tell whether a token has upper case, lower case and digits, as people are made to choose."""
    return len(token) >= _LONG_WORD and all(any(map(is_so, token)) for is_so in (str.isupper, str.islower, str.isdigit))


def _is_password(token: str, long: int = _LONG_WORD) -> bool:
    return (
        5 <= len(token) <= 64
        and mixes(token)
        and any(char.isdigit() for char in token)
        and not (len(token) < long and _SMALL.fullmatch(token))
    )


def _before(text: str, noun: _Noun) -> Found | None:
    """Return the token of `… is the password`, `… as the API key`."""
    if noun.promise.strength < Strength.FIRM or text[noun.start - 1 : noun.start] not in _BORDERS:
        return None
    match = _BEFORE.search(text, max(0, noun.start - _BACK), noun.start)
    group = match.lastgroup if match else None
    if not match or not group or FILLER in match[group]:
        return None
    if group == "noted" and not _NOTE_ENDS.match(text, noun.end):
        return None
    bare = match[group].strip(_AROUND)
    if (
        is_harmless(bare)
        or is_named(bare)
        or not (
            is_opaque(bare) or (_is_password(bare) and (noun.promise.kind == "password" or len(bare) >= _LONG_WORD))
        )
    ):
        return None
    start = match.start(group) + match[group].index(bare)
    return Found(start, start + len(bare), noun.promise.kind)


def _unspaced(text: str) -> Iterator[Found]:
    """Find secrets behind nouns of languages that are written without blanks."""
    if text.isascii():
        return
    for match in _FAR_EAST.finditer(folded(text)):
        token = text[match.start("token") : match.end("token")]
        bare = token.strip(_AROUND + ":=")
        near = len(match["between"]) <= _NEAR
        if near and 6 <= len(bare) <= _LONGEST_CODE and bare.isdigit() and judge(match["noun"]).kind == "password":
            yield Found(match.start("token"), match.start("token") + len(bare), "password")
        if FILLER in bare or is_harmless(bare) or is_named(bare):
            continue
        if is_opaque(bare, 6 if near else 12, hashes=near) or (near and _is_password(bare)):
            start = match.start("token") + token.index(bare)
            yield Found(start, start + len(bare), "secret")
