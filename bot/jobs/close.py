"""Closing an incident, checked once more against Aionis."""

from typing import ClassVar

from bot.blocks.close import blocked_message, blocked_modal
from bot.blocks.notices import notice
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.closing_rights import ClosingRights, may_close
from bot.domain.incident.state import Incident
from bot.errors import AionisError, NotAllowed
from bot.investigation.evidence_ids import check_evidence
from bot.jobs.incident_lookup import OR_NAME_IT, incident_to_change
from bot.jobs.posting import say_or_tell
from bot.jobs.recording import note_incident
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.closing_line import say_closed
from bot.live.verification import verify_due
from bot.runtime.services import Services
from bot.slack import ReplyTo

CLOSED = "{id} is closed"
CLOSED_ALREADY = "{id} is closed already."
OWNERS_MAY = "Its opener, its lead and owners of its items may where nothing blocks"


class CloseRequest(Request):
    """Close the incident that is named, else the one meant where it was asked.

    `reason` set: although something blocks; `because` is why it is closed where nothing does.
    """

    kind: ClassVar[str] = "close"
    shown_by: ClassVar[str] = "/replay status"
    incident: str | None = None
    reason: str = ""
    because: str = ""


class BlockersRequest(Request):
    """Show anew, in an open modal, what blocks the close of an incident."""

    kind: ClassVar[str] = "blockers"
    ordered: ClassVar[bool] = False
    incident: str
    view_id: str


async def closing_rights(services: Services, admission: AskerAdmission, incident: Incident) -> ClosingRights:
    """Return what a person may do about the close of an incident."""
    manages = await services.authorization.manages(admission)
    close = manages or admission.person.id in may_close(incident)
    # Whom else to ask costs calls of Slack: whoever manages need not be told.
    others = "" if manages else await services.authorization.managers(admission.place)
    return ClosingRights(close=close, override=manages, others=others)


@job(CloseRequest, admission=of_asker)
async def close(services: Services, key: str, admission: AskerAdmission, request: CloseRequest) -> None:
    """Close an incident if nothing blocks it, or although something does where a reason was given."""
    reply = request.reply
    incident = await incident_to_change(services, key, admission, reply, request.incident, fix=OR_NAME_IT)
    rights = await closing_rights(services, admission, incident)
    if not (rights.override if request.reason else rights.close):
        ask = f"Ask {rights.others}" if request.reason else f"{OWNERS_MAY}, or ask {rights.others}"
        raise NotAllowed(f"You may not close {incident.id}.", fix=f"{ask}.")
    # Nothing is checked of a closed one: it stays as it was when it was closed.
    if incident.is_open:
        incident = await verify_due(
            services, await _checked(services, admission, incident, anyway=bool(request.reason))
        )
    change = log_changes.closed(
        items=[item.spec.id for item in incident.items],
        overridden=bool(request.reason) and bool(incident.blockers),
        reason=request.reason or request.because,
        blockers=[item.spec.title for item in incident.blockers] if request.reason else (),
        by=reply.user,
        at=services.now(),
        key=key,
    )
    # The guards decide, not what was read above: an item may have been taken back in between.
    applied = await services.incidents.append(incident, change)
    now_closed = applied.incident or incident
    if applied.accepted:
        await note_incident(services, now_closed)
        await _end(services, key, now_closed, reply)
    elif now_closed.is_open:
        await services.slack.answer_once(key, "blocked", reply, blocked_message(now_closed, rights, reply.where))
        await refresh_soon(services, now_closed)
    else:
        await services.slack.answer_once(key, "closed", reply, notice(CLOSED_ALREADY.format(id=incident.id)))


@job(BlockersRequest, admission=of_asker)
async def show_blockers(services: Services, _key: str, admission: AskerAdmission, request: BlockersRequest) -> None:
    """Show anew, in an open modal, what blocks the close."""
    incident = await services.incidents.read(admission, request.incident)
    view = blocked_modal(incident, await closing_rights(services, admission, incident))
    await services.slack.update_view(request.view_id, view)


async def _checked(services: Services, admission: AskerAdmission, incident: Incident, *, anyway: bool) -> Incident:
    """Look the evidence table's ids up again; one that Aionis no longer knows takes the item's verification away."""
    if incident.root_cause is None:
        return incident
    try:
        runs = {run.run_id for run in incident.runs}
        problems = (await check_evidence(services.aionis(admission), incident.root_cause, runs)).problems
    except AionisError:
        if not anyway:
            raise
        return incident  # whoever overrides is not kept from it by an Aionis that does not answer
    unresolved = tuple(incident.root_cause.ids()[field] for field in problems)
    if unresolved == incident.unresolved:
        return incident
    # With the version in the key: two who look at the same state write one entry.
    change = log_changes.root_cause_checked(
        unresolved, edition=incident.root_cause_edition, at=services.now(), key=f"checked:{incident.version}"
    )
    applied = await services.incidents.append(incident, change)
    return applied.incident or incident


async def _end(services: Services, key: str, incident: Incident, reply: ReplyTo) -> None:
    """Say so in the channel in one line; the root, the checklist and the summary follow, whatever becomes of that."""
    await refresh_soon(services, incident)
    saying = say_closed(services, key, incident, by=reply.user)
    await say_or_tell(services, key, reply, saying, part="unsaid", done=CLOSED.format(id=incident.id))
