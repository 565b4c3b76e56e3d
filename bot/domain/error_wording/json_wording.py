"""JSON inside of an error text: what it says as words, whatever the order of its keys."""

import json
from typing import Any

from bot.domain.error_wording.named_codes import key_name
from bot.domain.error_wording.vocabulary import CODE_NAMES, STATUS_KEYS, STATUSES, names_wording

_TRIES = 16  # braces at which a JSON value is looked for; each failing one may cost the rest of the text
_DEPTH = 6
_decode = json.JSONDecoder().raw_decode


def with_json_read(text: str, value: str, *, depth: int = 0) -> str:
    """Return a text in which JSON objects are replaced by their keys, sorted, and the wording among their values.

    Texts under keys that name wording (`message`, `code`, `reason` …) are kept; every other value is replaced by `value`.
    """
    pieces, done, place = [], 0, -1
    for _ in range(_TRIES):
        place = text.find("{", max(done, place + 1))
        if place < 0 or depth > _DEPTH:
            break
        try:
            found, end = _decode(text, place)
        except (ValueError, RecursionError):
            continue
        pieces += [text[done:place], f" {_words(found, value, depth)} "]
        done = end
    return "".join([*pieces, text[done:]])


def _words(found: Any, value: str, depth: int, key: str = "") -> str:
    if isinstance(found, dict | list):
        return value if depth > _DEPTH else _of_members(found, value, depth + 1, key)
    if isinstance(found, bool) or found is None:
        return str(found).lower()
    if isinstance(found, int):
        return _number(found, key_name(key), value)
    if isinstance(found, str) and names_wording(key_name(key)):
        return with_json_read(found, value, depth=depth + 1)
    return value


def _number(found: int, key: str, value: str) -> str:
    if key in STATUS_KEYS and str(found) in STATUSES:
        return f"status {found}"
    is_code = key in STATUS_KEYS or key in CODE_NAMES or (key.endswith("code") and names_wording(key))
    return f"code {found}" if is_code else value


def _of_members(found: dict[str, Any] | list[Any], value: str, depth: int, key: str) -> str:
    if isinstance(found, list):
        return " ".join(_words(member, value, depth, key) for member in found)
    members = ((name, _words(member, value, depth, name)) for name, member in found.items())
    return " ".join(
        f"{name} {words}" for name, words in sorted(members, key=lambda pair: (pair[0].casefold(), pair[1]))
    )
