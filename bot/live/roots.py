"""The message that an incident lives below: where it was deleted, another takes its place and everything follows."""

from bot.blocks.incident_root import root_message
from bot.blocks.layout import Message
from bot.domain.incident import log_changes
from bot.domain.incident.state import LIVE_ROOT, ROOT, Incident
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.runtime.services import Services
from bot.slack import THREAD_GONE, Posted, ReplyTo, Upload


async def go_on_below_a_new_root(services: Services, incident: Incident) -> Incident:
    """Post a new root; returns the incident as it stands then. The messages kept up to date are posted anew below it."""
    place = ReplyTo(channel=incident.channel, user=incident.head.by)
    job = outbox_name(incident)
    # Named after the root that is gone: all who find it gone, in whichever job, post one new root between them.
    posted = await services.slack.post_once(job, f"root:{incident.root_ts}", place, root_message(incident))
    return await rooted_at(services, incident, posted)


def outbox_name(incident: Incident) -> str:
    """Return the name under which the outbox has what is posted of an incident, whichever job does it."""
    # The word is the first version's: what it has posted is found under it. As the channel was named when it was opened: a post
    # that Slack has not confirmed carries this name, and is looked for by it also where the channel has another id since.
    return f"board:{incident.head.channel}:{incident.id}"


async def root_link(services: Services, incident: Incident) -> str | None:
    """Return where an incident is; None where it has no root, or Slack does not say."""
    return await services.slack.messages.permalink(incident.channel, incident.root_ts) if incident.root_ts else None


async def with_root(services: Services, incident: Incident) -> Incident:
    """Return an incident whose root is there, posted anew where it was deleted, also while the bot did not hear of it."""
    gone = await is_gone(services, incident.channel, incident.root_ts)
    return await go_on_below_a_new_root(services, incident) if gone else incident


async def is_gone(services: Services, channel: str, ts: str | None) -> bool:
    """Tell whether a message was deleted, for certain: not where Slack does not let the bot look, or none is known."""
    # The address first, which is the cheaper call; that Slack gives none may have other reasons.
    if ts is None or await services.slack.messages.permalink(channel, ts):
        return False
    try:
        return not await services.slack.messages.one(channel, ts)
    except (NotInChannel, PostingRefused, SlackRefused):
        return False


async def rooted_at(services: Services, incident: Incident, posted: Posted) -> Incident:
    """Let an incident live below a root that was posted, or in the thread that it was posted into, and pin it."""
    thread = posted.thread_ts or posted.ts
    at = services.now()
    changes = (
        log_changes.message_posted(ROOT, thread, at=at, key=f"{ROOT}:{thread}", instead_of=incident.root_ts),
        # In a thread that was there already, the root is somebody's message: what the bot keeps up to date is its own reply.
        log_changes.message_posted(LIVE_ROOT, posted.ts, at=at, key=f"{LIVE_ROOT}:{posted.ts}"),
    )
    incident = await services.incidents.append_all(incident, changes)
    await services.slack.messages.pin(incident.channel, posted.ts)
    return incident


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
    place = place.below(incident.root_ts)
    return await services.slack.post_once(job, part, place, message, broadcast=broadcast)


async def upload_below(
    services: Services, job: str, part: str, incident: Incident, upload: Upload, *, user: str
) -> Incident:
    """Upload into an incident's thread, which is a new one where the old one is gone; returns the incident as it stands."""
    place = ReplyTo(channel=incident.channel, user=user, thread_ts=incident.root_ts)
    try:
        await services.slack.upload_once(job, part, place, upload)
    except SlackRefused as refused:
        if refused.code != THREAD_GONE:
            raise
        incident = await go_on_below_a_new_root(services, incident)
        await services.slack.upload_once(job, part, place.below(incident.root_ts), upload)
    return incident


def current_ts(incident: Incident, part: str) -> str | None:
    """Return the ts of a message that is kept up to date; None where there is none, or it hangs below an older root."""
    ts, root = incident.messages.get(part), incident.root_ts
    return ts if ts and (root is None or float(ts) >= float(root)) else None
