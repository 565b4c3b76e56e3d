"""Whom ADMIN_USERS names: people and groups that the workspace does not have may do nothing, and nobody would notice."""

from collections.abc import Iterator

from bot.doctor.finding import DoctorFinding, problem, warning
from bot.errors import SlackError
from bot.slack.examination import SlackExamination

_NAME = "ADMIN_USERS"
_MEND = "Correct ADMIN_USERS: a Slack id is in the person's profile (⋮, *Copy member ID*)."


async def examine_admins(slack: SlackExamination, admins: tuple[str, ...]) -> list[DoctorFinding]:
    """Look each of them up in the workspace of the token. What Slack does not tell is not held against anybody."""
    try:
        gone = [admin for admin in admins if not await slack.has_active(admin)]
    except SlackError:  # a scope that is missing, or a Slack that is away, is told by itself
        return []
    return list(_told(gone, everybody=len(gone) == len(admins)))


def _told(gone: list[str], *, everybody: bool) -> Iterator[DoctorFinding]:
    if gone and everybody:
        seen = (
            f"none of those that it names is active in this workspace ({', '.join(gone)}): nobody may bind or override"
        )
        yield problem(_NAME, seen, _MEND)
    elif gone:
        yield warning(_NAME, f"{', '.join(gone)}: not active in this workspace", _MEND)
