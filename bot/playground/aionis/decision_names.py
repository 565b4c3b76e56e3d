"""Which decision a request means, and what is refused when its id, URI, run or tool disagree (contract, section 6)."""

from bot.playground.aionis.addresses import Tenancy, parse_uri
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Decision
from bot.playground.aionis.requests import GetDecision, GiveFeedback


def named_decision_id(tenancy: Tenancy, request: GiveFeedback | GetDecision) -> str | None:
    """Return the decision a request names by id or URI; raises what the contract lists where the two disagree."""
    if request.decision_uri is None:
        return request.decision_id
    address = parse_uri(request.decision_uri)
    uri = request.decision_uri
    if address.type != "decision":
        details = {"decision_uri": uri, "type": address.type}
        raise Problem(400, "invalid_decision_uri_type", "decision_uri must use type=decision", details)
    if (address.tenant_id, address.scope) != tenancy:
        details = {
            "decision_uri": uri,
            "uri_tenant_id": address.tenant_id,
            "uri_scope": address.scope,
            "request_tenant_id": tenancy.tenant_id,
            "request_scope": tenancy.scope,
        }
        message = "decision_uri tenant/scope does not match request scope"
        raise Problem(400, "decision_uri_scope_mismatch", message, details)
    if request.decision_id is not None and request.decision_id != address.id:
        details = {"decision_id": request.decision_id, "decision_uri": uri}
        message = "decision_uri id conflicts with decision_id"
        raise Problem(400, "decision_uri_id_mismatch", message, details)
    return address.id


def refuse_mismatch(decision: Decision, request: GiveFeedback, candidates: list[str]) -> None:
    """Raise what the contract lists where a judgement does not fit the decision it names."""
    if decision.selected_tool != request.selected_tool:
        details = {
            "decision_id": decision.id,
            "decision_selected_tool": decision.selected_tool,
            "request_selected_tool": request.selected_tool,
        }
        message = "decision_id does not match selected_tool"
        raise Problem(400, "decision_selected_tool_mismatch", message, details)
    if decision.candidates != candidates:
        message = "decision_id does not match candidates"
        raise Problem(400, "decision_candidates_mismatch", message, {"decision_id": decision.id})
    if request.run_id and decision.run_id and request.run_id != decision.run_id:
        raise run_id_mismatch(decision, request.run_id, "feedback")


def run_id_mismatch(decision: Decision, run_id: str, whose: str) -> Problem:
    """Return the error for a decision of another run; `whose` is `request` or `feedback`."""
    details = {"decision_id": decision.id, "decision_run_id": decision.run_id, "request_run_id": run_id}
    message = f"decision_id run_id does not match {whose} run_id"
    return Problem(400, "decision_run_id_mismatch", message, details)
