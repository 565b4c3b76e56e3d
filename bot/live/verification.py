"""Items that the bot checks itself: turned when their proof has come, and turned back when it is gone."""

from bot.domain.incident.state import Incident
from bot.domain.incident.verification import FOLLOW_UP, due_checks, due_follow_up
from bot.runtime.services import Services


async def verify_due(services: Services, incident: Incident) -> Incident:
    """Turn every item whose proof has come or gone, and return the incident as it stands then."""
    for change in due_checks(incident, at=services.now()):
        applied = await services.incidents.append(incident, change)
        incident = applied.incident or incident
    return await _verify_follow_up(services, incident)


async def _verify_follow_up(services: Services, incident: Incident) -> Incident:
    """Turn the follow-up where the channel watches the incident's tenancy, and the failure is known there."""
    if not incident.is_open or incident.item(FOLLOW_UP) is None:
        return incident
    watch = await services.watches.of(incident.channel)
    watched = watch is not None and watch.tenancy == incident.tenancy
    prints = list(dict.fromkeys(run.fingerprint for run in incident.failing_runs if run.fingerprint)) if watched else []
    known = await services.failures.find(incident.tenancy, prints) if prints else []
    all_known = bool(known) and all(one.count for one in known)
    for change in due_follow_up(incident, prints if all_known else [], at=services.now()):
        applied = await services.incidents.append(incident, change)
        incident = applied.incident or incident
    return incident
