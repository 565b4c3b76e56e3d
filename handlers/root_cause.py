"""The evidence table: its modal, prefilled from what is known, and its ids checked in Aionis before it is taken."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.notices import EXAMPLE, in_field
from bot.blocks.phrases import rule_words
from bot.blocks.root_cause import KnownDecision, prefilled, read_root_cause, root_cause_modal
from bot.blocks.routing import Action, IncidentModal, Modal, action_pattern, decode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import NO_TOOL
from bot.errors import AionisError
from bot.investigation.evidence_ids import check_evidence
from bot.investigation.proof_input import CHECK_WITHIN
from bot.investigation.record import decision_of
from bot.runtime.services import Services
from handlers.interactions import EDITED_MEANWHILE, Click, apply, show_parent, with_incident
from handlers.modals import open_modal

PREFILL_WITHIN = 1.0  # seconds: the click's trigger lives three, and the modal must open within them
CALLED = "{tool} (the step called it; no decision was read)"
_EXAMPLES = {
    "run": f"a run id such as {EXAMPLE}",
    "step": "the step's URI, aionis://…, or its id",
    "decision": "the decision's URI, aionis://…, or its id",
    "commit": "the commit's URI, aionis://…, or its id",
}
UNCHECKED = "{what} Nothing is lost: save again in a moment."


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.ROOT_CAUSE), middleware=[with_incident(services)])
    async def on_open(ack: AsyncAck, body: dict[str, Any], click: Click, incident: Incident) -> None:
        view = root_cause_modal(incident, prefilled(incident, await _known(services, incident)), parent=click.view_id)
        await open_modal(services, body, view)
        await ack()

    @app.view(Modal.ROOT_CAUSE, middleware=[with_incident(services)])
    async def on_submitted(
        ack: AsyncAck, view: dict[str, Any], click: Click, admission: AskerAdmission, incident: Incident
    ) -> None:
        modal = decode(IncidentModal, view["private_metadata"])
        if incident.root_cause_edition != modal.edition:
            await ack(response_action="errors", errors={"explanation": EDITED_MEANWHILE})
            return
        cause = read_root_cause(view["state"]["values"])
        try:
            aionis = services.aionis(incident, deadline=CHECK_WITHIN)
            checked = await check_evidence(
                aionis, cause, {run.run_id for run in incident.runs}, known=incident.record_uris
            )
        except AionisError as error:
            # Slack shows an error only at an input: that of the first id, as the ids are what could not be looked up.
            first = next(iter(cause.ids()))
            await ack(response_action="errors", errors={first: UNCHECKED.format(what=error.what)})
            return
        if checked.problems:
            errors = {field: in_field(problem, _EXAMPLES[field]) for field, problem in checked.problems.items()}
            await ack(response_action="errors", errors=errors)
            return
        change = log_changes.root_cause_set(
            checked.cause, edition=modal.edition, by=click.user, at=services.now(), key=click.key
        )
        await apply(services, click, admission, incident.id, change)
        await show_parent(services, click, modal)
        await ack()


async def _known(services: Services, incident: Incident) -> KnownDecision | None:
    """Return what the records say of the first failing run's decision, for a table that nobody has filled in yet."""
    failing = incident.failing_runs
    if incident.root_cause or not failing:
        return None
    # A courtesy: where Aionis takes longer, the table opens without it.
    found = await decision_of(services.aionis(incident, deadline=PREFILL_WITHIN), failing[0])
    if found is None:
        return KnownDecision(selected=_called(failing[0]), step=failing[0].step)
    decision, titles = found
    return KnownDecision(
        selected=_selected(decision, failing[0]),
        rules=rule_words(decision, titles),
        step=failing[0].step,
        decision=failing[0].decisions[0],
        commit=decision.commit_uri or "",
    )


def _called(run: RunDigest) -> str:
    """Return the tool that was called, where no decision says that it was selected."""
    tool = run.critical.partition(" · ")[2]
    return CALLED.format(tool=tool) if tool and tool != NO_TOOL else ""


def _selected(decision: Decision, run: RunDigest) -> str:
    """Return the tool that was selected, and the one that was called where that is another."""
    selected = decision.selected_tool or ""
    return f"{selected} (the step called {run.critical.partition(' · ')[2]})" if run.decided and selected else selected
