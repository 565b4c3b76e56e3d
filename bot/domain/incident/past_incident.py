"""An incident as the index of failures remembers it: how it stands, and what fixed it."""

import re

from bot.domain.incident.checklist import Check, ItemState, ProofKind
from bot.domain.incident.state import CLOSED, OPEN, Incident
from bot.domain.recurrence.occurrences import PastIncident

_CHANGES = (
    (re.compile(r"/(?:pulls?|pull-requests|pullrequest)/([0-9]+)"), "PR {}"),
    (re.compile(r"/merge_requests/([0-9]+)"), "MR {}"),
    (re.compile(r"/commits?/([0-9a-fA-F]{7})"), "commit {}"),
)


def past_incident(incident: Incident) -> PastIncident:
    """Return what is remembered. It counts as fixed where it was closed with its fix verified."""
    closure = incident.closure if not incident.is_open else None
    at = closure.at if closure else incident.reopened_at or incident.head.at
    return PastIncident(
        id=incident.id,
        state=CLOSED if closure else OPEN,
        fix=corrective_change_words(incident) if closure else "",
        at=at,
        channel=incident.channel,
        root_ts=incident.root_ts or "",
        fixed=closure is not None and _fix_verified(incident),
    )


def corrective_change_words(incident: Incident) -> str:
    """Return in a word or two what was changed, from the links that people gave as proof; "" where none tells."""
    for item in incident.items:
        if item.spec.proof is ProofKind.LINK and item.done and item.spec.check is None:
            for pattern, words in _CHANGES:
                found = pattern.search(item.facts.proof)
                if found:
                    return words.format(found.group(1))
    return ""


def _fix_verified(incident: Incident) -> bool:
    # By what the item checks, not by its id: a team's own checklist may call it anything, or not have it.
    checked = [item for item in incident.items if item.spec.check is Check.COMPARISON]
    return any(item.state is ItemState.VERIFIED for item in checked)
