"""`/replay reruns`: how many reruns in a row prove the fix of an incident."""

from bot.domain.run.record_references import clean, echo
from bot.errors import UsageError
from bot.jobs.reruns import MOST, RerunsRequest
from handlers.words import Typed, Understood, refused, started, subcommand

SETTING = "Setting how many reruns prove the fix…"
NOT_ONE = "I understood {typed}, which is not a number of reruns."
MISSING = f"How many reruns? It is a number from 1 to {MOST}."
FORM = f"Type `/replay reruns 3`, from 1 to {MOST}."


@subcommand(
    "reruns",
    arguments="<number>",
    help="how many reruns in a row must be fixed for the incident's fix to be verified",
    doc="docs/comparison.md",
)
def reruns(typed: Typed) -> Understood:
    """Read a number for the thread's incident, else the channel's only open one."""
    text = clean(typed.text)
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= MOST:
        what = NOT_ONE.format(typed=echo(typed.text)) if text else MISSING
        return refused(UsageError(what, fix=FORM), typed)
    return started(RerunsRequest(reply=typed.reply, reruns=int(text)), SETTING)
