"""`/replay severity`, the menu beside the checklist, and *Severity…* of a root's menu."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, MenuChoice, Modal, SeverityTarget, action_pattern, decode
from bot.blocks.severity import read_severity, severity_modal
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.state import SEVERITIES, Incident
from bot.domain.run.record_references import echo
from bot.errors import UsageError
from bot.jobs.severity import SeverityRequest
from bot.runtime.services import Services
from handlers.interactions import Click, apply, chosen, with_admission, with_incident
from handlers.modals import open_modal
from handlers.named_incident import incident_and_rest
from handlers.words import Typed, Understood, refused, started, subcommand

SETTING = "Setting the severity…"
NOT_ONE = "I understood {typed}, which is not a severity."
MISSING = "Which severity? It is SEV1, SEV2, SEV3, SEV4, or `none`."
FORM = "Type `/replay severity SEV1`, up to SEV4, or `none`."
# `make it sev1`, `raise the severity to 2`, `this is a P1`: what stands before a level.
_BEFORE = (
    r"(?:(?:make|raise|lower|mark|escalate|downgrade|upgrade|bump|move|treat|declare|call|this|that|it's|it|the|incident|is|"
    r"as|to|at|a|an|of|now)[ :=]{1,3}){0,9}"
)
_LEVEL = re.compile(rf"{_BEFORE}(?:(?:severity|sev)?[ :=]{{0,3}}{_BEFORE})?(?:sev|p|s)?[ ._-]?([1-4])")
_WORDS = {"critical": "1", "high": "2", "medium": "3", "low": "4"}  # as alerts grade what they report
_LEVEL_WORDS = re.compile(rf"\b(?:{'|'.join(_WORDS)})$")
_NONE = re.compile(rf"{_BEFORE}(?:severity)?[ :=]{{0,3}}{_BEFORE}(?:none|no|off|clear|remove|unset)")
_PHRASES = re.compile(
    rf"{_BEFORE}(?:sev[ -]?\d+|p[ -]?[1-4]|sev(?:erity)?(?:[:= ]{{1,3}}{_BEFORE})(?:sev[ -]?|p)?(?:\d+|none|{'|'.join(_WORDS)}))"
)


@subcommand(
    "severity",
    arguments="<SEV1…SEV4> [<incident>]",
    help="how bad the incident is; `critical`, `high`, `medium`, `low` are SEV1 to SEV4, `none` takes it away",
    phrases=_PHRASES,
)
def severity(typed: Typed) -> Understood:
    """Read a severity for the incident that is named, the thread's, else the channel's only open one."""
    incident, rest = incident_and_rest(typed.text)
    text = rest.lower()
    level = _LEVEL.fullmatch(_LEVEL_WORDS.sub(lambda word: _WORDS[word.group()], text))
    if level is None and not _NONE.fullmatch(text):
        what = NOT_ONE.format(typed=echo(typed.text)) if text else MISSING
        return refused(UsageError(what, fix=FORM), typed)
    wanted = SEVERITIES[int(level.group(1)) - 1] if level else ""
    return started(SeverityRequest(reply=typed.reply, severity=wanted, incident=incident), SETTING)


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.SEVERITY), middleware=[with_admission(services)])
    async def on_level(ack: AsyncAck, action: dict[str, Any], click: Click, admission: AskerAdmission) -> None:
        target = decode(SeverityTarget, (action.get("selected_option") or {}).get("value"))
        change = log_changes.severity_set(target.severity, by=click.user, at=services.now(), key=click.key)
        await apply(services, click, admission, target.incident, change)
        await ack()

    @app.action(
        action_pattern(Action.MENU), matchers=[chosen(MenuChoice.SEVERITY)], middleware=[with_incident(services)]
    )
    async def on_option(ack: AsyncAck, body: dict[str, Any], incident: Incident) -> None:
        await open_modal(services, body, severity_modal(incident))
        await ack()

    @app.view(Modal.SEVERITY, middleware=[with_incident(services)])
    async def on_submitted(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        severity = read_severity(view["state"]["values"])
        change = log_changes.severity_set(severity, by=click.user, at=services.now(), key=click.key)
        await apply(services, click, admission, incident.id, change)
        await ack()
