"""Who asks: credentials, the tenant and consumer ids that follow from them (contract, sections 2 and 3)."""

from typing import Any

from starlette.datastructures import Headers

from bot.playground.aionis.options import Options, Principal
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Consumer
from bot.playground.aionis.writing import LOCAL_ACTOR

_BEARER = "bearer "
_MISSING = "valid X-Api-Key or Authorization: Bearer <jwt> is required"


def authenticate(options: Options, headers: Headers) -> Principal | None:
    """Return whom the credential stands for, None where none is needed; raises the 401 that tells nothing more."""
    if not options.authenticating:
        return None
    principal = options.api_keys.get(headers.get("x-api-key", ""))
    authorization = headers.get("authorization", "")
    if principal is None and authorization.lower().startswith(_BEARER):
        principal = options.bearers.get(authorization[len(_BEARER) :].strip())
    if principal is None:
        raise Problem(401, "unauthorized", _MISSING)
    return principal


def identified(body: Any, headers: Headers, principal: Principal | None) -> Any:
    """Return the body with what header and principal add; raises the 403 where it names somebody else."""
    if not isinstance(body, dict):
        return body  # refused later, by validation
    body = dict(body)
    named = headers.get("x-tenant-id")
    if "tenant_id" not in body and named is not None:
        body["tenant_id"] = named
    if principal is not None:
        expectations = (
            ("tenant_id", principal.tenant_id),
            ("consumer_agent_id", principal.agent_id),
            ("consumer_team_id", principal.team_id),
        )
        for field, expected in expectations:
            _agree(body, field, expected)
        _own(body, principal)
    return body


def consumer(agent_id: str | None, team_id: str | None, *, lite_default: bool) -> Consumer:
    """Return who reads. `lite_default` is the replay reads' own rule on a Lite without authentication."""
    return Consumer(agent_id or (LOCAL_ACTOR if lite_default else None), team_id)


def _agree(body: dict[str, Any], field: str, expected: str | None) -> None:
    if expected is None:
        return
    provided = body.setdefault(field, expected)
    if provided != expected:
        details = {"field": field, "provided": provided, "expected": expected}
        message = f"{field} does not match authenticated principal"
        raise Problem(403, "identity_mismatch", message, details)


def _own(body: dict[str, Any], principal: Principal) -> None:
    """Make the principal the producer and owner of what it writes; reads ignore these fields."""
    if principal.agent_id is not None:
        body.setdefault("producer_agent_id", principal.agent_id)
        if "owner_team_id" not in body:
            body.setdefault("owner_agent_id", principal.agent_id)
