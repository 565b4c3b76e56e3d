"""What is told where an incident is not handed out: it is not kept any more, lives elsewhere, or is about another tenancy."""

from bot.domain.access.admission import Admission
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import Incident
from bot.errors import StaleButton

EXPIRED = "{id} is not kept any more: a closed incident is kept for {days}."
UNKNOWN = "{id} is not kept any more, or there never was one of this id: a closed incident is kept for {days}."
UNKNOWN_FIX = "Check the id, or type `/replay status` for what is open here."
EXPIRED_FIX = "Its exported bundle, if there is one in the thread, still has everything."
OF_ANOTHER = "There is no incident {id} in this channel: that belongs to another channel or incident."
BOUND_SINCE = "This channel was bound to something else while {theirs} was read."
BOUND_SINCE_FIX = "Ask again: the channel reads something else now."
MOVED_SINCE = "Slack gave channel {channel} another id meanwhile, so no incident was opened under this one."
MOVED_SINCE_FIX = "Ask again in the channel."
OTHER_TENANCY_FIX = "Nothing was done. Have the channel bound to {theirs} again to go on with it."
OTHER_TENANCY = "{id} is about {theirs}, and this channel reads {ours} now."


def gone(id_: str, *, retention: int, typed: bool) -> StaleButton:
    """Return what is told of an incident that nobody has; `retention` is how many seconds a closed one is kept."""
    what, fix = (UNKNOWN, UNKNOWN_FIX) if typed else (EXPIRED, EXPIRED_FIX)
    return StaleButton(what.format(id=id_, days=_days(retention)), fix=fix)


def foreign_incident(admission: Admission, id_: str, incident: Incident | None) -> StaleButton:
    """Return what is told of an incident that is not the admission's."""
    if incident is None or incident.tenancy == admission.tenancy:
        return StaleButton(OF_ANOTHER.format(id=id_))
    what = OTHER_TENANCY.format(id=id_, theirs=incident.tenancy, ours=admission.tenancy)
    return StaleButton(what, fix=OTHER_TENANCY_FIX.format(theirs=incident.tenancy))


def bound_since(theirs: Tenancy) -> StaleButton:
    """Return what is told where a channel was bound to another tenancy between an admission and a change."""
    return StaleButton(BOUND_SINCE.format(theirs=theirs), fix=BOUND_SINCE_FIX)


def moved_since(channel: str) -> StaleButton:
    """Return what is told where a channel got another id between an admission and an opening."""
    return StaleButton(MOVED_SINCE.format(channel=channel), fix=MOVED_SINCE_FIX)


def _days(seconds: int) -> str:
    """Return a time of keeping in days, in hours where it is less than two."""
    return f"{seconds // 86_400} days" if seconds >= 2 * 86_400 else f"{max(1, seconds // 3_600)} hours"
