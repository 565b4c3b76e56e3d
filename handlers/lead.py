"""Who leads an incident: `/replay lead`, *I'm on it*, *Step back* and *Take over*."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.lead import lead_message, taken_over_message
from bot.blocks.routing import Action, LeadChoice, LeadTarget, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import ABSENT
from bot.domain.incident.named import split_incident
from bot.domain.incident.state import Incident
from bot.domain.run.record_references import clean, echo
from bot.domain.text.typed import with_plain_dashes
from bot.errors import UsageError
from bot.jobs.lead import LeadRequest
from bot.jobs.refresh import refresh_soon
from bot.jobs.show import tell
from bot.runtime.services import Services
from handlers.interactions import Click, apply, with_incident
from handlers.words import Typed, Understood, refused, started, subcommand

LEADING = "Taking the lead of the incident…"
STEPPING_BACK = "Stepping back from the lead…"
OTHERS = "Whoever leads an incident says so themselves."
NOT_UNDERSTOOD = f"I understood {{typed}}. {OTHERS}"
FORM = "Type `/replay lead`, or `/replay lead off` to step back."
# Not `got it`, which says that somebody has understood.
_TAKE = re.compile(
    r"(?:(?:i am|i'm|im) )?(?:on (?:it|this)|taking (?:it|this)|leading(?: it)?|taking (?:the )?lead)"
    r"|(?:(?:i will|i'll|i) )?(?:take (?:it|this|(?:the )?lead)|lead)(?: (?:of )?it)?"
    r"|(?:i've|i have) got (?:it|this)|(?:i )?got this|(?:it's )?mine|assign (?:(?:it|this) )?to me"
)
_BACK = re.compile(
    r"step(?:ping)? back(?: from it)?|(?:i am|i'm|im) off(?: (?:it|this))?"
    r"|(?:(?:i am|i'm|im) )?not on (?:it|this)(?: any ?more)?"
)
_SOMEBODY = re.compile(
    r"(?:is|are) (?:on it|leading(?: it)?|the lead|taking (?:it|over))|assign(?: (?:it|this))?(?: to)?"
    r"|the lead (?:is|should be|will be)|(?:change|set|hand over|give) (?:the )?lead(?:er)?(?: to)?"
)
_OFF = frozenset({"off", "none", "stop", "back"})
_ON = frozenset({"", "me", "on", "take", "it", "mine", "this"})


@subcommand(
    "lead",
    arguments="[off] [<incident>]",
    help="be on the incident, so that everybody sees who leads; `off` steps back",
    phrases=re.compile(f"{_TAKE.pattern}|{_BACK.pattern}|{_SOMEBODY.pattern}"),
)
def lead(typed: Typed) -> Understood:
    """Take the lead of the incident named, the thread's, else the channel's only open one, or step back from it."""
    incident, rest = split_incident(with_plain_dashes(typed.text))
    said = clean(rest).lower().replace("’", "'")
    said = {"of": "", "on": ""}.get(said, said)
    said = f"{said} it" if incident and said.endswith((" on", " of", " from")) else said
    if typed.others:
        return refused(UsageError(OTHERS, fix=FORM), typed)
    if said in _OFF or _BACK.fullmatch(said):
        return started(LeadRequest(reply=typed.reply, incident=incident, step_back=True), STEPPING_BACK)
    if said in _ON or _TAKE.fullmatch(said):
        return started(LeadRequest(reply=typed.reply, incident=incident), LEADING)
    return refused(UsageError(NOT_UNDERSTOOD.format(typed=echo(typed.text)), fix=FORM), typed)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.LEAD), middleware=[with_incident(services)])
    async def on_lead(
        ack: AsyncAck, body: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        target = decode(LeadTarget, body["actions"][0].get("value"))
        if target.choice is None and incident.is_open:  # older than the choices: the right button is offered
            await tell(services, click.reply, lead_message(incident, click.user), key=click.key)
            await refresh_soon(services, incident)
        else:
            await _choose(services, click, admission, target)
        await ack()


async def _choose(services: Services, click: Click, admission: AskerAdmission, target: LeadTarget) -> None:
    """Do what the button says, where who leads is still who led: two clicks on one screen do not undo each other."""
    steps_back = target.choice is LeadChoice.STEP_BACK
    before = {LeadChoice.STEP_BACK: (click.user,), LeadChoice.TAKE_OVER: (ABSENT, target.of or ABSENT)}
    change = log_changes.lead_set(
        "" if steps_back else click.user,
        by=click.user,
        at=services.now(),
        key=click.key,
        instead_of=before.get(target.choice or LeadChoice.TAKE, (ABSENT,)),
    )
    applied = await apply(services, click, admission, target.incident, change)
    if applied.accepted and applied.incident and target.choice is LeadChoice.TAKE_OVER and target.of:
        await tell(services, click.reply, taken_over_message(applied.incident, target.of), key=click.key)
