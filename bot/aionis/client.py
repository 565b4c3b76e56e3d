"""Aionis' read endpoints, typed: one method each (Aionis contract, sections 4 to 7)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot import errors
from bot.aionis.transport import AionisTransport, Reply, is_quotable
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.records import (
    DecisionAnswer,
    FoundNodes,
    Health,
    ReplayedRun,
    Resolved,
    ToolsRun,
)
from bot.domain.run.uris import AionisUri, uri_of
from bot.domain.text.json_text import has_non_numbers, mended
from bot.ids import short

FIND_LIMIT = 200  # the most that `find` answers at once
DECISION_LIMIT = 50

T = TypeVar("T", bound=BaseModel)
_PAYLOADS = ("node", "edge", "commit", "decision")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer: the record, the request id to quote, and the body as it came, with what is no Unicode replaced."""

    value: T
    request_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call that was answered, for the evidence: what was asked and what came, as it came. `at` is when, in UTC."""

    path: str
    asked: dict[str, Any]
    request_id: str
    at: datetime
    body: bytes


class Aionis:
    """One operation's view of Aionis: a tenancy, the consumer ids, and a deadline that all its calls share.

    `exchanges` are the calls answered so far. Every method raises the `AionisError` that fits, and refuses answers about
    another tenant or scope.
    """

    def __init__(
        self, transport: AionisTransport, tenancy: Tenancy, consumer: Consumer, *, deadline_seconds: float
    ) -> None:
        self._transport = transport
        self._consumer = consumer
        self._deadline = time.monotonic() + deadline_seconds
        self.tenancy = tenancy
        self.exchanges: list[Exchange] = []

    async def get_run(self, run_id: str, *, with_steps: bool = True) -> Answer[ReplayedRun]:
        """Read one run: `runs/get`."""
        body = {"run_id": run_id.lower(), "include_steps": with_steps, "include_artifacts": with_steps}
        return await self._post("/v1/memory/replay/runs/get", body, ReplayedRun, subject=f"run {run_id.lower()}")

    async def resolve(self, uri: AionisUri) -> Answer[Resolved]:
        """Read one decision, commit, node (with slots) or edge: `resolve`. The URI must be of this tenancy."""
        if uri.tenancy != self.tenancy:
            raise errors.ForeignUri(f"{uri} belongs to another tenant or scope than {self.tenancy}.")
        body = {"uri": str(uri), "include_meta": True, "include_slots": True}
        answer = await self._post("/v1/memory/resolve", body, Resolved, subject=f"{uri.type} {uri.id}")
        try:
            resolved = _with_payload(answer.value, uri)
        except ValidationError as invalid:
            raise _not_understood(f"{uri.type} {uri.id}", _complaint(invalid), answer.request_id) from invalid
        if resolved.kind is None:
            raise errors.AnswerNotUnderstood(
                f"Aionis answered for {uri.type} {uri.id} without a record.", request_id=answer.request_id
            )
        return Answer(resolved, answer.request_id, answer.body)

    async def find(
        self, *, slots: dict[str, Any], type_: str | None = None, limit: int = FIND_LIMIT, offset: int = 0
    ) -> Answer[FoundNodes]:
        """Read the nodes whose slots contain `slots`, newest first, with their slots: `find`."""
        body = {
            "slots_contains": slots,
            "include_slots": True,
            "include_meta": True,
            "limit": limit,
            "offset": offset,
            **({"type": type_} if type_ else {}),
        }
        return await self._post("/v1/memory/find", body, FoundNodes, subject="matching records")

    async def decisions_of_run(self, run_id: str) -> Answer[ToolsRun]:
        """Read the decisions and feedback that mention a run: `tools/run`. No decision is a normal, empty answer."""
        body = {"run_id": run_id, "decision_limit": DECISION_LIMIT, "include_feedback": True}
        try:
            return await self._post("/v1/memory/tools/run", body, ToolsRun, subject=f"decisions of run {run_id}")
        except (errors.RecordNotFound, errors.RunNotFound) as none:
            return Answer(ToolsRun(), none.request_id or "", b"")

    async def decision(self, decision_id: str) -> Answer[DecisionAnswer]:
        """Read one decision by id without lanes: `tools/decision`."""
        body = {"decision_id": decision_id}
        return await self._post(
            "/v1/memory/tools/decision", body, DecisionAnswer, subject=f"decision {short(decision_id)}"
        )

    async def health(self) -> Answer[Health]:
        """Read the server's health; needs no credential: `GET /health`."""
        reply = await self._transport.call("GET", "/health", None, subject="its health", deadline=self._deadline)
        return _parse(reply, Health, subject="its health")

    def uri(self, type_: str, id_: str) -> AionisUri:
        """Return the address of a record in this tenancy."""
        return uri_of(self.tenancy, type_, id_)

    async def _post(self, path: str, body: dict[str, Any], model: type[T], *, subject: str) -> Answer[T]:
        reply = await self._transport.call(
            "POST", path, {**self._identity(), **body}, subject=subject, deadline=self._deadline
        )
        answer = _parse(reply, model, subject=subject)
        self._refuse_other_tenancy(answer, subject)
        self.exchanges.append(Exchange(path, body, answer.request_id, datetime.now(UTC), answer.body))
        return answer

    def _identity(self) -> dict[str, str]:
        """Return the tenancy and consumer fields that every call carries, alike."""
        fields = {
            "tenant_id": self.tenancy.tenant_id,
            "scope": self.tenancy.scope,
            "consumer_agent_id": self._consumer.agent_id,
            "consumer_team_id": self._consumer.team_id,
        }
        return {key: value for key, value in fields.items() if value}

    def _refuse_other_tenancy(self, answer: Answer[T], subject: str) -> None:
        tenant_id = getattr(answer.value, "tenant_id", None) or self.tenancy.tenant_id
        scope = getattr(answer.value, "scope", None) or self.tenancy.scope
        if Tenancy(tenant_id, scope) != self.tenancy:
            raise errors.TenancyViolation(
                f"Aionis answered for {subject} with data of another tenant or scope; it is not shown.",
                request_id=answer.request_id,
            )


