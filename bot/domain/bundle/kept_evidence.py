"""What the kept answers say around a run: the evidence as it was when the run was read, without asking Aionis again."""

from collections.abc import Iterator, Sequence

from bot.domain.bundle.kept_answers import Kept
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import FoundNodes
from bot.domain.run.resolved_records import Decision, DecisionAnswer, Resolved, ToolsRun
from bot.domain.run.stored_ids import ids_in, is_same


def is_of(answer: Kept, endpoint: str) -> bool:
    """Tell whether an answer is one of this endpoint, and was kept whole."""
    return answer.path.endswith(f"/memory/{endpoint}") and isinstance(answer.answer, dict)


def kept_evidence(run_id: str, answers: Sequence[Kept]) -> Evidence:
    """Return what the answers say around a run, those that came later first. Ids asked for may be in their stored form."""
    evidence = Evidence(nodes_asked=True, decisions_asked=True)
    for answer in _finds(run_id, answers):
        found = FoundNodes.model_validate(answer.answer)
        evidence.add_records(found.nodes)
        evidence.complete &= "client_id" in answer.asked or not found.page.has_more
    for answer in answers:
        if is_of(answer, "tools/run") and answer.asked.get("run_id") == run_id:
            evidence.take_decisions(ToolsRun.model_validate(answer.answer))
    for decision in _named_decisions(evidence, answers):
        evidence.put_first(decision)
    evidence.rule_titles = dict(_rule_titles(answers))
    return evidence


def _finds(run_id: str, answers: Sequence[Kept]) -> Iterator[Kept]:
    """Yield the searches for a run's records, the last first."""
    for answer in reversed(answers):
        slots = answer.asked.get("slots_contains") or {}
        if is_of(answer, "find") and (
            is_same(slots.get("run_id"), run_id) or ids_in(answer.asked.get("client_id"))[0] == run_id
        ):
            yield answer


def _named_decisions(evidence: Evidence, answers: Sequence[Kept]) -> list[Decision]:
    """Return the decisions that were read by themselves because a step names them, and are not among the newest."""
    named = [node.slots["decision_id"] for node in evidence.nodes if node.slots.get("decision_id")]
    read = [DecisionAnswer.model_validate(one.answer).decision for one in answers if is_of(one, "tools/decision")]
    return [
        decision
        for decision in read
        if not evidence.decision(decision.decision_id)
        and any(is_same(stored, decision.decision_id) for stored in named)
    ]


def _rule_titles(answers: Sequence[Kept]) -> Iterator[tuple[str, str]]:
    for answer in answers:
        if is_of(answer, "resolve") and "/rule/" in str(answer.asked.get("uri")):
            node = Resolved.model_validate(answer.answer).node
            if node and node.title:
                yield node.id, node.title
