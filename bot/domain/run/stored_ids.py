"""Ids as Aionis stores them in slots: its phone mask hits 1.8 % of random ids (Aionis contract, section 16).

`client_id` and URIs are not masked. What is masked there can be computed here, so that look-ups by id work for every id.
"""

import re

from bot.domain.error_wording.kept_text import masked_by_aionis

_MARK = "#"  # no id has one, and no mask is without
_CLIENT_ID = re.compile(r"replay:(?:run|run_end|step|step_result):([^:]+)(?::([^:]+))?(?::[^:]+)?")


def as_stored(id_: str) -> str:
    """Return an id as a record's slots have it: what looks like a phone number in it is replaced by `[PHONE#8hex]`."""
    return masked_by_aionis(id_)


def is_same(stored: object, id_: str | None) -> bool:
    """Tell whether an id read from slots, masked or not, is this id."""
    if not isinstance(stored, str) or id_ is None:
        return False
    return stored == id_ or (_MARK in stored and stored == as_stored(id_))


def ids_in(client_id: str | None) -> tuple[str | None, str | None]:
    """Return the run id and the step id in a replay record's `client_id`, each None where there is none."""
    match = _CLIENT_ID.fullmatch(client_id or "")
    return (match.group(1), match.group(2)) if match else (None, None)
