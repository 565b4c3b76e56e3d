"""Secrets that are known by the name right before them: `key = value` in any notation; and all rules that go by names."""

import re
from collections.abc import Iterator

from bot.domain.redaction.credible import is_drawn
from bot.domain.redaction.harmless import is_sentence
from bot.domain.redaction.key_names import (
    HINTS,
    KINDS,
    Judge,
    Promise,
    Strength,
    is_innocent,
    is_label,
    takes_digits,
)
from bot.domain.redaction.looks import (
    has_drawn_part,
    is_chosen,
    is_harmless,
    is_identifier,
    is_opaque,
    looks_random,
    mixes,
)
from bot.domain.redaction.named_values import complex_keys, named_values, options
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.source_code import is_code, is_directory
from bot.domain.redaction.typed_into import typed_into
from bot.domain.redaction.value_first import values_first
from bot.domain.redaction.values import Value, value_at
from bot.domain.redaction.variables import is_a_variable, is_expanded
from bot.domain.redaction.view import FILLER
from bot.domain.redaction.vocabulary import OTHER_KEYS, OTHER_TOKENS
from bot.domain.redaction.xml_elements import elements

# What may stand between a name and its sign: quotes, escaped up to three times over, brackets, Markdown's stars.
_CLOSERS = r"(?:\\{0,3}[\"'`]|[\])*_]){0,4}[ \t]{0,8}"
_NAME = re.compile(r"[^\W\d](?:[\w$]|[.-](?=\w)){0,127}+")
_SIGN = re.compile(
    rf"{_CLOSERS}(?:(?P<type>:[ \t]{{0,4}}[&*]?(?:'\w{{1,12}} )?[A-Za-z][\w.\[\]|? ]{{0,30}}(?:[ \t]{{1,4}}=(?!=)|=(?=[ \t]{{0,4}}[\"'`])))|(?P<loose>[\"'][ \t]{{0,4}},[ \t]{{0,4}}(?=[\"']))"
    r"|(?P<sign>[:=]>|->|:=|!=|={1,3}|\|\|=|\?\?=|\?=|::?(?!//)|\+=|<-)|(?P<call>\((?=[bfru]?[\"'`]))|(?P<plain>[ \t](?=[\"'])))(?P<gap>[ \t]{0,40})(?P<below>\\?\r?\n[ \t]{0,40}(?=[\"'`]))?"
)
# What stands before the first name of a line in shells, Dockerfiles, YAML, diffs and listings with line numbers.
_LINE_START = re.compile(
    r"(?:export[ \t]+|set[ \t]+|setx[ \t]+|ENV[ \t]+|ARG[ \t]+|declare -x |- |\$env:|\+|-|>|\d{1,5}[:\t]|[ \t]){0,6}\Z",
    re.IGNORECASE,
)
_MODULES = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_<]\w*>?)+")  # below `secrets::`
_TICKET = re.compile(r"[A-Z]{2,10}-[0-9]{1,7}")  # `AUTH-4821: …`
_WORD_BEFORE = re.compile(r"([^\W\d_]{2,30})[ \t]{1,4}\Z")
_OWNER = re.compile(r"([\w.-]{2,40})/\Z")
_CHOSEN_BY_PEOPLE = frozenset({"password", "passwd", "passphrase", "psk"})
_SETTER = re.compile(r"(?i:_{0,2}(?:set|with|add|put|use|update|change|store|save|assign|new|make|create))")
_SENTENCE_WORD = re.compile(r"[^\W\d_]+(?:[-_'’][^\W\d_]+)*[.!?:,;)…]*")
_IDENTIFIER = re.compile(r"[\w][_.-]\w|[a-z][A-Z]|\A[A-Z][A-Z0-9]+\Z")
_AFTER_A_BARE_WORD = "},])#;|"
_OF_A_PATTERN = re.compile(r"[()\[\]\\{}]")
_WORDS_OF_A_SENTENCE = 3
_A_WORD_FOLLOWS = re.compile(r"` [a-z]{2,}")
_LONGEST_WEAK = 600
_LONG_VALUE = 200
_LONG_ONES = 8
_LEAST_HANDED = 6
_LEAST_DIGITS = 6
_LEAST_PIN, _MOST_PIN = 4, 8
_DUMP = re.compile(r"\A[\"']?[A-Z]{1,3}\d+\b")


