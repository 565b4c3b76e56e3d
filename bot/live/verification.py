"""Items that the bot checks itself: turned when their proof has come, and turned back when it is gone."""

from datetime import datetime, timedelta

from bot.domain.incident.corrective_change import asserted_change, change_verified, corrective_change_looked_up
from bot.domain.incident.state import Incident
from bot.domain.incident.verification import FOLLOW_UP, due_checks, due_follow_up
from bot.investigation.calls import both
from bot.runtime.services import Services

_ASKED_EVERY = timedelta(seconds=30)  # of one asserted change: every click has the incident verified
_ASKED_AGAIN = timedelta(minutes=5), timedelta(hours=1)  # by itself, soon after the link was given and later on
_RARER = 10  # a tenth of the time since then


async def verify_due(services: Services, incident: Incident) -> Incident:
    """Turn every item whose proof has come or gone, and return the incident as it stands then."""
    incident, watched = await both(verify_checks(services, incident), _is_watched(services, incident))
    return await _verify_follow_up(services, await _verify_change(services, incident), watched=watched)


def forge_asked_next(services: Services, incident: Incident) -> datetime | None:
    """Return when the forge is asked again about a change that is not known to be merged: most merge without a click here."""
    asserted = asserted_change(incident)
    if asserted is None or not services.forge.knows(asserted[1]):
        return None
    now, (soonest, latest) = services.now(), _ASKED_AGAIN
    since = now - (asserted[0].facts.at or now)
    return now + min(max(since / _RARER, soonest), latest)


async def verify_checks(services: Services, incident: Incident) -> Incident:
    """Turn the items that the incident's own records prove, and return it as it stands then."""
    return await services.incidents.append_all(incident, due_checks(incident, at=services.now()))


async def _verify_change(services: Services, incident: Incident) -> Incident:
    """Ask the forge about the corrective change that a person linked, now and then, until it says that it was merged."""
    asserted = asserted_change(incident)
    if asserted is None or not services.forge.knows(asserted[1]):
        return incident
    item, change = asserted
    part = f"forge:{item.stamp}"
    if await services.live_messages.wait_before(incident.channel, incident.id, part, _ASKED_EVERY):
        return incident
    answer, now = await services.forge.ask(change), services.now()
    if answer.merged:
        entry = change_verified(incident, item, answer.merged, at=now)
    elif answer.said != item.forge_says:
        entry = corrective_change_looked_up(item, answer.said, at=now)
    else:
        return incident
    applied = await services.incidents.append(incident, entry)
    return applied.incident or incident


async def _is_watched(services: Services, incident: Incident) -> bool:
    """Tell whether the channel watches the incident's tenancy, where that is asked for."""
    return _has_follow_up(incident) and await services.watches.covers(incident.channel, incident.tenancy)


def _has_follow_up(incident: Incident) -> bool:
    return incident.is_open and incident.item(FOLLOW_UP) is not None


async def _verify_follow_up(services: Services, incident: Incident, *, watched: bool) -> Incident:
    """Turn the follow-up where the failure is known in a tenancy that the channel watches."""
    if not _has_follow_up(incident):
        return incident
    prints = list(dict.fromkeys(run.fingerprint for run in incident.failing_runs if run.fingerprint)) if watched else []
    known = await services.failures.find(incident.tenancy, prints) if prints else []
    all_known = bool(known) and all(one.count for one in known)
    due = due_follow_up(incident, prints if all_known else [], at=services.now())
    return await services.incidents.append_all(incident, due)
