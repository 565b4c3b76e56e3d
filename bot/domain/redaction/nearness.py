"""Secrets in sentences: a secret's noun, in the languages that teams write in, and within a few words the first opaque token."""

import re
from collections.abc import Iterator

from bot.domain.redaction.credible import (
    KEY_ID,
    first_part,
    is_credible,
    is_pair,
    is_password,
    is_something_else,
    is_thrice_mixed,
)
from bot.domain.redaction.key_names import HINTS, IDEOGRAPHS, KINDS, NOUNS, Strength, judge, without_accents
from bot.domain.redaction.looks import is_harmless, is_named, is_numbered, is_opaque, mixes
from bot.domain.redaction.noted import AROUND, secret_before
from bot.domain.redaction.nouns import Noun, lowered, nouns
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.source_code import is_code
from bot.domain.redaction.view import FILLER
from bot.domain.text.word_list import words

_TOKEN = re.compile(r"\S{1,4000}")
_REACH = 8
"""Words from a noun to its secret at most."""
_LONG_RUN = 100
_WINDOW = 400
_NEAR = 6
_LONG_WORD = 8
_LONGEST_CODE = 10
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
    nu tot auf do verso vers 0 5 7 je c'est ce החדשה החדש هي هو الجديدة الجديد
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
    correlation with-id uuid page cursor accessor
    """
)
_FACTS = _OTHERS | words(
    """
    algorithm alg hash hashing policy policies length strength type kind name names count expiry expiration attempts
    rotation version hint manager provider endpoint scope scopes format field store prefix pattern lifetime ttl
    bucket ring limit budget usage fingerprint thumbprint serial ending ends
    """
)
_SENTENCE_ENDS = (".", "!", "?")
_NAME_IN_A_LIST = re.compile(r"[a-z]{1,20}(?:[-_|:][a-z0-9]{1,20}){1,8}")
_AN_ID = re.compile(r"(?:[a-z]Id|_id|[a-z]ID):\Z")
_SHOWN_REACH = 5
_CLOSED_BY = {"(": ")", '"': '"', "'": "'", "`": "`", "“": "”"}
_WITH_SIGNS = re.compile(r"\w[#$%^&*!@~]\w|\w[!#$*]\Z")
_DATE = re.compile(r"(?:19|20)[0-9]{6}\Z")
_HEXADECIMAL = re.compile(r"[0-9a-f]{8,}")
_SIGNS = frozenset("\"'=:")
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
_HEAD = re.compile(r"[^\W_][\w-]{1,40}(?: [^\W_][\w-]{0,40}){0,2}")
_ALONE = re.compile(r"\S{12,400}[ \t]{0,4}(?:\n|\Z)")
_UNSET = re.compile(r"(?::=?|=)[?$]")  # what a shell says or runs where a variable is not set: `${TOKEN:=$(…)}`
# `Token created successfully.`, an empty line, and a line that holds nothing else.
_ANNOUNCED = re.compile(
    r"(?:[ \t](?:has|have|was|been|is|successfully|now|for|you)){0,4}[ \t](?:created|generated|issued|ready|renewed|rotated|regenerated)"
    r"(?:[ \t][a-z]{2,14}){0,3}[.:!]?[ \t]{0,4}\n[ \t]{0,4}\n?[> \t]{0,8}(?=\S{16,400}[ \t]{0,4}(?:\n|\Z))"
)
_DRAWN = " \t#*->" + "".join(map(chr, range(0x2500, 0x2580)))  # before a label: quotes, lists, boxes
_KEY = re.compile(r"\w[\"']:\Z")
_FIELD = re.compile(r"\w[\"']:")
_MASKED_BY_AIONIS = re.compile(r"\[[A-Z]{2,20}#[0-9a-f]{8}\]")
_NEXT_FIELD = re.compile(r"[\"'`]?[}\])]{0,3}[,;&][\"' ]{0,2}[\w.-]{1,40}[\"']?[:=]")


def nearness_rules() -> tuple[Rule, ...]:
    """Return the rules: one for languages with blanks between words, one for those without."""
    return (Rule(KINDS, _sentences, HINTS), Rule(KINDS, _unspaced, HINTS))


def _sentences(text: str) -> Iterator[Found]:
    done = 0
    for noun in nouns(lowered(text), text):
        if noun.promise.strength is Strength.WEAK and text[noun.end : noun.end + 1] in _SIGNS:
            continue  # assigned, and judged as such
        found = (
            (_directive(text, noun) or _after(text, noun) or secret_before(text, noun)) if noun.start >= done else None
        )
        if found:
            yield found
        elif (run := _TOKEN.match(text, noun.end)) and run.end() - run.start() > _LONG_RUN:
            done = run.end()  # no sentence; nouns without end in one run would each read all of it


def _directive(text: str, noun: Noun) -> Found | None:
    """Return the value of a setting that is a line of its own."""
    line = _DIRECTIVE.match(text, noun.end)
    before = _BEFORE_A_DIRECTIVE.search(text, max(0, noun.start - 120), noun.start) if line else None
    if not line or not before or FILLER in line["token"] or line["token"][0] in "([{<&":
        return None
    token, strength = line["token"], noun.promise.strength
    if strength < Strength.LIKELY or is_harmless(token) or is_named(token) or is_code(token) or is_pair(token):
        return None
    chosen = is_password(token) and not is_numbered(token) and "/" not in token and token[-1] not in ".:)"
    sure = strength is Strength.SURE and (noun.promise.kind == "password" or not before["words"])
    if (chosen and (sure or is_thrice_mixed(token))) or is_opaque(token, 8, hashes=False):
        return Found(*line.span("token"), noun.promise.kind)
    return None


def _after(text: str, noun: Noun) -> Found | None:
    """Return the first token after a noun that can be its secret; `linked` while a word or sign says that it comes now."""
    answer = _answer_to(text, noun)
    linked, at = answer is not None, answer or noun.end
    words = 0
    for match in _TOKEN.finditer(text, at, at + _WINDOW):
        token = match[0]
        if FILLER in token or words > _REACH or not _goes_on(text[at : match.start()], linked):
            return None
        if _begins_elsewhere(match, noun, words):
            return None
        if match[0] == "?" and not words:
            linked, at = True, match.end()  # a question, answered on its own line
            continue
        at = match.end()
        bare = first_part(token.partition("</")[0].strip(AROUND))
        start = match.start() + (token.index(bare) if bare else 0)
        if words <= 2 and (value := _of_a_phrase(bare, noun)):
            start, bare, linked, words = start + value.start("value"), value["value"], True, 0
        shown = (words == 0 and token[0] in "\"'`") or (words <= _SHOWN_REACH and _is_shown(token, bare))
        if bare and (found := _judged(start, bare, noun, words, linked or shown)):
            return found
        if _ends(token, bare, words, linked):
            return None
        linked = _links(token, bare, linked) and (linked or not words or bare.lower() not in _ARTICLES)
        words += any(map(str.isalnum, bare)) and not (words == 0 and bare.lower().rstrip(":=") in _QUALIFIERS)
    return None


def _ends(token: str, bare: str, words: int, linked: bool) -> bool:
    """Tell whether what follows a token is about something else: behind another noun, another field, or the end of a sentence."""
    named = bare.lower().strip(":=-")
    if named in (_FACTS if words <= 1 else _OTHERS) and not (words and linked):
        return True
    if _AN_ID.search(bare):
        return True
    return (token.rstrip("\"')]").endswith(_SENTENCE_ENDS) and bool(bare or not words)) or (
        words > 1 and token[-1] == ";"
    )


def _begins_elsewhere(match: re.Match[str], noun: Noun, words: int) -> bool:
    """Tell that a token is a part of something of which the noun is one: an index, a member, a field after it, a comparison."""
    token = match[0]
    glued = not words and match.start() == noun.end
    if glued and (token[0] in "[|;}+" or token.startswith("::")):
        return True  # `test_wrong_password[argon2]`, `Password::min(8)`, `(token|secret)/[0-9a-f]`
    # `"token_type":"bearer","expires_in":3600`: the noun was a value itself
    return (
        token in {"=~", "!~"} or _begins_something_else(token, words) or (not words and bool(_NEXT_FIELD.match(token)))
    )


def _is_shown(token: str, bare: str) -> bool:
    """Tell a token that stands by itself in brackets or quotes and is built as people build passwords: `the password you gave me (…)`."""
    closed = _CLOSED_BY.get(token[0])
    return closed is not None and closed in token[1:] and _WITH_SIGNS.search(bare) is not None and mixes(bare)


def _of_a_phrase(token: str, noun: Noun) -> re.Match[str] | None:
    """Return the last word and the value of a noun's phrase (`токен доступа=…`), but not of another field."""
    phrase = _VALUE_OF_A_PHRASE.fullmatch(token) if noun.promise.strength is Strength.SURE else None
    qualifies = phrase and (not phrase["word"].isascii() or phrase["word"].lower() in _QUALIFIERS)
    return phrase if qualifies else None


