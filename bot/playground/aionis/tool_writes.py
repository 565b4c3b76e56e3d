"""Choosing tools and judging the choice: `write` of rules, `rules/state`, `tools/select`, `tools/feedback` (section 6)."""

from datetime import datetime
from typing import Any

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.decision_names import named_decision_id, refuse_mismatch
from bot.playground.aionis.hashing import canonical_sha256, name_id
from bot.playground.aionis.masking import mask
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.records import Commit, Decision, Feedback, Node, Ownership
from bot.playground.aionis.requests import GiveFeedback, NewNode, SelectTool, SetRuleState, WriteNodes
from bot.playground.aionis.rules import Policy, choose, policy_for
from bot.playground.aionis.selection import Choice, decision_metadata, select_answer
from bot.playground.aionis.store import ScopeStore
from bot.playground.aionis.times import iso
from bot.playground.aionis.writing import LOCAL_ACTOR, Draft, WriterBase, commit_fields, ownership_of

Answer = dict[str, Any]
_SYSTEM = "system"  # the actor of judgements and rule changes that name none


class ToolWrites(WriterBase):
    """The writes around decisions. Each takes a validated request and when it happens, and returns the answer."""

    def write_nodes(self, request: WriteNodes, at: datetime | None = None) -> Answer:
        """Write plain nodes, one commit each; rules start as drafts."""
        tenancy, scope = self.scope_of(request)
        nodes: list[Node] = []
        commit: Commit | None = None
        for new in request.nodes:
            draft = Draft(
                new.type, new.client_id, new.title, new.text_summary, new.slots, _node_ownership(request, new)
            )
            text = request.input_text or new.text_summary or new.title or new.type
            node, commit = self.write_node(
                tenancy, draft, [], input_text=text, actor=request.actor or LOCAL_ACTOR, at=self.moment(at)
            )
            if node.type == "rule":
                scope.rule_states.setdefault(node.id, "draft")
            nodes.append(node)
        return {
            **tenancy._asdict(),
            **(commit_fields(tenancy, commit) if commit else {}),
            "nodes": [
                {"id": node.id, "uri": tenancy.uri(node.type, node.id), "client_id": node.client_id, "type": node.type}
                for node in nodes
            ],
            "edges": [],
        }

    def set_rule_state(self, request: SetRuleState, at: datetime | None = None) -> Answer:
        """Change a rule's state. Raises `rule_not_found_in_scope`."""
        tenancy, scope = self.scope_of(request)
        rule = scope.nodes.get(request.rule_node_id)
        if rule is None or rule.type != "rule":
            details = {"rule_node_id": request.rule_node_id, "scope": tenancy.scope, "tenant_id": tenancy.tenant_id}
            raise Problem(400, "rule_not_found_in_scope", "rule_node_id was not found in this scope", details)
        scope.rule_states[rule.id] = request.state
        commit = self.commit(
            tenancy,
            f"rule/{rule.id}/{request.state}",
            request.input_text or request.state,
            {"rule_state_change": [{"rule_node_id": rule.id, "state": request.state}]},
            request.actor or _SYSTEM,
            self.moment(at),
            counts=(0, 0, 0),
            parent=scope.latest_commit,
            input_sha256=request.input_sha256,
        )
        scope.rule_commits[rule.id] = commit.id
        return {**tenancy._asdict(), **commit_fields(tenancy, commit)}

    def select(self, request: SelectTool, at: datetime | None = None, *, decision_id: str | None = None) -> Answer:
        """Choose a tool by the active rules and record the decision. Raises `no_tools_allowed`."""
        tenancy, scope = self.scope_of(request)
        candidates = _distinct(request.candidates)
        policy = policy_for(request.context, active_rules(scope, request.rules_limit))
        selection = choose(candidates, policy, strict=request.strict)
        choice = Choice(request.run_id, selection["selected"], candidates, canonical_sha256(request.context))
        metadata = decision_metadata(request, candidates, policy)
        decision = self._new_decision(tenancy, choice, policy, metadata, self.moment(at), decision_id)
        created_at = iso(decision.created_at)
        return select_answer(tenancy, decision, selection, policy, created_at, considered=len(scope.rule_states))

    def give_feedback(self, request: GiveFeedback, at: datetime | None = None) -> Answer:
        """Judge a decision: a commit is attached to it, and one feedback row to each rule that applies."""
        tenancy, scope = self.scope_of(request)
        moment = self.moment(at)
        policy = policy_for(request.context, active_rules(scope, request.rules_limit))
        context_sha256 = canonical_sha256(request.context)
        choice = Choice(request.run_id, request.selected_tool, _distinct(request.candidates), context_sha256)
        decision, mode = self._judged_decision(tenancy, request, choice, policy, moment)
        refuse_mismatch(decision, request, choice.candidates)
        decision.run_id = decision.run_id or request.run_id
        commit = self._feedback_commit(tenancy, scope, request, decision, mode, policy.sources, moment)
        decision.commit_id = commit.id
        for rule_id in policy.sources:
            name = f"feedback/{decision.id}/{rule_id}"
            scope.feedback.append(
                Feedback(
                    id=name_id(*tenancy, name, str(scope.times_used(name))),
                    rule_node_id=rule_id,
                    run_id=request.run_id,
                    outcome=request.outcome,
                    note=None if request.note is None else mask(" ".join(request.note.split())),
                    decision_id=decision.id,
                    commit_id=commit.id,
                    created_at=moment,
                )
            )
        return {
            "ok": True,
            **tenancy._asdict(),
            "updated_rules": len(policy.sources),
            "rule_node_ids": policy.sources,
            **commit_fields(tenancy, commit),
            "decision_id": decision.id,
            "decision_uri": tenancy.uri("decision", decision.id),
            "decision_link_mode": mode,
            "decision_policy_sha256": decision.policy_sha256,
            "pattern_anchor": None,
            "governance_preview": None,
        }

    def _feedback_commit(
        self,
        tenancy: Tenancy,
        scope: ScopeStore,
        request: GiveFeedback,
        decision: Decision,
        mode: str,
        rule_ids: list[str],
        moment: datetime,
    ) -> Commit:
        judged = {
            "decision_id": decision.id,
            "decision_link_mode": mode,
            "run_id": request.run_id,
            "outcome": request.outcome,
            "selected_tool": request.selected_tool,
            "candidates": decision.candidates,
            "rule_node_ids": rule_ids,
            "target": request.target,
        }
        return self.commit(
            tenancy,
            f"feedback/{decision.id}",
            mask(request.input_text or ""),
            {"tool_feedback": [judged]},
            request.actor or _SYSTEM,
            moment,
            counts=(0, 0, 1),
            parent=scope.latest_commit,
            input_sha256=request.input_sha256,
        )

    def _judged_decision(
        self, tenancy: Tenancy, request: GiveFeedback, choice: Choice, policy: Policy, moment: datetime
    ) -> tuple[Decision, str]:
        """Return the decision meant, and how it was found: `provided`, `inferred` or `created_from_feedback`."""
        scope = self._store.at(tenancy)
        named = named_decision_id(tenancy, request)
        if named is not None and named not in scope.decisions:
            details = {"decision_id": named, "scope": tenancy.scope, "tenant_id": tenancy.tenant_id}
            raise Problem(400, "decision_not_found_in_scope", "decision_id was not found in this scope", details)
        if named is not None:
            return scope.decisions[named], "provided"
        alike = [decision for decision in scope.decisions.values() if choice.resembles(decision)]
        if alike:
            return max(alike, key=lambda decision: decision.order), "inferred"
        derived = {"source": "feedback_derived"}
        return self._new_decision(tenancy, choice, policy, derived, moment), "created_from_feedback"

    def _new_decision(
        self,
        tenancy: Tenancy,
        choice: Choice,
        policy: Policy,
        metadata: dict[str, Any],
        at: datetime,
        decision_id: str | None = None,
    ) -> Decision:
        scope = self._store.at(tenancy)
        name = f"decision/{choice.run_id}/{choice.context_sha256}/{choice.candidates}"
        decision = Decision(
            id=decision_id or name_id(*tenancy, name, str(scope.times_used(name))),
            run_id=choice.run_id,
            selected_tool=choice.selected_tool,
            candidates=choice.candidates,
            context_sha256=choice.context_sha256,
            policy_sha256=canonical_sha256(policy.as_json()),
            source_rule_ids=policy.sources,
            metadata=metadata,
            created_at=at,
            seq=self.next_seq(),
        )
        scope.decisions[decision.id] = decision
        return decision


def active_rules(scope: ScopeStore, limit: int) -> list[Node]:
    """Return the rules that decide, oldest first."""
    rules = [scope.nodes[rule_id] for rule_id, state in scope.rule_states.items() if state == "active"]
    return sorted(rules, key=lambda rule: rule.order)[:limit]


def _node_ownership(request: WriteNodes, new: NewNode) -> Ownership:
    shared = ownership_of(request)
    named = new.owner_agent_id is not None or new.owner_team_id is not None
    return Ownership(
        lane=new.memory_lane or shared.lane,
        producer_agent_id=shared.producer_agent_id,
        owner_agent_id=new.owner_agent_id if named else shared.owner_agent_id,
        owner_team_id=new.owner_team_id if named else shared.owner_team_id,
    )


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))
