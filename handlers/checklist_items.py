"""Checklist items: mark done, with a modal where proof is needed, and undo."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.checklist_items import ItemAnswer, item_modal, read_item, read_undo, undo_modal
from bot.blocks.inputs import OWNER, PROOF
from bot.blocks.notices import in_field
from bot.blocks.routing import Action, IncidentModal, ItemTarget, Modal, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import ProofKind
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import Incident, Item
from bot.errors import BotError
from bot.investigation.proof_input import CHECK_WITHIN, check_proof
from bot.runtime.services import Services
from handlers.interactions import Click, apply, show_parent, with_admission, with_incident
from handlers.modals import open_modal

NO_OWNER = "Name who owns it."


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.ITEM), middleware=[with_admission(services)])
    async def on_item(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], click: Click, admission: AskerAdmission
    ) -> None:
        target = decode(ItemTarget, action.get("value"))
        if target.ask:
            incident = await services.incidents.read(admission, target.incident)
            if item := incident.item(target.item):
                await open_modal(services, body, item_modal(incident, item, parent=click.view_id))
        else:
            # Not read before: who was first is decided by the script, in the one round trip that there is before the ack.
            change = log_changes.item_asserted(target.item, proof="", owner="", **_by(services, click))
            await apply(services, click, admission, target.incident, change)
        await ack()

    @app.view(Modal.ITEM, middleware=[with_incident(services)])
    async def on_submitted(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        modal = decode(IncidentModal, view["private_metadata"])
        item = incident.item(modal.item)
        if item is None:
            await ack()
            return
        try:
            change = await _change(services, click, incident, item, read_item(view["state"]["values"], item))
        except _FieldRefused as refused:
            await ack(response_action="errors", errors={refused.block: refused.words})
            return
        await apply(services, click, admission, incident.id, change)
        await show_parent(services, click, modal)
        await ack()

    @app.action(action_pattern(Action.ITEM_UNDO), middleware=[with_incident(services)])
    async def on_undo(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], click: Click, incident: Incident
    ) -> None:
        if item := incident.item(decode(ItemTarget, action.get("value")).item):
            await open_modal(services, body, undo_modal(incident, item, parent=click.view_id))
        await ack()

    @app.view(Modal.ITEM_UNDO, middleware=[with_incident(services)])
    async def on_undo_submitted(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        modal = decode(IncidentModal, view["private_metadata"])
        item = incident.item(modal.item)
        owner, reason = item.facts.owner if item else "", read_undo(view["state"]["values"])
        change = log_changes.item_undone(modal.item, reason=reason, owner=owner, **_by(services, click))
        await apply(services, click, admission, incident.id, change)
        await ack()


class _FieldRefused(Exception):
    """What is wrong with one field of the modal."""

    def __init__(self, block: str, words: str) -> None:
        super().__init__(words)
        self.block = block
        self.words = words


async def _change(services: Services, click: Click, incident: Incident, item: Item, answer: ItemAnswer) -> Change:
    """Return what was submitted as a change: an owner alone, or the item done. Raises what is wrong with a field."""
    if item.spec.owner and not answer.owner:
        raise _FieldRefused(OWNER, NO_OWNER)
    if answer.owner and not answer.proof and item.spec.proof is not ProofKind.NONE:
        return log_changes.item_assigned(item.spec.id, owner=answer.owner, **_by(services, click))
    try:
        aionis = services.aionis(incident, deadline=CHECK_WITHIN)
        proof = await check_proof(aionis, item.spec, answer.proof)
    except BotError as wrong:
        raise _FieldRefused(PROOF, in_field(wrong)) from wrong
    return log_changes.item_asserted(item.spec.id, proof=proof, owner=answer.owner, **_by(services, click))


def _by(services: Services, click: Click) -> dict[str, Any]:
    return {"by": click.user, "at": services.now(), "key": click.key}
