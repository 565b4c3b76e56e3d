"""The message that an incident lives below: where it was deleted, another takes its place and everything follows."""

from bot.blocks.layout import Message
from bot.blocks.notices import notice
from bot.domain.incident import incident_log
from bot.domain.incident.state import ROOT, Incident
from bot.errors import SlackRefused
from bot.runtime.services import Services
from bot.slack import THREAD_GONE, Posted, ReplyTo

GOES_ON = "{id} goes on below this message: the one that it lived below was deleted."


async def go_on_below_a_new_root(services: Services, incident: Incident) -> Incident:
    """Post a new root; returns the incident as it stands then. The messages kept up to date are posted anew below it."""
    place = ReplyTo(channel=incident.channel, user=incident.head.by)
    posted = await services.slack.post_once(
        f"board:{incident.channel}:{incident.id}",
        f"root:{incident.root_ts}",
        place,
        notice(GOES_ON.format(id=incident.id)),
    )
    change = incident_log.message_posted(
        ROOT, posted.ts, at=services.now(), key=f"{ROOT}:{posted.ts}", instead_of=incident.root_ts
    )
    applied = await services.incidents.append(incident, change)
    return applied.incident or incident


async def post_below(
    services: Services, job: str, part: str, incident: Incident, message: Message, *, user: str, broadcast: bool = False
) -> Posted:
    """Post into an incident's thread, which is a new one where the old one is gone."""
    place = ReplyTo(channel=incident.channel, user=user, thread_ts=incident.root_ts)
    try:
        return await services.slack.post_once(job, part, place, message, broadcast=broadcast)
    except SlackRefused as refused:
        if refused.code != THREAD_GONE:
            raise
    incident = await go_on_below_a_new_root(services, incident)
    place = place.model_copy(update={"thread_ts": incident.root_ts})
    return await services.slack.post_once(job, part, place, message, broadcast=broadcast)


def current(incident: Incident, part: str) -> str | None:
    """Return the ts of a message that is kept up to date; None where there is none, or it hangs below an older root."""
    ts, root = incident.messages.get(part), incident.root_ts
    return ts if ts and (root is None or float(ts) >= float(root)) else None
