"""The writer in Python: the same requests as over HTTP, as keyword arguments, at any time."""

from datetime import datetime
from typing import Any

from bot.playground.aionis.replay_writes import Answer, ReplayWrites
from bot.playground.aionis.requests import (
    EndRun,
    GiveFeedback,
    SelectTool,
    SetRuleState,
    StartRun,
    StepAfter,
    StepBefore,
    Tenanted,
    WriteNodes,
)
from bot.playground.aionis.tool_writes import ToolWrites
from bot.playground.aionis.validation import parse


class Writer(ReplayWrites, ToolWrites):
    """Writes records. The keyword arguments are the fields of the request bodies; `at` is the time of the write.

    Every method returns the endpoint's answer and raises `Problem` where the endpoint would answer an error.
    """

    def start_run(self, *, at: datetime | None = None, **fields: Any) -> Answer:
        """Start a run: `replay/run/start`."""
        return self.record_start(parse(StartRun, fields), at)

    def step_before(self, *, at: datetime | None = None, **fields: Any) -> Answer:
        """Announce a step: `replay/step/before`. `tool_input` must be given, as the endpoint wants it."""
        return self.record_before(parse(StepBefore, fields), at)

    def step_after(self, *, at: datetime | None = None, **fields: Any) -> Answer:
        """Report a step's result: `replay/step/after`."""
        return self.record_after(parse(StepAfter, fields), at)

    def end_run(self, *, at: datetime | None = None, **fields: Any) -> Answer:
        """End a run: `replay/run/end`."""
        return self.record_end(parse(EndRun, fields), at)

    def select_tool(self, *, at: datetime | None = None, decision_id: str | None = None, **fields: Any) -> Answer:
        """Choose a tool and record the decision: `tools/select`. `decision_id` is for ids that are the point."""
        return self.select(parse(SelectTool, fields), at, decision_id=decision_id)

    def forget_decision(self, decision_id: str, **fields: Any) -> None:
        """Lose a decision, as a clean-up would; the steps that name it keep its id."""
        _, scope = self.scope_of(parse(Tenanted, fields))
        scope.decisions.pop(decision_id, None)

    def disable_rule(self, rule_id: str, *, at: datetime | None = None, **fields: Any) -> Answer:
        """Take a rule out of use: `rules/state`. Returns the answer, with the commit that says so."""
        state = {**fields, "rule_node_id": rule_id, "state": "disabled", "input_text": "out of use"}
        return self.set_rule_state(parse(SetRuleState, state), at)

    def feedback(self, *, at: datetime | None = None, **fields: Any) -> Answer:
        """Judge a decision: `tools/feedback`."""
        return self.give_feedback(parse(GiveFeedback, fields), at)

    def add_rule(
        self,
        *,
        client_id: str,
        title: str,
        text_summary: str,
        when: dict[str, Any],
        then: dict[str, Any],
        at: datetime | None = None,
        memory_lane: str = "shared",
        **fields: Any,
    ) -> str:
        """Write a rule and activate it: `write`, then `rules/state`. Returns the rule's node id.

        `when` is the rule's `if`, such as `{"intent": {"$eq": "refund"}}`; `then` such as `{"tool": {"prefer": […]}}`.
        """
        slots = {"if": when, "then": then, "exceptions": []}
        node = {
            "client_id": client_id,
            "type": "rule",
            "title": title,
            "text_summary": text_summary,
            "slots": slots,
        }
        written = self.write_nodes(parse(WriteNodes, {"memory_lane": memory_lane, **fields, "nodes": [node]}), at)
        rule_id = str(written["nodes"][0]["id"])
        tenancy = {"tenant_id": written["tenant_id"], "scope": written["scope"]}
        state = {**tenancy, "rule_node_id": rule_id, "state": "active", "input_text": f"activate {client_id}"}
        self.set_rule_state(parse(SetRuleState, state), at)
        return rule_id
