"""The small modals of the checklist: proof for an item, taking an assertion back, and which run to replay."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.inputs import (
    LINE_LIMIT,
    OWNER,
    PROOF,
    RUN,
    Values,
    entered,
    entered_user,
    read_reason,
    reason_input,
    text_input,
    user_input,
)
from bot.blocks.modals import modal
from bot.blocks.routing import IncidentModal, Modal
from bot.blocks.text import outside
from bot.domain.incident.checklist import ItemSpec, ProofKind
from bot.domain.incident.state import Incident, Item

NO_REASON = "no reason given"
TEXT_PROOF_LIMIT = 1_000

_LABELS = {ProofKind.LINK: "Link that proves it", ProofKind.RUN: "Run id of the proof", ProofKind.TEXT: "What was done"}
_HINTS = {
    ProofKind.LINK: "Such as the merged change: https://…",
    ProofKind.RUN: "A run that Aionis has recorded in this channel's tenant and scope.",
    ProofKind.TEXT: "One sentence that others can check.",
}
_ASSIGN_ONLY = "Left empty, the item stays open and only its owner is saved."


class ItemAnswer(NamedTuple):
    """What somebody brought for an item: its proof as typed, and its owner's user id; "" for what was left empty."""

    proof: str
    owner: str


def item_modal(incident: Incident, item: Item, *, parent: str | None = None) -> dict[str, Any]:
    """Return the modal that asks for an item's proof and owner; `parent` is the id of the modal below it.

    The proof may be left empty to name an owner only, so whoever reads it decides whether it is needed.
    """
    blocks = [_title(item), *_proof_input(incident, item), _owner_input(item)]
    target = IncidentModal(incident=incident.id, channel=incident.channel, item=item.spec.id, parent=parent)
    return modal(Modal.ITEM, "Mark done", blocks, target, submit="Save")


def undo_modal(incident: Incident, item: Item, *, parent: str | None = None) -> dict[str, Any]:
    """Return the modal that takes an assertion back."""
    blocks = [_title(item), reason_input("Why is it open again?", optional=True)]
    target = IncidentModal(incident=incident.id, channel=incident.channel, item=item.spec.id, parent=parent)
    return modal(Modal.ITEM_UNDO, "Undo", blocks, target, submit="Open it again")


def ask_run_modal(incident: Incident, *, parent: str | None = None) -> dict[str, Any]:
    """Return the modal that asks which run to replay into the incident."""
    hint = "Its replay comes into this incident's thread. “/replay recent” lists the latest failed runs."
    blocks = [text_input(RUN, "Run id", hint=hint, optional=False)]
    target = IncidentModal(incident=incident.id, channel=incident.channel, parent=parent)
    return modal(Modal.ASK_RUN, "Replay a run", blocks, target, submit="Replay")


def read_item(values: Values, item: Item) -> ItemAnswer:
    """Return what was entered into `item_modal` of an item (blocks `PROOF`, where it needs one, and `OWNER`)."""
    proof = "" if item.spec.proof is ProofKind.NONE else entered(values, PROOF)
    return ItemAnswer(proof, entered_user(values, OWNER))


def read_undo(values: Values) -> str:
    """Return the reason of an undo, never empty: an open item with a reason is one that was taken back."""
    return read_reason(values) or NO_REASON


def read_typed_run_id(values: Values) -> str:
    """Return the run id in `ask_run_modal` (block `RUN`), as typed."""
    return entered(values, RUN)


def _title(item: Item) -> Block:
    return el.rich(el.line(el.bold(outside(item.spec.title, 120, one_line=True))))


def _proof_input(incident: Incident, item: Item) -> Iterator[Block]:
    proof = item.spec.proof
    if proof is not ProofKind.NONE:
        yield text_input(
            PROOF,
            _LABELS[proof],
            initial=_known_run(incident) if proof is ProofKind.RUN else "",
            hint=f"{_HINTS[proof]} {_ASSIGN_ONLY}",
            multiline=proof is ProofKind.TEXT,
            longest=TEXT_PROOF_LIMIT if proof is ProofKind.TEXT else LINE_LIMIT,
        )


def _known_run(incident: Incident) -> str:
    """Return the latest run of the incident in which nothing went wrong: the likeliest proof of a fix."""
    return next((run.run_id for run in reversed(incident.runs) if not run.failing), "")


def _owner_input(item: Item) -> Block:
    return user_input(
        OWNER, "Owner", initial=item.facts.owner, hint=_owner_hint(item.spec), optional=not item.spec.owner
    )


def _owner_hint(spec: ItemSpec) -> str:
    return "This item needs an owner." if spec.owner else "Who sees to it, and is reminded while it is open."
