"""Holding the newest reruns against an incident's gate, from Slack: what it says, and the entry that verifies the follow-up."""

from typing import ClassVar

from bot.blocks.gate import gate_message, gate_title, no_gate_message
from bot.blocks.incidents import added_message
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.digest import gate_digest
from bot.domain.recurrence.gate_document import GateDocument
from bot.investigation.gate import hold_gate
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import post_into, shown_although_refused
from bot.jobs.incident_lookup import OR_NAME_IT, asked_elsewhere, closed_notice, incident_to_change
from bot.jobs.reading import with_word
from bot.jobs.registry import Request, job, of_asker
from bot.live.roots import root_link
from bot.runtime.services import Services


class GateRequest(Request):
    """Hold runs against the gate of the incident that is meant; without any, the newest later run of each failure's case."""

    kind: ClassVar[str] = "gate"
    runs: tuple[str, ...] = ()
    incident: str | None = None


@job(GateRequest, admission=of_asker)
async def hold_incidents_gate(services: Services, key: str, admission: AskerAdmission, request: GateRequest) -> None:
    """Post what the gate says into the incident's thread, and record it."""
    reply = request.reply
    incident = await incident_to_change(services, key, admission, reply, request.incident, fix=OR_NAME_IT)
    if not incident.is_open:
        await services.slack.answer_once(key, "closed", reply, closed_notice(services, incident, reply.where))
        return
    # From the log and the kept answers, as the bundle has it: a gate.json in a pipeline must come to the same verdict.
    entries, answers = await services.incidents.log(incident), await services.incidents.answers.of(incident)
    from bot.report import gate_of_incident  # noqa: PLC0415 what writes reports draws, too: for jobs, not for listeners

    gate: GateDocument = gate_of_incident(entries, answers, incident.id)
    if not gate.failures:
        await services.slack.answer_once(key, "none", reply, no_gate_message(incident.id))
        return
    aionis = services.aionis(admission)
    holding = hold_gate(aionis, gate, request.runs, now=services.now(), stalled_after=services.stalled_after)
    held = await with_word(services, key, reply, holding)
    # Held against no run it says nothing, and nothing is recorded.
    if held.result.runs:
        change = log_changes.gate_held(gate_digest(held.result), by=reply.user, at=services.now(), key=f"{key}:gate")
        applied = await services.incidents.append(incident, change)
        incident = applied.incident or incident
        await keep_evidence(services, key, aionis, incident)
    message = gate_message(held.result, incident)
    async with shown_although_refused(services, incident):
        posted = await post_into(services, key, "gate", reply, message, incident)
    if posted and asked_elsewhere(reply, incident):
        link = await root_link(services, incident)
        await services.slack.answer_once(
            key, "where", reply, added_message(gate_title(held.result, incident), incident.id, link=link)
        )
