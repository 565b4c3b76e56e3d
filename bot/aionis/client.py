"""Aionis' read endpoints, typed: one method each (Aionis contract, sections 4 to 7)."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot import errors
from bot.aionis.answers import Answer, answer_not_understood, complaint, read_own, with_payload
from bot.aionis.reader import Reader
from bot.aionis.transport import AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.record_references import parse_reference
from bot.domain.run.record_uris import record_uris
from bot.domain.run.records import FoundNodes, Node, ReplayedRun
from bot.domain.run.resolved_records import DecidingRuns, DecisionAnswer, Resolved, ToolsRun
from bot.domain.run.rule_state import RulesAnswer
from bot.domain.run.server_health import Health
from bot.domain.run.stored_ids import as_stored, is_same
from bot.domain.run.uris import AionisUri, uri_of
from bot.domain.text.json_text import read_json
from bot.ids import short
from bot.runtime import masking

FIND_LIMIT = 200  # the most that `find` answers at once
DECISION_LIMIT = 50  # the newest decisions of a run that are read at first
RULE_LIMIT = 200  # the most that `rules/evaluate` considers at once
MOST_DECISIONS = 200  # the most that `tools/run` answers

_NOT_FOUND = (errors.RunNotFound, errors.RecordNotFound, errors.NotVisible)

T = TypeVar("T", bound=BaseModel)


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
        self,
        transport: AionisTransport,
        tenancy: Tenancy,
        consumer: Consumer,
        *,
        deadline_seconds: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._transport = transport
        self._now = now
        self._deadline = time.monotonic() + deadline_seconds
        self._reader = Reader(transport, consumer, deadline=self._deadline)
        self.tenancy = tenancy
        self.exchanges: list[Exchange] = []

    @property
    def reader(self) -> Consumer:
        """Return whom calls are made as: who is configured, else whom the server named."""
        return self._reader.consumer

    @property
    def reads_as(self) -> str | None:
        """Return the agent that the server itself names for callers like this bot; None where one is configured or not needed."""
        return self._reader.named_by_server

    async def get_run(self, run_id: str, *, with_steps: bool = True) -> Answer[ReplayedRun]:
        """Read one run: `runs/get`. That it answers proves nothing: on Lite see `belongs_here`.

        Only `investigate` calls this, which reads the records beside it; everything else asks `get_own_run`.
        """
        # In small letters: an id in capitals passes Aionis' check and is then not found.
        body = {"run_id": run_id.lower(), "include_steps": with_steps, "include_artifacts": with_steps}
        subject = f"run {run_id.lower()}"
        answer = await self._post("/v1/memory/replay/runs/get", body, ReplayedRun, subject=subject)
        if answer.value.run.run_id.lower() != run_id.lower():
            raise errors.AnswerNotUnderstood(
                f"Aionis answered for {subject} with another run; it is not shown.", request_id=answer.request_id
            )
        return answer

    async def get_own_run(
        self, run_id: str, *, found: Iterable[Node] = (), with_steps: bool = True
    ) -> Answer[ReplayedRun]:
        """Read one run and make sure that it is this tenancy's; the run's records that were `found` here spare a call."""
        answer = await self.get_run(run_id, with_steps=with_steps)
        await self.belongs_here(answer, found)
        return answer

    async def belongs_here(self, answer: Answer[ReplayedRun], found: Iterable[Node]) -> None:
        """Refuse a run that is not this tenancy's: Lite answers `runs/get` with runs of the default tenant, too.

        One of the run's records among those `found` here is proof, and costs nothing; else the run's own record must
        resolve. Raises `RunNotFound` as for any unknown run, or the `AionisError` of a call that gave no answer.
        """
        run = answer.value
        uris = list(record_uris(run))
        # Whoever writes here may name any run in a record: it must be one of the run's, and of no other id than is asked for.
        mine = (node for node in found if node.run_id is None or is_same(node.run_id, run.run.run_id))
        if not {node.uri for node in mine}.isdisjoint(uris):
            return
        own = next((uri for uri in uris if uri.startswith("aionis://")), None)
        # In this order: whether the edition leaks is asked once in a process, but a record that resolves needs no such trust.
        if not await self._resolves(own, run.run.run_id) and await self._reader.may_leak():
            what = f"Aionis has no run {run.run.run_id} in {self.tenancy}, or the bot may not see it."
            fix = await self.where_to_look(errors.RunNotFound)
            raise errors.RunNotFound(what, fix=fix, request_id=answer.request_id)

    async def _resolves(self, uri: str | None, run_id: str) -> bool:
        """Tell whether a record of this run is here. A node is one only if it says so: whoever writes here may choose its id."""
        if uri is None:
            return False
        try:
            node = (await self.resolve(parse_reference(uri, self.tenancy))).value.node
        except (errors.RecordNotFound, errors.NotVisible, errors.BadRequest, errors.UsageError):
            return False
        return node is None or is_same(node.run_id, run_id)

    async def resolve(self, uri: AionisUri) -> Answer[Resolved]:
        """Read one decision, commit, node (with slots) or edge: `resolve`. The URI must be of this tenancy."""
        if uri.tenancy != self.tenancy:
            raise errors.ForeignUri(f"{uri} belongs to another tenant or scope than {self.tenancy}.")
        body = {"uri": str(uri), "include_meta": True, "include_slots": True}
        answer = await self._resolve(body, f"{uri.type} {uri.id}")
        try:
            resolved = with_payload(answer.value, uri)
        except ValidationError as invalid:
            raise answer_not_understood(f"{uri.type} {uri.id}", complaint(invalid), answer.request_id) from invalid
        if resolved.kind is None:
            raise errors.AnswerNotUnderstood(
                f"Aionis answered for {uri.type} {uri.id} without a record.", request_id=answer.request_id
            )
        # An edition may leave the id out of its answer; another id than was asked for is never shown as the one.
        if resolved.record_id.lower() not in {"", uri.id.lower()}:
            raise errors.AnswerNotUnderstood(
                f"Aionis answered for {uri.type} {uri.id} with another record; it is not shown.",
                request_id=answer.request_id,
            )
        return Answer(resolved, answer.request_id, answer.body)

    async def find(
        self,
        *,
        slots: dict[str, Any] | None = None,
        client_id: str | None = None,
        id_: str | None = None,
        type_: str | None = None,
        limit: int = FIND_LIMIT,
        offset: int = 0,
    ) -> Answer[FoundNodes]:
        """Read the nodes of this `client_id` or id, or whose slots contain `slots`, newest first, with their slots: `find`.

        Slots are masked: for ids in them see `records_of_run`. What lists the scope is read as whom the server names from the
        start, for records of others than a bot without an identity would be missing among those that it sees.
        """
        if client_id is None and id_ is None and "run_id" not in (slots or {}):
            await self.learn_reader(self.reader)
        body = {
            **({"slots_contains": slots} if slots is not None else {}),
            **({"client_id": client_id} if client_id else {}),
            **({"id": id_} if id_ else {}),
            "include_slots": True,
            "include_meta": True,
            "limit": limit,
            "offset": offset,
            **({"type": type_} if type_ else {}),
        }
        # Nothing is what a reader without a name gets of private records: the server may name one to read as. By who it was asked
        # as, and not by who is the reader now: another operation may have learned it while this call was under way.
        asked_as = self.reader
        found = await self._find(body)
        if not found.value.nodes and not offset and await self.learn_reader(asked_as):
            found = await self._find(body)
        return found

    async def has_private(self) -> bool:
        """Tell whether the reader sees any record in the scope that is private to somebody."""
        found = await self._find({"memory_lane": "private", "limit": 1, "offset": 0, "include_meta": True})
        return any(node.memory_lane == "private" for node in found.value.nodes)

    async def records_of_run(self, run_id: str, **ids: str) -> Answer[FoundNodes]:
        """Read a run's newest records; `ids` are further ids in their slots, such as `step_id`. All may be given unmasked."""
        plain = {"run_id": run_id, **ids}
        stored = {key: as_stored(id_) for key, id_ in plain.items()}
        found = await self.find(slots=stored)
        if not found.value.nodes and stored != plain:  # an edition that does not mask ids
            found = await self.find(slots=plain)
        return found

    async def learn_reader(self, asked_as: Consumer) -> bool:
        """Ask the server whom to read as, once; return whether a call made as `asked_as` would now be made as somebody else."""
        return await self._reader.learn(asked_as)

    async def where_to_look(self, none: type[errors.AionisError]) -> str:
        """Return what to try where something is not found by another look-up than one call."""
        return await self._reader.where_to_look(none)

    async def decisions_of_run(self, run_id: str, *, limit: int = DECISION_LIMIT) -> Answer[ToolsRun]:
        """Read the newest decisions and feedback that mention a run: `tools/run`. No decision is a normal, empty answer."""
        body = {"run_id": run_id, "decision_limit": limit, "include_feedback": True}
        try:
            return await self._post(
                "/v1/memory/tools/run", body, ToolsRun, subject=f"decisions of run {run_id}", told=False
            )
        except (errors.RecordNotFound, errors.RunNotFound) as none:  # 404 is Aionis' word for a run without decisions
            return Answer(ToolsRun(), none.request_id or "", b"")

    async def latest_deciding_runs(self, *, limit: int) -> Answer[DecidingRuns]:
        """Read which runs have the newest decisions: `tools/runs/list`."""
        return await self._post(
            "/v1/memory/tools/runs/list", {"limit": limit}, DecidingRuns, subject="runs with decisions"
        )

    async def decision(self, decision_id: str) -> Answer[DecisionAnswer]:
        """Read one decision by id without lanes: `tools/decision`."""
        body = {"decision_id": decision_id}
        return await self._post(
            "/v1/memory/tools/decision", body, DecisionAnswer, subject=f"decision {short(decision_id)}"
        )

    async def rules_for(self, context: dict[str, Any]) -> Answer[RulesAnswer]:
        """Read which rules would decide in a context, shadow ones, too: `rules/evaluate`."""
        body = {"context": context, "include_shadow": True, "limit": RULE_LIMIT}
        return await self._post("/v1/memory/rules/evaluate", body, RulesAnswer, subject="rules")

    async def health(self) -> Answer[Health]:
        """Read the server's health: `GET /health`."""
        return await self._reader.health()

    def uri(self, type_: str, id_: str) -> AionisUri:
        """Return the address of a record in this tenancy."""
        return uri_of(self.tenancy, type_, id_)

    async def _post(
        self, path: str, body: dict[str, Any], model: type[T], *, subject: str, told: bool = True
    ) -> Answer[T]:
        """Ask one question. `told` is whether anybody is told where nothing is found: only then is it asked who reads."""
        sent = {**self._identity(), **body}
        try:
            reply = await self._transport.call("POST", path, sent, subject=subject, deadline=self._deadline)
        except _NOT_FOUND as none:
            if not told:
                raise
            what = none.what.replace(f"no {subject}", f"no {subject} in {self.tenancy}", 1)
            raise type(none)(what, fix=await self.where_to_look(type(none)), request_id=none.request_id) from none
        answer = await read_own(reply, model, self.tenancy, subject=subject)
        # After the refusal: what is about another tenancy must not get into the evidence either.
        self.exchanges.append(Exchange(path, body, answer.request_id, self._now(), answer.body))
        digest = hashlib.sha256(answer.body).digest()
        await masking.remember(lambda: read_json(answer.body), len(answer.body), digest=digest)
        return answer

    async def _resolve(self, body: dict[str, Any], subject: str) -> Answer[Resolved]:
        asked_as = self.reader
        try:
            return await self._post("/v1/memory/resolve", body, Resolved, subject=subject)
        except (errors.NotVisible, errors.RecordNotFound):
            if not await self.learn_reader(asked_as):
                raise
        return await self._post("/v1/memory/resolve", body, Resolved, subject=subject)

    async def _find(self, body: dict[str, Any]) -> Answer[FoundNodes]:
        return await self._post("/v1/memory/find", body, FoundNodes, subject="matching records")

    def _identity(self) -> dict[str, str]:
        """Return the tenancy and consumer fields that every call carries, alike."""
        # The consumer ids, too: without them Lite reads a run as its local user and resolves the run's records as nobody.
        fields = {
            "tenant_id": self.tenancy.tenant_id,
            "scope": self.tenancy.scope,
            "consumer_agent_id": self.reader.agent_id,
            "consumer_team_id": self.reader.team_id,
        }
        return {key: value for key, value in fields.items() if value}