def assignment_rules(judge: Judge, hints: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the rules by name. `judge` judges names; `hints` are lower-case parts of names that it knows beyond ours."""
    known = (*HINTS, *hints)
    finders = (_assignments, options, elements, named_values, complex_keys, values_first, typed_into)
    return tuple(Rule(KINDS, lambda text, find=find: find(text, judge), known) for find in finders)  # type: ignore[misc]


def _assignments(text: str, judge: Judge) -> Iterator[Found]:
    done = long_ones = 0
    for name in _NAME.finditer(text):
        promise = judge(name[0])
        if (
            not promise.strength
            or name.start() < done
            or looks_random(name[0], 16)
            or _is_another(text, name)
            or _TICKET.fullmatch(name[0])
        ):
            continue
        sign = _SIGN.match(text, name.end())
        value = _value_after(text, name, sign) if sign else None
        if not sign or not value or is_expanded(text, name, sign):
            continue
        if _is_secret(text, name, sign, value, promise, judge):
            done = value.end
            yield Found(value.start, value.end, promise.kind)
        elif value.end - value.start > _LONG_VALUE:
            long_ones += 1
            # Names without end in one run would each read all of it.
            done = value.end if long_ones % _LONG_ONES == 0 else done


def _is_another(text: str, name: re.Match[str]) -> bool:
    """Tell `continuation token: …` and `primary key: …` from secrets, where a blank stands between the words."""
    if text[name.start() - 1 : name.start()] == "/":
        owner = _OWNER.search(text, max(0, name.start() - 41), name.start())
        return owner is not None and is_innocent(owner[1])  # `checksum/secret: …`
    noun = name[0].lower()
    if noun not in {"token", "tokens", "key", "keys"}:
        return False
    before = _WORD_BEFORE.search(text, max(0, name.start() - 40), name.start())
    return before is not None and before[1].lower() in (OTHER_TOKENS if noun.startswith("token") else OTHER_KEYS)


def _value_after(text: str, name: re.Match[str], sign: re.Match[str]) -> Value | None:
    begins_line = sign["sign"] in {"=", ":", ":="} and _begins_a_line(
        text, name.start(), of_a_variable=sign["sign"] == "=" and not sign["gap"]
    )
    return value_at(text, sign.end(), line=begins_line)


def _begins_a_line(text: str, at: int, *, of_a_variable: bool) -> bool:
    start = text.rfind("\n", max(0, at - 60), at) + 1
    if at - start >= 60:
        return False
    return (of_a_variable or text[start:at].strip(" \t-") == "") and _LINE_START.match(text[start:at]) is not None


def _is_secret(
    text: str, name: re.Match[str], sign: re.Match[str], value: Value, promise: Promise, judge: Judge
) -> bool:
    secret = text[value.start : value.end].strip()
    if (value.form == "quoted" and _is_not_its_quote(text, sign, value)) or _is_compared(sign, secret):
        return False
    if (
        not secret.strip(FILLER)
        or is_harmless(secret)
        or is_label(secret, promise.kind)
        or is_sentence(secret)
        or _is_a_file(value, secret, promise)
        or (value.form == "quoted" and _is_prose(text, name, sign, value, promise))
        or (value.form == "bare" and is_harmless(secret.split(" ")[0]))
    ):
        return False
    if promise.strength is Strength.WEAK:
        return value.form not in {"list", "block"} and len(secret) < _LONGEST_WEAK and is_drawn(secret)
    if value.form in {"list", "block"}:
        parts = (part.strip(" \n\"'") for part in secret.split(","))
        plain = promise.strength is not Strength.SURE
        return value.form == "block" or any(
            is_opaque(part) and not (plain and _OF_A_PATTERN.search(part)) for part in parts
        )
    if sign["call"] or sign["loose"] or sign["plain"]:
        return (
            _is_handed_over(name[0], value, secret, promise, judge)
            if sign["call"]
            else _is_beside(name, secret, promise)
        )
    return not (value.form == "bare" and _is_no_value(text, name, sign, value, secret)) and _suits(
        name[0], value, secret, promise
    )


def _is_prose(text: str, name: re.Match[str], sign: re.Match[str], value: Value, promise: Promise) -> bool:
    """Tell what is said in a call (`NotAKey("no key in PEM …")`), and a word in backticks in a sentence (``token: `kind` is …``)."""
    secret = text[value.start : value.end]
    if sign["call"]:
        return secret.count(" ") >= _WORDS_OF_A_SENTENCE and not _SETTER.match(name[0].rpartition(".")[2])
    if promise.kind in {"key", "token"} and secret.count(" ") >= _WORDS_OF_A_SENTENCE:
        return True  # `OPENAI_API_KEY: 'OpenAI API Key Here if …'`
    told = text[value.start - 1] == "`" and _SENTENCE_WORD.fullmatch(secret) is not None
    return told and _A_WORD_FOLLOWS.match(text, value.end) is not None


def _is_a_file(value: Value, secret: str, promise: Promise) -> bool:
    """Tell the file that holds a secret: `private_key = "~/.ssh/id_rsa"`."""
    return value.form == "quoted" and promise.kind != "password" and is_directory(secret) and not has_drawn_part(secret)


def _is_not_its_quote(text: str, sign: re.Match[str], value: Value) -> bool:
    """Tell a quote that closes what the name stood in, and backticks around what a shell runs to get the value."""
    if text[value.start : value.start + 1] in {" ", ",", ")", "+", ";"}:
        return True
    command = text[value.start - 1] == "`" and " " in text[value.start : value.end]
    return command and sign["sign"] == "=" and not sign["gap"]


def _is_compared(sign: re.Match[str], secret: str) -> bool:
    """Tell `user_pass == "git"`: what something is compared with is no secret where it is a word."""
    return (sign["sign"] or "") in {"==", "!="} and _SENTENCE_WORD.fullmatch(secret) is not None


def _is_beside(name: re.Match[str], secret: str, promise: Promise) -> bool:
    named = promise.strength is Strength.SURE and (
        _IDENTIFIER.search(name[0]) is not None or name[0].lower() in _CHOSEN_BY_PEOPLE
    )
    return is_opaque(secret) or (named and mixes(secret) and not is_identifier(secret))


def _is_handed_over(called: str, value: Value, secret: str, promise: Promise, judge: Judge) -> bool:
    """Tell `set_password("…")` from `password.encode("utf-8")` and `token("scheme")`."""
    method = called.rpartition(".")[2]
    if not judge(method).strength:
        return False
    if is_opaque(secret) or (len(secret) >= _LEAST_HANDED and mixes(secret) and not is_identifier(secret)):
        return True
    return (
        promise.strength is Strength.SURE
        and _SETTER.match(method) is not None
        and _suits(called, value, secret, promise)
    )


def _suits(name: str, value: Value, secret: str, promise: Promise) -> bool:
    """Tell whether a value can be what its name promises."""
    if promise.strength < Strength.SURE:
        chosen = (
            value.form == "quoted" and promise.strength is Strength.FIRM and mixes(secret) and not is_identifier(secret)
        )
        pin = name.lower() == "pin" and secret.isdigit() and _LEAST_PIN <= len(secret) <= _MOST_PIN
        if pin or (promise.kind == "password" and is_chosen(secret)):
            return True
        return is_opaque(secret) or (chosen and len(secret) >= 6)
    if (
        promise.kind in {"cookie", "credential"}
        and is_identifier(secret)
        and not any(char.isdigit() for char in secret)
    ):
        return False
    if promise.kind == "cookie" and "=" in secret:
        return False  # a header, whose cookies have names of their own
    few = promise.kind == "token" and len(secret) < _LEAST_DIGITS  # the number of a word in a model's vocabulary
    if secret.isdigit() and (few or not (takes_digits(name) or (promise.kind == "password" and len(secret) >= 6))):
        return False
    return len(secret) >= 3 and not (name.lower().endswith("pwd") and is_directory(secret))


def _is_no_value(text: str, name: re.Match[str], sign: re.Match[str], value: Value, secret: str) -> bool:
    """Tell code (`token = request.headers.get(…)`), prose (`unexpected token: word`) and paths from values."""
    if is_a_variable(text, name, value, secret) or (
        sign["sign"] == "::" and (not is_opaque(secret) or _MODULES.fullmatch(secret))
    ):
        return True
    if is_code(text[value.start : value.start + 200].partition("\n")[0]) and not _is_quoted_inside(secret):
        return True
    if sign["sign"] and (
        (secret.startswith(("/", "./", "../", "~/")) and is_directory(secret) and not has_drawn_part(secret))
        or secret.startswith(("http://", "https://", "arn:", "sha256:", "sha512-", "h1:"))
    ):
        return True
    return _is_part_of_a_sentence(text, name, sign, value)


def _is_quoted_inside(secret: str) -> bool:
    return looks_random(secret, 12)


def _is_part_of_a_sentence(text: str, name: re.Match[str], sign: re.Match[str], value: Value) -> bool:
    """Tell `unexpected token: word` and `password: must not be empty` from `password: word`, which is a line of its own."""
    word = text[value.start : value.end]
    if not (sign["sign"] or "").startswith((":", "->")) or not (_SENTENCE_WORD.fullmatch(word) or word.isdigit()):
        return False
    before = text[max(0, name.start() - 80) : name.start()].rpartition("\n")[2].rstrip(" -\t\"'")
    before = "" if _IDENTIFIER.search(name[0]) else before
    after = text[value.end : value.end + 80].partition("\n")[0].lstrip(" \t\"'")
    return (bool(before) and before[-1] not in "{,[(;|") or (bool(after) and after[0] not in _AFTER_A_BARE_WORD)