def _begins_something_else(token: str, words: int) -> bool:
    """Tell another field, several fields in one run, and what Aionis masked already."""
    another = token.lstrip("\"'`")[:1] == "{" or (words and _KEY.search(token)) or len(_FIELD.findall(token)) > 1
    return bool(another) or _MASKED_BY_AIONIS.fullmatch(token.strip(",.;:!?")) is not None


def _answer_to(text: str, noun: Noun) -> int | None:
    """Return where the next line begins, if a noun stands on a line of its own as its label, ends a question, or is announced."""
    if announced := _ANNOUNCED.match(text, noun.end):
        return announced.end()
    end = _LINE_END.match(text, noun.end)
    if not end:
        return None
    before = text[text.rfind("\n", 0, noun.start) + 1 : noun.start].strip(_DRAWN)
    # `Acme API key`, and below it one token and nothing else
    headed = _HEAD.fullmatch(before) is not None and _ALONE.match(text, end.end()) is not None
    return end.start("next") if not before or headed or "?" in end[0] else None


def _goes_on(gap: str, linked: bool) -> bool:
    lines = gap.count("\n")
    return lines == 0 or (linked and lines <= 3)


def _links(token: str, bare: str, linked: bool) -> bool:
    if (
        token[-1] in ":="
        or token[0] in ":="
        or without_accents(bare.lower()) in _LINKS
        or token in {"=>", "->", "=", ":", "/", "-", "—", "–"}
    ):
        return True
    return linked and not bare


