"""Keeping what a job has read from Aionis with its incident, and waiting until it is kept."""

from typing import Any

from bot.aionis import Aionis
from bot.aionis.client import Exchange
from bot.domain.incident.state import Incident
from bot.runtime.heavy_work import SMALL
from bot.runtime.services import Services
from bot.store.queue import HandedBack, current_lease

_ANSWERS_WITHIN, _LOOK_AGAIN = 120.0, 0.3  # seconds that an export waits for answers, and between two looks


async def keep_evidence(services: Services, job: str, aionis: Aionis, incident: Incident) -> None:
    """Keep the answers that a job has used with the incident, masked: the last thing that it does.

    Masking megabytes takes seconds. Nobody behind the job waits for that, but for an export, which wants them all.
    """
    is_large = sum(len(one.body) for one in aionis.exchanges) >= SMALL
    if is_large:
        # Said before the lane is left: an export that begins the moment after must find it.
        await services.incidents.answers.expect(incident, job)
        if lease := current_lease.get():
            await lease.leave_lane()
    kept = await services.heavy_work.keep((_facts(one), one.body) for one in aionis.exchanges)
    await services.incidents.answers.keep(incident, kept)
    if is_large:
        await services.incidents.answers.has_kept(incident, job)


def _facts(answer: Exchange) -> dict[str, Any]:
    told = {"path": answer.path, "asked": answer.asked, "request_id": answer.request_id}
    return {**told, "read_at": answer.at.isoformat()}


async def ensure_answers_are_kept(services: Services, incident: Incident) -> None:
    """Raise `HandedBack` while a job still masks answers of the incident; not for longer than a while."""
    lease = current_lease.get()
    if lease and lease.delivery.age < _ANSWERS_WITHIN and await services.incidents.answers.expects(incident):
        raise HandedBack(_LOOK_AGAIN)
