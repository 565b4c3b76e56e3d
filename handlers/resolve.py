"""`/resolve`, `@bot resolve`, the buttons that walk the chain, a root's *Decision*, and starting an incident around a card."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.routing import Action, MenuChoice, RunTarget, UriTarget, action_pattern, decode
from bot.domain.incident.named import split_incident
from bot.domain.incident.state import Incident
from bot.domain.run.record_references import read_reference
from bot.errors import BotError, StaleButton, UsageError
from bot.jobs.queueing import enqueue
from bot.jobs.resolve import ResolveRequest, StartRequest
from bot.runtime.services import Services
from handlers.interactions import Click, chosen, chosen_value, with_admission, with_incident
from handlers.named_incident import means_this_run
from handlers.words import RESOLVE, Typed, Understood, help_for, refused, started, subcommand

RESOLVING = "Resolving `{reference}`; the card comes as a message, in the incident's thread where there is one."

CLOSE_FORM = "Type `/replay close {incident}` to close an incident, `/resolve decision <uuid>` for a record of Aionis."
NO_DECISION = "No decision of that run is known."


@subcommand(
    "",
    command=RESOLVE,
    arguments="<uri>",
    help="a card for one decision, commit, node or edge; buttons walk from one record to the next. `decision <uuid>` and "
    "`memory://commit/<uuid>` work too",
)
def resolve(typed: Typed) -> Understood:
    """Read a URI, or `<type> <uuid>`."""
    if not typed.text:
        return Understood(None, help_for(typed.reply.where, RESOLVE))
    try:
        reference = str(read_reference(typed.text))
    except BotError as error:
        incident, rest = split_incident(typed.text)
        if incident or means_this_run(rest):
            error = UsageError(error.what, fix=CLOSE_FORM.format(incident=incident or "INC-…"))
        return refused(error, typed)
    return started(ResolveRequest(reply=typed.reply, reference=reference), RESOLVING.format(reference=reference))


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.RESOLVE), middleware=[with_admission(services)])
    async def on_button(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(UriTarget, action.get("value"))
        request = ResolveRequest(
            reply=click.reply, reference=target.uri, incident=target.incident, outside=target.outside
        )
        await enqueue(services, request, key=click.key)
        await ack()

    @app.action(
        action_pattern(Action.MENU), matchers=[chosen(MenuChoice.DECISION)], middleware=[with_incident(services)]
    )
    async def on_decision(ack: AsyncAck, action: dict[str, Any], click: Click, incident: Incident) -> None:
        # From what the incident keeps: a value of the menu has 150 characters, too few for a URI beside the rest.
        reference = _decision(incident, decode(RunTarget, chosen_value(action)).run_id)
        request = ResolveRequest(reply=click.reply, reference=reference, incident=incident.id)
        await enqueue(services, request, key=click.key)
        await ack()

    @app.action(action_pattern(Action.START_INCIDENT), middleware=[with_admission(services)])
    async def on_start(ack: AsyncAck, action: dict[str, Any], click: Click) -> None:
        target = decode(UriTarget, action.get("value"))
        await enqueue(services, StartRequest(reply=click.reply, uri=target.uri), key=click.key)
        await ack()


def _decision(incident: Incident, run_id: str) -> str:
    """Return the first decision of one of the incident's runs, as it was when the run was replayed."""
    run = next((run for run in incident.runs if run.run_id == run_id and run.decisions), None)
    if run is None:
        raise StaleButton(NO_DECISION)
    return run.decisions[0]
