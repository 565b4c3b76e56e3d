"""Two runs' decisions side by side: whether another tool was selected, and whether the rules or the context changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.comparison.alignment import Alignable, align
from bot.domain.comparison.differences import ListChange, Sameness, list_change, sameness
from bot.domain.run.resolved_records import Decision

_MEANINGS = {
    (Sameness.SAME, Sameness.CHANGED): "same context, other policy: the rules changed",
    (
        Sameness.CHANGED,
        Sameness.SAME,
    ): "same policy, other context: the rules are the same, what they were asked is not",
    (Sameness.CHANGED, Sameness.CHANGED): "context and policy both changed",
    (Sameness.SAME, Sameness.SAME): "same context, same policy",
}


@dataclass(frozen=True, slots=True)
class DecisionPair:
    """A decision of the failing run and its counterpart in the rerun; None where only one run decided."""

    failing: Decision | None
    rerun: Decision | None
    context: Sameness
    policy: Sameness
    candidates: ListChange
    rules: ListChange

    @property
    def tool_changed(self) -> bool:
        """Tell whether both runs decided, and not for the same tool."""
        both = self.failing is not None and self.rerun is not None
        return both and self.tools[0] != self.tools[1]

    @property
    def tools(self) -> tuple[str | None, str | None]:
        """Return the tools selected in the failing run and in the rerun."""
        return _tool(self.failing), _tool(self.rerun)

    @property
    def equal(self) -> bool:
        """Tell whether both runs decided alike, and for the same reasons as far as these are recorded."""
        if self.failing is None or self.rerun is None or self.tool_changed:
            return False
        # A hash that is not recorded speaks neither for a change nor against one.
        return Sameness.CHANGED not in {self.context, self.policy} and self.candidates.equal and self.rules.equal

    @property
    def meaning(self) -> str:
        """Return in words what the hashes say; "" where they say nothing."""
        return _MEANINGS.get((self.context, self.policy), "")


def pair_decisions(failing: Sequence[Decision], rerun: Sequence[Decision]) -> list[DecisionPair]:
    """Return the decisions of both runs as pairs, oldest first: by equal context, then candidates, then order."""
    # Aionis lists them newest first, and the critical step's own stands before all: in order of time they align.
    first, second = sorted(failing, key=_made), sorted(rerun, key=_made)
    matches = align([_item(decision) for decision in first], [_item(decision) for decision in second])
    return [
        _pair(
            None if match.first is None else first[match.first],
            None if match.second is None else second[match.second],
        )
        for match in matches
    ]


def _tool(decision: Decision | None) -> str | None:
    return decision.selected_tool if decision else None


def _made(decision: Decision) -> datetime:
    return decision.created_at or datetime.min.replace(tzinfo=UTC)


def _item(decision: Decision) -> Alignable:
    candidates = frozenset(map(str, decision.candidates))
    context = decision.context_sha256 or None
    # A decision of the same context may have other candidates after a change of the tools: then the context is its role.
    return Alignable(kind=candidates, exact=context and (candidates, context), role=lambda: context)


def _pair(first: Decision | None, second: Decision | None) -> DecisionPair:
    return DecisionPair(
        first,
        second,
        context=_same_hash(first, second, "context_sha256"),
        policy=_same_hash(first, second, "policy_sha256"),
        candidates=list_change(first.candidates, second.candidates) if first and second else _NOTHING,
        rules=list_change(first.source_rule_ids, second.source_rule_ids) if first and second else _NOTHING,
    )


_NOTHING = ListChange([], [], [])


def _same_hash(first: Decision | None, second: Decision | None, name: str) -> Sameness:
    if first is None or second is None:
        return Sameness.ONE_SIDED
    return sameness({name: getattr(first, name) or None}, {name: getattr(second, name) or None}, name)
