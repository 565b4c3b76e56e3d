"""Resolving records: the card, in the incident where there is one, and starting an incident around a card."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.aionis import Aionis
from bot.blocks import elements as el
from bot.blocks.incidents import added_message, record_choice_message
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.resolve import resolve_message, resolve_title
from bot.blocks.routing import Action, UriTarget, action_id, encode
from bot.domain.access.admission import AskerAdmission
from bot.domain.access.rules import keeps_incidents
from bot.domain.incident import log_changes
from bot.domain.incident.digest import run_digest
from bot.domain.incident.evidence_ids import run_of_record
from bot.domain.incident.kept import RunDigest, UriDigest
from bot.domain.incident.state import Incident
from bot.domain.run.record_references import parse_reference
from bot.domain.run.resolution import Resolution
from bot.errors import AionisError, NotAllowed
from bot.ids import as_uuid
from bot.investigation.calls import attempt
from bot.investigation.record import resolve_record
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import NO_INCIDENTS, open_new, post_into, root_at
from bot.jobs.incident_lookup import Undecided, asked_elsewhere, place_of_record
from bot.jobs.reading import read_run, with_word
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.roots import root_link
from bot.runtime.services import Services

NO_INCIDENTS_FIX = "Invite the bot to the incident channel, and start it there."


class ResolveRequest(Request):
    """Resolve a reference, as typed, in the channel's tenancy."""

    kind: ClassVar[str] = "resolve"
    shown_by: ClassVar[str] = "/replay status"
    reference: str
    incident: str | None = None
    outside: bool = False

    def again(self) -> ButtonElement:
        return el.button(
            TRY_AGAIN,
            action_id(Action.RESOLVE),
            encode(UriTarget(uri=self.reference, incident=self.incident, outside=self.outside)),
        )


class StartRequest(Request):
    """Open an incident in the thread of the resolve card that was clicked on."""

    kind: ClassVar[str] = "start"
    shown_by: ClassVar[str] = "/replay status"
    uri: str


@job(ResolveRequest, admission=of_asker)
async def resolve_reference(services: Services, key: str, admission: AskerAdmission, request: ResolveRequest) -> None:
    """Post the card of a record; it is added to the open incident that it belongs to, or the asker chooses."""
    reply = request.reply
    aionis = services.aionis(admission)
    reading = _read(services, aionis, admission, request.reference)
    resolution = await with_word(services, key, reply, reading)
    keeps = keeps_incidents(admission.place)
    incident = None
    if keeps and not request.outside:
        placing = _place(services, aionis, admission, request, resolution)
        incident = await with_word(services, key, reply, placing)
    if isinstance(incident, Undecided):
        target = UriTarget(uri=str(resolution.uri))
        title = resolve_title(resolution)
        asked = record_choice_message(title, incident.choices, target, guess_outside=incident.guess_new)
        await services.slack.answer_once(key, "choose", reply, asked)
        return
    card = resolve_message(resolution, incident=incident.id if incident else None, startable=keeps and incident is None)
    posted = await post_into(services, key, "card", reply, card, incident)
    if posted and incident:
        await _add(services, key, incident, resolution, aionis, by=reply.user)
        if asked_elsewhere(reply, incident):
            link = await root_link(services, incident)
            message = added_message(resolve_title(resolution), incident.id, link=link)
            await services.slack.answer_once(key, "where", reply, message)


@job(StartRequest, admission=of_asker)
async def start_incident(services: Services, key: str, admission: AskerAdmission, request: StartRequest) -> None:
    """Open an incident in the thread of the card that was clicked on, with the card's record in it."""
    reply = request.reply
    aionis = services.aionis(admission)
    resolution = await _read(services, aionis, admission, request.uri)
    incident = await open_new(services, key, admission, reply)
    if incident is None or reply.thread_ts is None:
        raise NotAllowed(NO_INCIDENTS, fix=NO_INCIDENTS_FIX)
    # The card is there already: it becomes the root, and nothing is posted that says the same.
    incident = await root_at(services, incident, reply.thread_ts, job=key)
    await _add(services, key, incident, resolution, aionis, by=reply.user)


async def _place(
    services: Services, aionis: Aionis, admission: AskerAdmission, request: ResolveRequest, resolution: Resolution
) -> Incident | Undecided | None:
    async def run() -> RunDigest | None:
        run_id = run_of_record(resolution.resolved)
        return await _run(services, aionis, admission, run_id) if run_id else None

    return await place_of_record(services, admission, request.reply, request.incident, run)


async def _run(services: Services, aionis: Aionis, admission: AskerAdmission, run_id: str) -> RunDigest:
    """Return what is known of a record's run; of one that cannot be read, its id alone."""
    kept = (run for one in await services.incidents.open_ones(admission) for run in one.runs if run.run_id == run_id)
    if known := next(kept, None):
        return known
    found = await attempt(read_run, services, aionis, run_id)
    if isinstance(found, AionisError):
        return RunDigest(run_id=run_id, verdict="", failing=False)
    return run_digest(found.diagnosis)


async def _read(services: Services, aionis: Aionis, admission: AskerAdmission, reference: str) -> Resolution:
    uri = parse_reference(reference, admission.tenancy)
    held = [] if as_uuid(uri.id) else await services.incidents.open_ones(admission)
    return await resolve_record(aionis, uri, known=[one for incident in held for one in incident.record_uris])


async def _add(
    services: Services, key: str, incident: Incident, resolution: Resolution, aionis: Aionis, *, by: str
) -> None:
    digest = UriDigest(uri=str(resolution.uri), title=resolve_title(resolution))
    change = log_changes.uri_added(digest, by=by, at=services.now(), key=f"{key}:uri")
    await services.incidents.append(incident, change)
    await refresh_soon(services, incident)
    await keep_evidence(services, key, aionis, incident)
