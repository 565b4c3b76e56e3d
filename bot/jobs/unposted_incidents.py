"""Incidents whose root never came to be, or not to be recorded: what nobody sees is discarded, and the log says why."""

import structlog

from bot.domain.incident import log_changes
from bot.domain.incident.state import ROOT
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Job
from bot.live.roots import rooted_at
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo

OPENED = "incident"  # in the outbox of a job: the id under which it opens an incident
NOT_OPENED = "No incident was opened: it would live in the thread of a message here."

log = structlog.get_logger(__name__)


async def discard(services: Services, channel: str, id_: str, *, because: str) -> None:
    """Close an incident that has no root, with the reason in its log; one that has a root stays as it is."""
    change = log_changes.discarded(because, at=services.now(), key=f"discarded:{id_}")
    applied = await services.incidents.append_by_id(channel, id_, change)
    if not applied.accepted or applied.incident is None:
        return
    log.info("incident_discarded", because=because)
    for fingerprint in {run.fingerprint for run in applied.incident.runs if run.fingerprint}:
        await services.failures.lost_incident(applied.incident.tenancy, fingerprint, id_)


async def discard_of(services: Services, key: str, request: Job, *, because: str) -> None:
    """Discard the incident that a job has opened and not shown, where it did: the job has come to its end without.

    One whose root was posted, which the job did not come to record, is shown: it goes on below that.
    """
    reply: ReplyTo | None = getattr(request, "reply", None)
    channel = reply.channel if reply else getattr(request, "channel", None)
    opened = await services.outbox.value(key, OPENED) if channel else None
    if not (channel and opened):
        return
    if root := await services.outbox.landed(key, ROOT):
        await _go_on_below(services, channel, opened, Posted.read(root))
    else:
        await discard(services, channel, opened, because=because)


async def _go_on_below(services: Services, channel: str, id_: str, root: Posted) -> None:
    thread = root.thread_ts or root.ts
    change = log_changes.message_posted(ROOT, thread, at=services.now(), key=f"{ROOT}:{thread}", instead_of=None)
    applied = await services.incidents.append_by_id(channel, id_, change)
    if applied.accepted and applied.incident:
        await refresh_soon(services, await rooted_at(services, applied.incident, root))
