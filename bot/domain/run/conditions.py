"""Reading pre- and postconditions, whatever shape the agent wrote them in (Aionis contract, section 4.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_PASS_WORDS = frozenset({"pass", "passed", "ok", "success", "succeeded", "true", "met", "satisfied", "yes"})
_FAIL_WORDS = frozenset({"fail", "failed", "failure", "error", "false", "unmet", "violated", "no"})
_NAME_KEYS = ("kind", "name", "id", "description", "type")
_MESSAGE_KEYS = ("message", "detail", "reason", "description", "error")


class ConditionOutcome(StrEnum):
    """What a condition says about itself."""

    PASS = "pass"  # noqa: S105 a word of the contract
    FAIL = "fail"
    UNKNOWN = "unknown"  # undecided, or declared without an outcome


_OUTCOMES = {**dict.fromkeys(_PASS_WORDS, ConditionOutcome.PASS), **dict.fromkeys(_FAIL_WORDS, ConditionOutcome.FAIL)}


@dataclass(slots=True, frozen=True)
class Condition:
    """One condition, read: its name, outcome, and message ("" where none was written)."""

    name: str
    outcome: ConditionOutcome
    message: str


def outcome_of(raw: Any) -> ConditionOutcome:
    """Return the outcome a condition carries: `state`, then `ok`, then `passed`/`success`, then `status`/`result` text."""
    if not isinstance(raw, dict):
        return ConditionOutcome.UNKNOWN
    # `state` before `ok`: Aionis' own engine writes ok=false for a condition that it could not decide, too.
    state = raw.get("state")
    if isinstance(state, str):
        return _of_word(state)
    for key in ("ok", "passed", "success"):
        value = raw.get(key)
        if isinstance(value, bool):
            return ConditionOutcome.PASS if value else ConditionOutcome.FAIL
    for key in ("status", "result"):
        value = raw.get(key)
        if isinstance(value, str):
            return _of_word(value)
        if isinstance(value, bool):
            return ConditionOutcome.PASS if value else ConditionOutcome.FAIL
    # What else stands there (`value: 0`) declares what is to be checked, and is no outcome.
    return ConditionOutcome.UNKNOWN


def read_conditions(raw: Iterable[Any] | None) -> list[Condition]:
    """Return all conditions of a step, in their order; nameless ones are numbered from 1."""
    return [_read(item, number) for number, item in enumerate(raw or (), start=1)]


def any_failed(raw: Iterable[Any] | None) -> bool:
    """Tell whether at least one condition says that it failed."""
    return any(outcome_of(item) is ConditionOutcome.FAIL for item in raw or ())


def _read(raw: Any, number: int) -> Condition:
    if not isinstance(raw, dict):
        return Condition(f"condition {number}", ConditionOutcome.UNKNOWN, "" if raw is None else str(raw))
    # No form is prescribed: agents write conditions as their framework does, and Aionis keeps what it gets.
    name = _first_text(raw, _NAME_KEYS) or f"condition {number}"
    message = _first_text(raw, _MESSAGE_KEYS)
    return Condition(name, outcome_of(raw), "" if message == name else message)


def _first_text(raw: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((value for key in keys if isinstance(value := raw.get(key), str) and value.strip()), "")


def _of_word(word: str) -> ConditionOutcome:
    return _OUTCOMES.get(word) or _OUTCOMES.get(word.strip().lower(), ConditionOutcome.UNKNOWN)
