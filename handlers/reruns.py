"""`/replay reruns`: how many reruns in a row prove the fix of an incident."""

from bot.domain.run.record_references import echo
from bot.errors import UsageError
from bot.jobs.reruns import MOST, RerunsRequest
from handlers.named_incident import incident_and_rest
from handlers.words import Typed, Understood, refused, started, subcommand

SETTING = "Setting how many reruns prove the fix…"
NOT_ONE = "I understood {typed}, which is not a number of reruns."
MISSING = f"How many reruns? It is a number from 1 to {MOST}."
FORM = f"Type `/replay reruns 3`, from 1 to {MOST}."


@subcommand(
    "reruns",
    arguments="<number> [<incident>]",
    help="how many reruns in a row must be fixed for the incident's fix to be verified",
    doc="docs/comparison.md",
)
def reruns(typed: Typed) -> Understood:
    """Read a number for the incident that is named, the thread's, else the channel's only open one."""
    incident, text = incident_and_rest(typed.text)
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= MOST:
        what = NOT_ONE.format(typed=echo(typed.text)) if text else MISSING
        return refused(UsageError(what, fix=FORM), typed)
    return started(RerunsRequest(reply=typed.reply, reruns=int(text), incident=incident), SETTING)
