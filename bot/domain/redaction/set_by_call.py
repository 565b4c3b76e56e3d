"""Secrets that a call sets under their name: `os.Setenv("DB_PASSWORD", "…")`, `define('DB_PASSWORD', '…')`."""

import re
from collections.abc import Iterator

from bot.domain.redaction.harmless import is_sentence
from bot.domain.redaction.key_names import KINDS, Judge, Strength, is_label, words_of
from bot.domain.redaction.looks import is_harmless
from bot.domain.redaction.rules import Found, Rule

_CALL = re.compile(
    r"(?i:\b(?:define|putenv|setenv|set_?env(?:ironment)?(?:_?var(?:iable)?)?|set_?default|set_?property|set_?secret|env\.store))\s{0,2}\(\s{0,8}"
    r"[bfru]?[\"'](?P<key>[\w.:-]{3,80})[\"']\s{0,4},\s{0,8}[bfru]?[\"'](?P<secret>[^\"'\n]{3,400})[\"']"
)


def set_by_call_rule(judge: Judge) -> Rule:
    """Return the rule; `judge` judges the names that are set."""
    return Rule(
        KINDS, lambda text: _set_by_call(text, judge), ("define", "env", "setdef", "set_def", "property", "set_secret")
    )


def _set_by_call(text: str, judge: Judge) -> Iterator[Found]:
    for match in _CALL.finditer(text):
        promise, secret = judge(match["key"]), match["secret"]
        # A single word may be a title's: `setDefault("password", "Kennwort")`.
        if (
            promise.strength is Strength.SURE
            and len(words_of(match["key"])) > 1
            and not is_harmless(secret)
            and not is_label(secret, promise.kind)
            and not is_sentence(secret)
        ):
            yield Found(*match.span("secret"), promise.kind)
