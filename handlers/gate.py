"""`/replay gate`: whether reruns show that an incident's failure is gone."""

from bot.domain.run.phrases import plural
from bot.domain.run.run_ids import any_run_ids
from bot.errors import BotError, UsageError
from bot.jobs.gate import GateRequest
from handlers.named_incident import incident_and_rest
from handlers.words import Typed, Understood, refused, started, subcommand

HOLDING = "Holding {runs} against the incident's gate…"
TOO_MANY = "{count} runs are named, and at most {most} are held against a gate at once."
FEWER = "Name fewer, or hold them in parts: `/replay gate <run_id> <run_id>`."
_MOST = 10
FORM = "`/replay gate`, or `/replay gate <run_id>` with one or more reruns"


@subcommand(
    "gate",
    arguments="[<incident>] [<run_id>…]",
    help="whether reruns show that the incident's failure is gone; without a run, the newest of the case",
    doc="docs/gate.md",
)
def gate(typed: Typed) -> Understood:
    """Read run ids, or nothing, for the incident that is named, the thread's, else the channel's only open one."""
    incident, rest = incident_and_rest(typed.text)
    try:
        runs = any_run_ids(rest, form=FORM)
        if len(runs) > _MOST:
            raise UsageError(TOO_MANY.format(count=len(runs), most=_MOST), fix=FEWER)
    except BotError as error:
        return refused(error, typed)
    holding = HOLDING.format(runs=plural(len(runs), "run") if runs else "the newest reruns")
    return started(GateRequest(reply=typed.reply, runs=runs, incident=incident), holding)
