"""What was asked: every call of Aionis' own routes, for tests and for the playground to look at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request

from bot.playground.aionis.times import iso

HEADERS_OF_INTEREST = (
    "x-request-id",
    "x-api-key",
    "authorization",
    "x-tenant-id",
    "content-type",
    "user-agent",
    "accept",
)
_CREDENTIALS = ("x-api-key", "authorization")
_KEPT = 10_000


@dataclass(slots=True)
class Call:
    """One call. `body` is the parsed JSON, or the text where it is none; `status` is None until it was answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    request_id: str
    at: datetime
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the call without its credentials."""
        headers = {name: "(sent)" if name in _CREDENTIALS else value for name, value in self.headers.items()}
        return {
            "method": self.method,
            "path": self.path,
            "headers": headers,
            "body": self.body,
            "request_id": self.request_id,
            "at": iso(self.at),
            "status": self.status,
        }


@dataclass(slots=True)
class CallLog:
    """The latest calls, oldest first."""

    calls: list[Call] = field(default_factory=list)

    def add(self, request: Request, body: Any, request_id: str, at: datetime) -> Call:
        """Record a call that has just come in."""
        headers = {name: request.headers[name] for name in HEADERS_OF_INTEREST if name in request.headers}
        call = Call(request.method, request.url.path, headers, body, request_id, at)
        self.calls.append(call)
        if len(self.calls) > _KEPT:
            del self.calls[: -_KEPT // 2]
        return call
