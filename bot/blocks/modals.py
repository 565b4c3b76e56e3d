"""What all modals share: the frame, and the states before and instead of content."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.layout import VIEW_BLOCKS
from bot.blocks.notices import TRY_AGAIN, failure_blocks, placed
from bot.blocks.place import IN_MODAL
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_id, encode
from bot.errors import AionisError, BotError

RUN_TITLES = {
    Modal.STEP: "Step details",
    Modal.TIMELINE: "Full timeline",
    Modal.COMPARISON: "Comparison",
    Modal.RERUN: "Compare with a rerun",
}
_AGAIN = {  # what fills each of them
    Modal.STEP: Action.STEP_PAGE,
    Modal.TIMELINE: Action.TIMELINE_PAGE,
    Modal.COMPARISON: Action.COMPARISON_PAGE,
    Modal.RERUN: Action.RERUN_AGAIN,
}


def modal(
    kind: Modal, title: str, blocks: Sequence[Block], target: BaseModel, *, submit: str | None = None
) -> dict[str, Any]:
    """Return a view. `title` and `submit` (wanted where there are inputs) are at most 24 characters, blocks at most 100."""
    if len(blocks) > VIEW_BLOCKS:
        # A defect, told as one: Slack would refuse the view, and the trigger that opens one is good for three seconds.
        raise AssertionError("a modal's pages are made to fit")
    view = {
        "type": "modal",
        "callback_id": kind,
        "title": _words(title),
        "close": _words("Cancel" if submit else "Close"),
        "private_metadata": encode(target),
        "blocks": el.to_dicts(blocks),
    }
    return {**view, "submit": _words(submit)} if submit else view


def notice_modal(title: str, error: BotError) -> dict[str, Any]:
    """Return a view that says one thing, for where no message can be shown. It has no listener and needs none."""
    return {
        "type": "modal",
        "title": _words(title),
        "close": _words("Close"),
        "blocks": el.to_dicts(failure_blocks(placed(error, IN_MODAL))),
    }


def _words(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def run_modal(
    kind: Modal, blocks: Sequence[Block], target: ModalTarget, *, submit: str | None = None
) -> dict[str, Any]:
    """Return a view about runs, whose title its kind has. Raises `KeyError` for a kind that is about something else."""
    return modal(kind, RUN_TITLES[kind], blocks, target, submit=submit)


def loading_modal(kind: Modal, target: ModalTarget) -> dict[str, Any]:
    """Return the modal that opens at once and is filled when Aionis has answered."""
    # A trigger opens a modal within three seconds alone, which Aionis may need by itself; an open one may be filled any time.
    return run_modal(kind, [el.rich(el.line(el.italic("Asking Aionis…")))], target)


def failed_modal(kind: Modal, target: ModalTarget, error: BotError) -> dict[str, Any]:
    """Return the modal for when it could not be filled; where that was Aionis, with a button that asks it again."""
    blocks = failure_blocks(placed(error, IN_MODAL))
    if isinstance(error, AionisError):
        again = encode(RunTarget(**target.model_dump(include=set(RunTarget.model_fields))))
        blocks.append(el.actions(el.button(TRY_AGAIN, action_id(_AGAIN[kind]), again)))
    return run_modal(kind, blocks, target)
