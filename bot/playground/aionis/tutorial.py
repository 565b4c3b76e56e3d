"""The answers as Aionis' incident tutorial and its older reference pages draw them (contract, section 12)."""

from typing import Any

Json = dict[str, Any]
_PAYLOADS = ("node", "edge", "commit", "decision")


def tutorial_run(answer: Json, request_id: str) -> Json:
    """Return `runs/get` in the tutorial's shape: status "ok", the request id in the body, a timeline of indices."""
    return {
        "status": "ok",
        "request_id": request_id,
        "tenant_id": answer["tenant_id"],
        "scope": answer["scope"],
        "run": {"run_id": answer["run"]["run_id"], "status": answer["run"]["status"]},
        "timeline": [{"step_index": step["step_index"], "status": step["status"]} for step in answer["steps"]],
        "steps": answer["steps"],
        "artifacts": answer["artifacts"],
    }


def tutorial_resolved(answer: Json, request_id: str) -> Json:
    """Return `resolve` in the older shape: `resolved_type` and `resolved`."""
    kind = next(name for name in _PAYLOADS if name in answer)
    return {
        "status": "ok",
        "request_id": request_id,
        "tenant_id": answer["tenant_id"],
        "scope": answer["scope"],
        "uri": answer["uri"],
        "resolved_type": answer["type"],
        "resolved": answer[kind],
    }


def tutorial_error(code: str, message: str) -> Json:
    """Return an error in the tutorial's shape: code and message alone; a missing run is just `not_found`."""
    if code == "replay_run_not_found":
        return {"error": "not_found", "message": "replay run or playbook not found"}
    return {"error": code, "message": message}
