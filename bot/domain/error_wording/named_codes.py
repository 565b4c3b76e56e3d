"""Quoted codes that are names: `error code 'do_not_honor'`. Another code is another failure."""

import re

from bot.domain.error_wording.vocabulary import AFTER_STATUS, names_wording
from bot.domain.text.word_list import words

_LONGEST = 60
_SEPARATED = re.compile(r"[a-z]{2,24}(?:[_-][a-z]{2,24}){1,7}|[A-Z]{1,24}(?:_[A-Z]{2,24}){1,7}")
_HUMPS = re.compile(r"(?:[a-z]{2,24}|[A-Z]{1,4}[a-z]{1,24})(?:[A-Z]{1,4}[a-z]{1,24}){1,7}")  # camelCase, PascalCase
_SHOUTED = re.compile(r"[A-Z]{3,24}")
_WORD = re.compile(r"[a-z]{3,24}")
# The word before the quote, and whose it is: `decline code: '…'`, `failed with "…"`.
_SAYS = re.compile(
    r"(?:(?<![\w.-])([A-Za-z]{1,20})[ -])?"
    r"(?<![\w.-])(?!(?:is|of|was|with|as)\b)([\w-]{1,40})(?: (?:is|of|was|with|as))?\s{0,2}[:=]?\s{0,2}[(\[]?$"
)
_FAILED = words("declined failed rejected")
_NAMES = _FAILED | words("cause err error exception failure fault reason status")
# Without any of these there is no such word: quick to tell of most texts.
_MAY_SAY = re.compile("code|reason|declin|fail|reject|cause|err|exception|fault|status")
_SEPARATORS = re.compile(r"[\W_]+")
_BEHIND = re.compile(r"\s*([A-Za-z]*)")


def is_named_code(inner: str, before: str, behind: str) -> bool:
    """Tell the name of an error that is quoted behind a word that says so from a value: an id, a person, a field.

    Behind most of these words it ends what is said, or a connective follows: `error 'user_name' is empty` is about a field.
    """
    if len(inner) > _LONGEST or not inner.isascii() or not _MAY_SAY.search(_SEPARATORS.sub("", before).casefold()):
        return False
    found = _SAYS.search(before) if _looks_like_name(inner) else None
    if found is None:
        return False
    owner, word = (key_name(group or "") for group in found.groups())
    if word.endswith(("code", "reason")):
        return names_wording(f"{owner}code" if word == "code" else word)
    return word in _NAMES and not _WORD.fullmatch(inner) and _ends(behind)


def _looks_like_name(inner: str) -> bool:
    return any(form.fullmatch(inner) for form in (_SEPARATED, _HUMPS, _SHOUTED, _WORD))


def _ends(behind: str) -> bool:
    found = _BEHIND.match(behind)
    word = found.group(1).casefold() if found else ""
    return not word or word in AFTER_STATUS


def key_name(key: str) -> str:
    """Return a key's name without its case and separators: `status_code`, `statusCode` and `status-code` are one."""
    return _SEPARATORS.sub("", key.rpartition(".")[2]).casefold()
