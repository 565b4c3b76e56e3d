"""Closing: what blocks, each with the button that mends it, the modal that asks for a reason, and the line of a close."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.checklist import item_button, progress
from bot.blocks.incident_root import fix_standing
from bot.blocks.inputs import reason_input
from bot.blocks.layout import Message, Part, fit
from bot.blocks.modals import modal
from bot.blocks.notices import told_at
from bot.blocks.place import Where
from bot.blocks.routing import Action, IncidentModal, IncidentTarget, Modal, action_id, encode
from bot.blocks.text import duration, escape, linked, mrkdwn_time
from bot.domain.incident.closing_rights import ClosingRights
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural
from bot.domain.run.steps import seconds_between

ANYWAY = "Although these are open: type `/replay close {id} anyway because <why>`."
_TITLE = 120
_PROOFS = 3  # failing runs whose proof the close names


def blocked_modal(incident: Incident, rights: ClosingRights) -> dict[str, Any]:
    """Return the modal of what blocks the close; once nothing does any more, its button closes the incident.

    Whoever may not close, or not although something blocks, is told who may instead of being offered it.
    """
    target = IncidentModal(incident=incident.id, channel=incident.channel)
    if not incident.blockers:
        value = encode(IncidentTarget(incident=incident.id))
        close = el.button("Close incident", action_id(Action.CLOSE), value, style="primary") if rights.close else None
        nothing: list[Block] = [el.mrkdwn(f"Nothing blocks the close of {incident.id}.", close)]
        others = (
            []
            if rights.close
            else [el.context(f"Its opener, its lead and owners of its items may close it, and {rights.others}.")]
        )
        return modal(Modal.CLOSE, "Close incident", [*nothing, *others], target)
    blockers = [_heading(incident), *_blockers(incident), el.divider()]
    if not rights.override:
        told = el.context(f"Although these are open, {rights.others} may close it.")
        return modal(Modal.CLOSE, "Close incident", [*blockers, told], target)
    reason = reason_input("Close anyway: why?", hint="Recorded in the log, with what was open.")
    return modal(Modal.CLOSE, "Close incident", [*blockers, reason], target, submit="Close anyway")


def blocked_message(incident: Incident, rights: ClosingRights, where: Where) -> Message:
    """Return what somebody is told whose close was refused, because something blocks it, and how they close it anyway."""
    parts = [Part("heading", [_heading(incident)]), Part("blockers", list(_blockers(incident)))]
    if rights.override:
        anyway = told_at(where, ANYWAY.format(id=incident.id))
        parts.append(Part("anyway", [el.context(anyway.replace("`", ""))]))
    titles = "; ".join(el.literal(item.spec.title, 60) for item in incident.blockers)
    return Message(escape(f"{incident.id} was not closed. ") + f"Open: {titles}", fit(parts))


def closed_message(incident: Incident, *, link: str | None) -> Message:
    """Return the one line that the channel gets of a close: how long it took, what proves the fix, and where it is."""
    closure = incident.closure
    took = duration(seconds_between(incident.head.at, closure.at)) if closure else ""
    standings = Counter(fix_standing(proof) for proof in proofs_of(incident))
    proofs = [words if count == 1 else f"{words} ({count} runs)" for words, count in standings.items()][:_PROOFS]
    how = "anyway: " if closure and closure.overridden else ""
    why = f"{how}{el.literal(closure.reason, 200)}" if closure and closure.reason else ""
    facts = [f"closed {f'after {took}' if took else ''}".strip(), why, *map(escape, proofs), progress(incident)]
    by = f" · by {el.who(closure.by)}" if closure else ""
    text = f"✓ *{linked(incident.id, link)}* {' · '.join(fact for fact in facts if fact)}{by}"
    return Message(
        escape(f"{incident.id} closed, {progress(incident)}. {'; '.join(proofs)}"), el.to_dicts([el.mrkdwn(text)])
    )


def overtaken_message(closed: Incident, *, by: str, at: datetime, link: str | None) -> Message:
    """Return the line of a close after which the incident was opened again."""
    closure = closed.closure
    took = f" after {duration(seconds_between(closed.head.at, closure.at))}" if closure else ""
    closer = f" by {el.who(closure.by)}" if closure else ""
    since = f"opened again by {el.who(by)} {mrkdwn_time(at)}"
    text = f"↺ *{linked(closed.id, link)}* was closed{took}{closer} · {since}"
    return Message(f"{closed.id} was closed, and opened again since.", el.to_dicts([el.small(text)]))


def _heading(incident: Incident) -> Block:
    return el.mrkdwn(f"*{incident.id}*: {plural(len(incident.blockers), 'item')} of the checklist still open.")


def _blockers(incident: Incident) -> Iterator[Block]:
    for number, item in enumerate(incident.blockers, start=1):
        owner = f"\nowner {el.who(item.facts.owner)}" if item.facts.owner else ""
        yield el.mrkdwn(f"☐ *{el.literal(item.spec.title, _TITLE)}*{owner}", item_button(incident, item, number))