def _judged(start: int, token: str, noun: Noun, words: int, linked: bool) -> Found | None:
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
        and tail[:1] != ":"
        and not _HEXADECIMAL.fullmatch(head)
    ):
        start, token, linked = start + len(head) + 1, tail, linked or words == 0
    user, slash, tail = token.partition("/")
    if slash and words == 0 and user.isidentifier() and "/" not in tail and is_thrice_mixed(tail):
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
    if _NAME_IN_A_LIST.fullmatch(token) and judge(token).strength >= Strength.LIKELY:
        return None  # `"authorization", "x-api-key2"`
    key_id = kind == "key" and not linked and KEY_ID.fullmatch(token)
    if not key_id and not is_something_else(token) and is_credible(token, noun.promise, words, linked):
        return Found(start, start + len(token), kind)
    return None


def _unspaced(text: str) -> Iterator[Found]:
    """Find secrets behind nouns of languages that are written without blanks."""
    if text.isascii():
        return
    for match in _FAR_EAST.finditer(without_accents(text)):
        token = text[match.start("token") : match.end("token")]
        bare = token.strip(AROUND + ":=")
        near = len(match["between"]) <= _NEAR
        if near and 6 <= len(bare) <= _LONGEST_CODE and bare.isdigit() and judge(match["noun"]).kind == "password":
            yield Found(match.start("token"), match.start("token") + len(bare), "password")
        if FILLER in bare or is_harmless(bare) or is_named(bare):
            continue
        if is_opaque(bare, 6 if near else 12, hashes=near) or (near and is_password(bare)):
            start = match.start("token") + token.index(bare)
            yield Found(start, start + len(bare), "secret")
