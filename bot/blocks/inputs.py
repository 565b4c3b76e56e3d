"""Inputs of modals, and reading what was entered. A block id names its input: errors are answered by block id."""

from collections.abc import Container, Mapping
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    PlainTextInputElement,
    PlainTextObject,
    UserSelectElement,
)

from bot.blocks import elements as el
from bot.blocks.routing import outdated
from bot.blocks.text import outside

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]  # a view's `state.values`: block id → action id → what is in it

PROOF = "proof"
OWNER = "owner"
REASON = "reason"
RUN = "run"

REASON_LIMIT = 500
LINE_LIMIT = 500  # ids and links
_ENTERED = "entered"  # the action id of every input; its block id tells which one it is


def text_input(
    block_id: str,
    label: str,
    *,
    initial: str = "",
    hint: str = "",
    multiline: bool = False,
    optional: bool = True,
    longest: int = LINE_LIMIT,
) -> Block:
    """Return an input of text of up to `longest` characters (3,000 at most)."""
    element = PlainTextInputElement(
        action_id=_ENTERED,
        initial_value=outside(initial, longest) if initial else None,
        multiline=multiline,
        max_length=longest,
    )
    return _input(block_id, label, element, hint=hint, optional=optional)


def reason_input(label: str, *, hint: str = "", optional: bool = False) -> Block:
    """Return the input of why somebody does something."""
    return text_input(REASON, label, hint=hint, multiline=True, optional=optional, longest=REASON_LIMIT)


def user_input(block_id: str, label: str, *, initial: str = "", hint: str = "", optional: bool = True) -> Block:
    element = UserSelectElement(
        action_id=_ENTERED, placeholder=_words("Choose a person"), initial_user=initial if el.is_user(initial) else None
    )
    return _input(block_id, label, element, hint=hint, optional=optional)


def choice_input(
    block_id: str,
    label: str,
    choices: Mapping[str, str],
    *,
    initial: str | None = None,
    hint: str = "",
    optional: bool = True,
) -> Block:
    """Return an input of one of several choices (value → words)."""
    return _input(block_id, label, el.select(_ENTERED, "Choose", choices, initial), hint=hint, optional=optional)


def entered(values: Values, block_id: str) -> str:
    """Return the text in an input, without blanks around it; "" for an empty one.

    This and the others raise `UsageError` for a modal without the input, or with one of another kind: that says nothing of what
    should stand there, and must not clear what does.
    """
    return (_state(values, block_id, "plain_text_input").get("value") or "").strip()


def entered_user(values: Values, block_id: str) -> str:
    """Return the id of the person in an input; "" for none."""
    return _state(values, block_id, "users_select").get("selected_user") or ""


def entered_choice(values: Values, block_id: str) -> str:
    """Return the value of the choice in an input; "" for none."""
    return str((_state(values, block_id, "static_select").get("selected_option") or {}).get("value", ""))


def chosen_of(values: Values, block_id: str, offered: Container[str]) -> str:
    """Return the value of a choice that had to be made; raises `UsageError` where it is none of those offered, or nothing."""
    chosen = entered_choice(values, block_id)
    if chosen not in offered:
        raise outdated()
    return chosen


def read_reason(values: Values) -> str:
    """Return what `reason_input` holds."""
    return entered(values, REASON)


def _state(values: Values, block_id: str, kind: str) -> Mapping[str, Any]:
    state = values.get(block_id, {}).get(_ENTERED)
    if state is None or state.get("type") not in {kind, None}:
        raise outdated()
    return state


def _input(block_id: str, label: str, element: InputInteractiveElement, *, hint: str, optional: bool) -> Block:
    return InputBlock(
        block_id=block_id,
        label=_words(label),
        element=element,
        hint=_words(hint) if hint else None,
        optional=optional,
    )


def _words(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
