"""Who leads an incident: the buttons that say what they do, and what a click is told that came too late."""

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import Message
from bot.blocks.routing import Action, LeadChoice, LeadTarget, action_id, encode
from bot.blocks.spoken import spoken
from bot.domain.incident.state import Incident


def lead_button(incident: Incident) -> ButtonElement:
    """Return the root's button, which is the same for everybody: take the lead, or step back."""
    if incident.lead:
        return _button("Step back", incident, LeadChoice.STEP_BACK)
    return _button("I'm on it", incident, LeadChoice.TAKE)


def lead_message(incident: Incident, user: str) -> Message:
    """Return what a click is told that did nothing: who leads, with what `user` can do about it."""
    if not incident.lead:
        said, offer = f"Nobody is on {incident.id} now; nothing was changed.", lead_button(incident)
    elif incident.lead == user:
        said, offer = f"You lead {incident.id} already; nothing was changed.", lead_button(incident)
    else:
        said = f"{el.who(incident.lead)} leads {incident.id}; nothing was changed."
        offer = _button("Take over", incident, LeadChoice.TAKE_OVER)
    blocks = el.to_dicts([el.mrkdwn(said), el.actions(offer)])
    return Message(spoken(blocks), blocks)


def taken_over_message(incident: Incident, before: str) -> Message:
    """Return what whoever took over is told."""
    blocks = el.to_dicts([el.mrkdwn(f"You lead {incident.id} now, in place of {el.who(before)}.")])
    return Message(spoken(blocks), blocks)


def _button(label: str, incident: Incident, choice: LeadChoice) -> ButtonElement:
    target = LeadTarget(incident=incident.id, choice=choice, of=incident.lead or None)
    return el.button(label, action_id(Action.LEAD), encode(target))
