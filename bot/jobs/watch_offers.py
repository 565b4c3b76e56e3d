"""The lines of a watch that offer to open an incident: once one is open, its line names it and offers nothing."""

from bot.blocks.watch import taken_message
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.runtime.services import Services
from bot.slack import Posted

_LINE = "line"


async def note_offer(services: Services, channel: str, failure: str, posted: Posted) -> None:
    """Remember where a channel was offered an incident for a failure."""
    await services.outbox.keep(_key(channel, failure), _LINE, posted.kept)


async def end_offer(services: Services, incident: Incident, run: RunDigest) -> None:
    """Have the line that offered an incident for a run's failure name the one that is open, where there is such a line."""
    kept = await services.outbox.value(_key(incident.channel, run.fingerprint), _LINE) if run.fingerprint else None
    if kept and incident.is_open:
        await services.slack.messages.edit(incident.channel, Posted.read(kept).ts, taken_message(incident.id, run))


def _key(channel: str, failure: str) -> str:
    return f"offered:{channel}:{failure}"