def _parse(reply: Reply, model: type[T], *, subject: str) -> Answer[T]:
    body = reply.body
    try:
        if has_non_numbers(body):
            raise _not_understood(subject, "the body: NaN and Infinity are no JSON", reply.request_id)
        try:
            value = model.model_validate_json(body)
        except ValidationError as invalid:
            if invalid.errors(include_input=False, include_url=False)[0]["type"] != "json_invalid":
                raise
            body = mended(body)  # a lone surrogate, anywhere, is refused by the parser: one field must not hide a run
            value = model.model_validate_json(body)
    except ValidationError as invalid:
        raise _not_understood(subject, _complaint(invalid), reply.request_id) from invalid
    return Answer(value, _tutorial_request_id(value) or reply.request_id, body)


def _complaint(invalid: ValidationError) -> str:
    first = invalid.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the body"
    return f"{place}: {first['msg'][:120]}"


def _not_understood(subject: str, why: str, request_id: str) -> errors.AnswerNotUnderstood:
    return errors.AnswerNotUnderstood(
        f"The answer of Aionis for {subject} is not understood ({why}).", request_id=request_id
    )


def _tutorial_request_id(value: BaseModel) -> str | None:
    request_id = getattr(value, "request_id", None)
    return request_id if isinstance(request_id, str) and is_quotable(request_id) else None


def _with_payload(resolved: Resolved, uri: AionisUri) -> Resolved:
    """Take the tutorial's `resolved` payload where the real key is missing."""
    if resolved.kind is not None or resolved.resolved is None:
        return resolved
    key = uri.type if uri.type in _PAYLOADS else "node"
    return Resolved.model_validate({**resolved.model_dump(exclude={"resolved"}), key: resolved.resolved})
