"""Secrets whose name stands apart from them: options, named values, parts of forms, blocks, YAML's complex keys."""

import re
from collections.abc import Iterator
from itertools import chain

from bot.domain.redaction.credible import KEY_ID
from bot.domain.redaction.key_names import Judge, Strength, is_label
from bot.domain.redaction.looks import is_harmless, is_opaque, mixes
from bot.domain.redaction.rules import Found
from bot.domain.redaction.source_code import is_code
from bot.domain.redaction.values import value_at
from bot.domain.text.word_list import words

# `--password …`, also as two items of a printed list.
_OPTION = re.compile(
    r"""(?<![^\s"'\[,(])--?(?P<key>[A-Za-z][\w-]{1,40})(?:[ \t]+|["'],[ \t]*["'])(?P<value>"[^"\n]{1,2000}|'[^'\n]{1,2000}|[^\s"'-][^\s"']{0,2000})"""
)
# `name: DB_PASSWORD, value: …` in whatever notation: environments in manifests, headers in archives, secrets in clouds' answers.
_NAMED_VALUE = re.compile(
    r"(?<![A-Za-z])(?:name|key|k|header|field|selector|locator|element|target|param|parameter|parameterkey|variable|var|label|option|property|attribute|id|secretid|envvar)(?:\\{0,3}[\"'])?\s{0,4}[:=]>?\s{0,4}(?:\\{0,3}[\"'])?[#.]?(?:input)?(?:\[(?:name|id|type)=[\"']?)?(?P<key>[\w.:/ -]{2,64}?)(?![\w:/-])(?:[\"']?\])?"
    r"(?:\\{0,3}[\"'])?\s{0,4}[,;|]?\s{0,40}(?:(?<=[\s,;\"'])(?:and|with|und|et|y|e)\s{1,4})?(?:[\w\"']{1,24}\s{0,4}[:=]\s{0,4}[\w\"'.]{1,40}[,;]?\s{0,40}){0,2}(?:\\{0,3}[\"'])?"
    r"(?:value|v|val|values|newvalue|oldvalue|currentvalue|parametervalue|content|default|secretstring|stringvalue|plaintext|text|data)(?:\\{0,3}[\"'])?\s{0,4}[:=]>?\s{0,4}(?:\{\s{0,4}[\"'][\w]{1,20}[\"']\s{0,4}:\s{0,4})?"
)
# `password { value: …`, `ApiKey(value='…')`: an object that holds nothing else.
_HOLDER = re.compile(
    r"\b(?P<key>[A-Za-z]\w{2,60})[ \t]{0,2}[({\[]\s{0,4}[\"']?(?:value|val|raw|data|content|plaintext|text|string)[\"']?\s{0,4}[:=]\s{0,4}"
)
_WORDS_OF_A_NAME = 4  # more make a sentence
_LEAST_DIGITS = 4
# How pydantic says which value it refused: the field on a line of its own, below it the value.
_REFUSED = re.compile(
    r"(?m)^(?P<key>[A-Za-z][\w.]{2,80})\n[ \t]{1,8}[^\n]{1,300}?\[type=\w{1,40}, input_value='(?P<value>[^'\n]{3,400})'"
)
# A part of a form: `Content-Disposition: form-data; name="password"`, headers, an empty line, the value.
_MULTIPART = re.compile(r"name=\"(?P<key>[\w.\[\]-]{2,64})\"(?:[^\n]{0,200}\n){1,4}?\r?\n(?P<value>[^\n]{1,2000})")
# Terraform's blocks: `variable "db_password" { default = "…" }`.
_DECLARED = re.compile(
    r"\b(?:variable|parameter|param|secret|output|resource|input)[ \t]{1,4}\"?(?P<key>[\w.-]{2,64})\"?[^\n{]{0,80}\{[^{}]{0,300}?\b(?:default|value|secret_string|secret_data)\b[\s=:\"]{1,8}(?P<value>[^\"\n{}]{1,2000})"
)
_COMPLEX_KEY = re.compile(r"(?:\A|\n)[ \t]{0,40}\?[ \t]{1,4}(?P<key>[\w.-]{2,64})[ \t]{0,8}\r?\n[ \t]{0,40}:[ \t]{1,4}")
_ARGUMENT = re.compile(r"[A-Z]{2,12}(?:_[A-Z]{2,12}){0,3}[\])|.,]{1,3}")  # `[--api-key KEY]`
# What a manual says behind an option.
_ABOUT_AN_OPTION = words(
    "option options flag flags argument arguments parameter parameters and or is are as to for with from in instead takes prompts"
)


def complex_keys(text: str, judge: Judge) -> Iterator[Found]:
    """Find what YAML writes below `? password`."""
    for match in _COMPLEX_KEY.finditer(text):
        promise = judge(match["key"])
        value = value_at(text, match.end(), line=True) if promise.strength is Strength.SURE else None
        if value and not is_harmless(text[value.start : value.end]):
            yield Found(value.start, value.end, promise.kind)


def options(text: str, judge: Judge) -> Iterator[Found]:
    """Find the value of `--password …`."""
    for match in _OPTION.finditer(text):
        promise = judge(match["key"])
        secret = match["value"].lstrip("\"'")
        if (
            promise.strength >= Strength.LIKELY
            and not is_harmless(secret)
            and not is_label(secret, promise.kind)
            and secret.lower().rstrip(".,;:)") not in _ABOUT_AN_OPTION
            and not _ARGUMENT.fullmatch(secret)
            and not (promise.kind == "key" and KEY_ID.fullmatch(secret))
            and (promise.strength is Strength.SURE or is_opaque(secret))
        ):
            yield Found(match.end("value") - len(secret), match.end("value"), promise.kind)


def named_values(text: str, judge: Judge) -> Iterator[Found]:
    """Find the value of `name: DB_PASSWORD, value: …`, the form of environments and headers in manifests and archives."""
    # A few letters grow when they are made small (İ), and every offset behind them would be wrong.
    lowered = text.lower() if len(text.lower()) == len(text) else text
    for match in _NAMED_VALUE.finditer(lowered):
        promise = judge(text[match.start("key") : match.end("key")])
        value = value_at(text, match.end()) if promise.strength >= Strength.LIKELY else None
        secret = text[value.start : value.end] if value else ""
        if (
            value
            and match["key"].count(" ") < _WORDS_OF_A_NAME
            and not (secret.isdigit() and len(secret) < _LEAST_DIGITS)
            and not is_harmless(secret)
            and (promise.strength is Strength.SURE or is_opaque(secret))
            and not is_code(secret)
        ):
            yield Found(value.start, value.end, promise.kind)
    for match in _HOLDER.finditer(text):
        promise = judge(match["key"])
        value = value_at(text, match.end()) if promise.strength >= Strength.LIKELY else None
        if (value and is_opaque(text[value.start : value.end])) or (
            value and value.form == "quoted" and mixes(text[value.start : value.end])
        ):
            yield Found(value.start, value.end, promise.kind)
    for match in chain(_MULTIPART.finditer(text), _DECLARED.finditer(text), _REFUSED.finditer(text)):
        promise = judge(match["key"])
        if promise.strength >= Strength.LIKELY and not is_harmless(match["value"].strip()):
            yield Found(*match.span("value"), promise.kind)
