"""What the kept answers say around a run: the evidence as it was when the run was read, without asking Aionis again."""

from collections.abc import Iterator, Sequence

from bot.domain.bundle.kept_answers import KeptAnswer
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Decision, DecisionAnswer, FoundNodes, Node, Resolved, ToolsRun
from bot.domain.run.stored_ids import ids_in, is_same


def is_of(answer: KeptAnswer, endpoint: str) -> bool:
    """Tell whether an answer is one of this endpoint, and was kept whole."""
    return answer.path.endswith(f"/memory/{endpoint}") and isinstance(answer.answer, dict)


def kept_evidence(run_id: str, answers: Sequence[KeptAnswer]) -> Evidence:
    """Return what the answers say around a run, those that came later first. Ids asked for may be in their stored form."""
    evidence = Evidence(nodes_asked=True, decisions_asked=True)
    evidence.nodes = _nodes(run_id, answers)
    evidence.complete = all(_is_whole(answer) for answer in _finds(run_id, answers) if "client_id" not in answer.asked)
    for answer in answers:
        if is_of(answer, "tools/run") and answer.asked.get("run_id") == run_id:
            told = ToolsRun.model_validate(answer.answer)
            evidence.decisions, evidence.decision_count = told.decisions, told.lifecycle.decision_count
            evidence.feedback = told.feedback.recent if told.feedback else []
    evidence.decisions = [*_named_decisions(evidence, answers).values(), *evidence.decisions]
    evidence.rule_titles = dict(_rule_titles(answers))
    return evidence


def _finds(run_id: str, answers: Sequence[KeptAnswer]) -> Iterator[KeptAnswer]:
    """Yield the searches for a run's records, the last first."""
    for answer in reversed(answers):
        slots = answer.asked.get("slots_contains") or {}
        if is_of(answer, "find") and (
            is_same(slots.get("run_id"), run_id) or ids_in(answer.asked.get("client_id"))[0] == run_id
        ):
            yield answer


def _nodes(run_id: str, answers: Sequence[KeptAnswer]) -> list[Node]:
    """Return each record once, as it was read last."""
    found: dict[str, Node] = {}
    for answer in _finds(run_id, answers):
        for node in FoundNodes.model_validate(answer.answer).nodes:
            found.setdefault(node.id, node)
    return list(found.values())


def _is_whole(answer: KeptAnswer) -> bool:
    return not FoundNodes.model_validate(answer.answer).page.has_more


def _named_decisions(evidence: Evidence, answers: Sequence[KeptAnswer]) -> dict[str, Decision]:
    """Return the decisions that were read by themselves because a step names them."""
    named = [node.slots["decision_id"] for node in evidence.nodes if node.slots.get("decision_id")]
    known = {decision.decision_id for decision in evidence.decisions}
    read = [DecisionAnswer.model_validate(one.answer).decision for one in answers if is_of(one, "tools/decision")]
    return {
        decision.decision_id: decision
        for decision in read
        if decision.decision_id not in known and any(is_same(stored, decision.decision_id) for stored in named)
    }


def _rule_titles(answers: Sequence[KeptAnswer]) -> Iterator[tuple[str, str]]:
    for answer in answers:
        if is_of(answer, "resolve") and "/rule/" in str(answer.asked.get("uri")):
            node = Resolved.model_validate(answer.answer).node
            if node and node.title:
                yield node.id, node.title
