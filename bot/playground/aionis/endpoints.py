"""Aionis' routes: each from a JSON body to an answer."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.aionis.addresses import tenancy_of
from bot.playground.aionis.decision_answers import get_decision_answer, tools_run_answer, tools_runs_answer
from bot.playground.aionis.find_answer import find_answer
from bot.playground.aionis.hashing import encode_json
from bot.playground.aionis.identity import consumer
from bot.playground.aionis.options import Options
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.requests import (
    EndRun,
    EvaluateRules,
    Find,
    GetDecision,
    GetRun,
    GetToolsRun,
    GiveFeedback,
    ListToolsRuns,
    Resolve,
    SelectTool,
    SetRuleState,
    StartRun,
    StepAfter,
    StepBefore,
    WriteNodes,
)
from bot.playground.aionis.resolve_answer import resolve_answer
from bot.playground.aionis.rules_answer import rules_answer
from bot.playground.aionis.run_answer import Stamp, find_run, run_answer
from bot.playground.aionis.store import Store
from bot.playground.aionis.times import formatter
from bot.playground.aionis.tutorial import tutorial_resolved, tutorial_run
from bot.playground.aionis.validation import parse
from bot.playground.aionis.writer import Writer

_CACHED_RUNS = 32  # encoded answers of runs/get; the largest are tens of MiB
_REPLAY = "/v1/memory/replay/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: the body with its identity filled in, and the request id to answer with."""

    body: Any
    request_id: str


Handler = Callable[[Asked], bytes]


class Endpoints:
    """The routes over one store. `prepare` is called before a look-up, with the run's id or None for a search."""

    def __init__(self, store: Store, writer: Writer, options: Options, prepare: Callable[[str | None], None]) -> None:
        self._store = store
        self._writer = writer
        self._options = options
        self._prepare = prepare
        self._encoded: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self.reads: dict[str, Handler] = {
            "/v1/memory/replay/runs/get": self._get_run,
            "/v1/memory/resolve": self._resolve,
            "/v1/memory/find": self._find,
            "/v1/memory/tools/run": self._tools_run,
            "/v1/memory/tools/decision": self._decision,
            "/v1/memory/tools/runs/list": self._tools_runs,
            "/v1/memory/rules/evaluate": self._rules,
            "/v1/memory/tools/select": self._write(SelectTool, writer.select),
        }
        self.writes: dict[str, Handler] = {
            "/v1/memory/replay/run/start": self._write(StartRun, writer.record_start),
            "/v1/memory/replay/step/before": self._write(StepBefore, writer.record_before),
            "/v1/memory/replay/step/after": self._write(StepAfter, writer.record_after),
            "/v1/memory/replay/run/end": self._write(EndRun, writer.record_end),
            "/v1/memory/tools/feedback": self._write(GiveFeedback, writer.give_feedback),
            "/v1/memory/write": self._write(WriteNodes, writer.write_nodes),
            "/v1/memory/rules/state": self._write(SetRuleState, writer.set_rule_state),
        }

    def handler(self, path: str) -> Handler | None:
        """Return what answers a POST to this path, None where this deployment has no such route."""
        if self._options.sdk_demo and path.startswith(_REPLAY):
            return None
        return self.reads.get(path) or self.writes.get(path)

    def _get_run(self, asked: Asked) -> bytes:
        request = parse(GetRun, asked.body)
        self._prepare(request.run_id)
        tenancy = tenancy_of(request.tenant_id, request.scope)
        reader = consumer(
            request.consumer_agent_id,
            request.consumer_team_id,
            lite_default=not self._options.authenticating,
        )
        run = find_run(self._store, tenancy, request.run_id, reader, leak=self._options.leak)
        if self._options.shape == "tutorial":
            return encode_json(tutorial_run(run_answer(run, tenancy, request, reader, self._stamp()), asked.request_id))
        flags = (request.include_steps, request.include_artifacts)
        key = (id(run), run.version, tenancy, flags, reader, self._options.timestamps)
        if key not in self._encoded:
            self._encoded[key] = encode_json(run_answer(run, tenancy, request, reader, self._stamp()))
        self._encoded.move_to_end(key)
        while len(self._encoded) > _CACHED_RUNS:
            self._encoded.popitem(last=False)
        return self._encoded[key]

    def _resolve(self, asked: Asked) -> bytes:
        request = parse(Resolve, asked.body)
        reader = consumer(request.consumer_agent_id, request.consumer_team_id, lite_default=False)
        try:
            answer = resolve_answer(self._store, request, reader, self._stamp())
        except Problem:
            self._prepare(None)  # it may be a record that was still to be made
            answer = resolve_answer(self._store, request, reader, self._stamp())
        if self._options.shape == "tutorial":
            answer = tutorial_resolved(answer, asked.request_id)
        return encode_json(answer)

    def _find(self, asked: Asked) -> bytes:
        request = parse(Find, asked.body)
        run_id = (request.slots_contains or {}).get("run_id")
        self._prepare(run_id if isinstance(run_id, str) else None)
        reader = consumer(request.consumer_agent_id, request.consumer_team_id, lite_default=False)
        return encode_json(find_answer(self._store, request, reader, self._stamp()))

    def _tools_run(self, asked: Asked) -> bytes:
        request = parse(GetToolsRun, asked.body)
        self._prepare(request.run_id)
        return encode_json(tools_run_answer(self._store, request, self._stamp()))

    def _decision(self, asked: Asked) -> bytes:
        return encode_json(get_decision_answer(self._store, parse(GetDecision, asked.body), self._stamp()))

    def _tools_runs(self, asked: Asked) -> bytes:
        return encode_json(tools_runs_answer(self._store, parse(ListToolsRuns, asked.body), self._stamp()))

    def _rules(self, asked: Asked) -> bytes:
        return encode_json(rules_answer(self._store, parse(EvaluateRules, asked.body)))

    def _write(self, model: type[Any], write: Callable[[Any], dict[str, Any]]) -> Handler:
        return lambda asked: encode_json(write(parse(model, asked.body)))

    def _stamp(self) -> Stamp:
        return formatter(self._options.timestamps)
