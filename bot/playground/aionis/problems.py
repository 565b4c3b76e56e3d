"""What the sample answers instead of a result: Aionis' error envelopes (contract, section 8)."""

from typing import Any

Issue = dict[str, str]  # {path, message}


class Problem(Exception):
    """An error answer: HTTP `status`, `code`, `message`, and `details` and `issues` where the contract has them.

    `retry_after` (whole seconds) becomes a header; `close` ends the connection after the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        *,
        issues: list[Issue] | None = None,
        retry_after: int | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.issues = issues
        self.retry_after = retry_after
        self.close = close

    def body(self) -> dict[str, Any]:
        """Return the current envelope (8.1, shape 1); `status` is the number."""
        body: dict[str, Any] = {"status": self.status, "error": self.code, "message": self.message}
        if self.details is not None:
            body["details"] = self.details
        if self.issues is not None:
            body["issues"] = self.issues
        return body

    def headers(self) -> dict[str, str]:
        """Return the headers that this error adds."""
        headers: dict[str, str] = {}
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        if self.close:
            headers["connection"] = "close"
        return headers


def invalid_request(issues: list[Issue]) -> Problem:
    """Return the validation error: the issues stand at top level and inside the details."""
    return Problem(400, "invalid_request", "invalid request", {"contract": "error_v1", "issues": issues}, issues=issues)


def internal_error() -> Problem:
    """Return what bugs and unreadable bodies both get (8.2): 500, and the connection is closed."""
    return Problem(500, "internal_error", "internal error", {"contract": "error_v1"}, close=True)


def run_not_found(run_id: str, scope: str, tenant_id: str, *, code: str = "replay_run_not_found") -> Problem:
    """Return the 404 of `runs/get` and the replay writes, or of `tools/run` with its own code."""
    details = {"run_id": run_id, "scope": scope, "tenant_id": tenant_id}
    return Problem(404, code, "run_id was not found in this scope", details)


def unknown_route(method: str, path: str) -> dict[str, Any]:
    """Return the web framework's own 404 (8.1, shape 3)."""
    return {"message": f"Route {method}:{path} not found", "error": "Not Found", "statusCode": 404}
