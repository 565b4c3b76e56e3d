"""Exporting the evidence: the bundle into the thread, its hash beside it and in the log."""

import asyncio
import hashlib
import json
from typing import Any, ClassVar

import structlog

from bot.blocks.export import exported_message
from bot.blocks.incidents import no_incident_message
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import EntryKind
from bot.domain.incident.people import names_in, people_in
from bot.domain.incident.state import Incident
from bot.domain.recurrence.document import history_document
from bot.errors import SlackError
from bot.jobs.evidence import ensure_answers_are_kept
from bot.jobs.incident_lookup import incident_to_show
from bot.jobs.reading import with_word
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.similar import history_of
from bot.live.roots import post_below, upload_below
from bot.runtime.services import Services
from bot.slack import Upload

PACKING = "Packing the evidence… the bundle comes as another message."
_MATERIAL = "material"

log = structlog.get_logger(__name__)


class ExportRequest(Request):
    """Upload an incident's evidence bundle into its thread; without an incident, that of the thread or channel.

    `told`: whoever asked has a word already that it is being made.
    """

    kind: ClassVar[str] = "export"
    incident: str | None = None
    told: bool = False


@job(ExportRequest, admission=of_asker)
async def export(services: Services, key: str, admission: AskerAdmission, request: ExportRequest) -> None:
    """Upload the bundle of an incident as it stands; the entry about it comes after what it shows."""
    reply = request.reply
    incident = await incident_to_show(services, admission, reply, request.incident)
    if incident is None:
        await services.slack.answer_once(key, "none", reply, no_incident_message(reply.where))
        return
    await ensure_answers_are_kept(services, incident)
    # An entry of its own, before the log is read: the bundle shows the people as this entry names them.
    await _name_people(services, key, incident)
    await _note_history(services, key, incident)
    entries, answers = await _material(services, key, incident)
    signing = services.signing is not None
    # In a process of its own: seconds of packing would hold the interpreter, and with it the acks of others.
    packing = services.heavy_work.bundle(incident.id, entries, answers, to_be_signed=signing)
    if not request.told:
        packing = with_word(services, key, reply, packing, private=PACKING)
    content, left_out = await packing
    version = len(entries)
    digest, name = hashlib.sha256(content).hexdigest(), f"{incident.id}.zip"
    # One line for notifications: the hash, which is known of what was uploaded, is a message of its own.
    comment = f"Bundle of {incident.id}, version {version}: its SHA-256 is in the message below."
    bundle = Upload(name, f"Evidence of {incident.id} (version {version})", content, comment=comment)
    incident = await upload_below(services, key, "bundle", incident, bundle, user=reply.user)
    services.heavy_work.sent(content)
    signed = await _sign(services, key, incident, name, digest, user=reply.user)
    message = exported_message(
        incident, sha256=digest, version=version, size=len(content), signed=signed, left_out=left_out
    )
    await post_below(services, key, "hash", incident, message, user=reply.user)
    change = log_changes.exported(digest, version=version, by=reply.user, at=services.now(), key=key)
    await services.incidents.append(incident, change)
    await refresh_soon(services, incident)


async def _material(services: Services, key: str, incident: Incident) -> tuple[list[Any], list[str]]:
    """Return the log and the answers that the bundle is made of.

    A repetition takes what the first try took: its upload may be there already, and the hash beside it is of that file.
    """
    entries, answers = await services.incidents.stored_log(incident), await services.incidents.answers.packed(incident)
    kept = await services.outbox.value(key, _MATERIAL)
    if kept is None:
        await services.outbox.keep(key, _MATERIAL, json.dumps([len(entries), sorted(answers)]))
        return entries, list(answers.values())
    version, names = json.loads(kept)
    return entries[:version], [answers[name] for name in names if name in answers]


async def _sign(services: Services, key: str, incident: Incident, name: str, sha256: str, *, user: str) -> bool:
    """Upload the signature beside its bundle, which was checked as it was made; returns whether there is a key for one."""
    # A bundle is evidence without it; only who made it is not said.
    if services.signing is None:
        return False
    signature = await asyncio.to_thread(services.signing.sign, sha256, name, at=services.now())
    upload = Upload(
        f"{name}.intoto.json", f"Signature of {name}", signature, comment=f"Signature of the bundle of {incident.id}."
    )
    await upload_below(services, key, "signature", incident, upload, user=user)
    return True


async def _name_people(services: Services, key: str, incident: Incident) -> None:
    """Note in the log what people are called now: the bundle is made of the log alone. Where Slack does not say, ids stand."""
    entries = await services.incidents.log(incident)
    known, names = names_in(entries), {}
    for user in people_in(entries):
        try:
            person = await services.directory.person(user)
        except SlackError as error:
            log.info("name_unknown", user=user, error=str(error))
            continue
        names[user] = person.real_name or person.name
    new = {user: name for user, name in names.items() if name and known.get(user) != name}
    if new:
        change = log_changes.people_named(new, at=services.now(), key=f"{key}/names")
        await services.incidents.append(incident, change)


async def _note_history(services: Services, key: str, incident: Incident) -> None:
    """Note in the log what the index knows of the incident's failures, where that is more than it said last."""
    # Backwards, so that of several runs of one failure the first stands for it.
    failures = {run.fingerprint: run.run_id for run in reversed(incident.failing_runs) if run.fingerprint}
    histories = {}
    for found in await services.failures.find(incident.tenancy, failures):
        if found.ingredients:
            run_id = failures[found.fingerprint]
            history = await history_of(services, incident.tenancy, run_id, found.ingredients, found.fingerprint)
            document = history_document(history, channel=incident.channel)
            histories[found.fingerprint] = document.model_dump(mode="json")
    noted = [entry for entry in await services.incidents.log(incident) if entry.kind is EntryKind.HISTORY_NOTED]
    if histories and (not noted or noted[-1].payload["histories"] != histories):
        change = log_changes.history_noted(histories, at=services.now(), key=f"{key}/history")
        await services.incidents.append(incident, change)
