"""Last good, first bad: what changed between the last run of a case that went well and one that failed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.comparison.compare import Comparison
from bot.domain.comparison.differences import list_change
from bot.domain.comparison.divergence import first_divergence
from bot.domain.comparison.json_form import comparison_json
from bot.domain.recurrence.last_good import CaseKey
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.json_form import iso
from bot.runtime.masking import mask_value

LAST_GOOD = "last good run"


@dataclass(frozen=True, slots=True)
class FollowedRule:
    """A rule that a decision followed; `title` is None where it was not read."""

    id: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Bisection:
    """A failing run beside the last good run of its case; `comparison` is None where none was found.

    `case` is what the runs share. `missing` are sentences about what was not there, or not read.
    """

    failing: Diagnosis
    case: CaseKey | None
    comparison: Comparison | None
    missing: tuple[str, ...] = ()

    @property
    def last_good(self) -> Diagnosis | None:
        return self.comparison.rerun if self.comparison else None

    @property
    def first_divergence(self) -> str | None:
        """Return in one sentence where the failing run leaves the good one; None where nothing that was read differs."""
        return first_divergence(self.comparison.steps, rerun=LAST_GOOD) if self.comparison else None

    @property
    def rules_added(self) -> list[FollowedRule]:
        """Return the rules that only the failing run's decisions followed."""
        return [_rule(rule, self.failing) for rule in self._rules().added]

    @property
    def rules_removed(self) -> list[FollowedRule]:
        """Return the rules that only the good run's decisions followed."""
        return [_rule(rule, self.last_good) for rule in self._rules().gone] if self.last_good else []

    def _rules(self) -> Any:
        # Without a good run nothing is compared: every rule of the failing one would seem to be new.
        return list_change(_rules_of(self.last_good), _rules_of(self.failing) if self.last_good else ())


def gaps(comparison: Comparison) -> Iterator[str]:
    """Say what keeps the comparison from being whole: gaps of either run, and steps whose values were not read."""
    for name, run in (("failing run", comparison.failing), (LAST_GOOD, comparison.rerun)):
        for gap in run.missing:
            yield f"Of the {name}: {gap.what}: {gap.why.value}{f' ({gap.detail})' if gap.detail else ''}."
    if comparison.unread_outputs:
        yield f"The outputs of {comparison.unread_outputs} pairs of steps were not read."


def bisection_json(found: Bisection) -> dict[str, Any]:
    """Return what `incident-bot bisect --json` prints. Times are ISO 8601 in UTC; secrets are masked."""
    good, compared = found.last_good, comparison_json(found.comparison) if found.comparison else {}
    value = {
        "run_id": found.failing.run_id,
        "last_good": _last_good(good, found.case) if good else None,
        "first_divergence": found.first_divergence,
        "selection": [_renamed(pair) for pair in compared.get("selection", [])],
        "rules_added": [_rule_json(rule) for rule in found.rules_added],
        "rules_removed": [_rule_json(rule) for rule in found.rules_removed],
        "inputs": [_input(pair) for pair in compared.get("steps", []) if pair["input_changes"]["total"]],
        "missing": list(found.missing),
    }
    masked: dict[str, Any] = mask_value(value)
    return masked


def _last_good(good: Diagnosis, case: CaseKey | None) -> dict[str, Any]:
    return {
        "run_id": good.run_id,
        "started_at": iso(good.started_at),
        "ended_at": iso(good.ended_at),
        "matched_by": case.by.value if case else None,
        "case": case.value if case else None,
    }


def _renamed(pair: dict[str, Any]) -> dict[str, Any]:
    """Return a pair of decisions in the order of time: the last good run's first."""
    rest = {key: value for key, value in pair.items() if key not in {"failing", "rerun"}}
    turned = {key: _turned(rest[key]) for key in ("candidates", "rules")}
    return {**rest, **turned, "last_good": pair["rerun"], "failing": pair["failing"]}


def _turned(change: dict[str, Any]) -> dict[str, Any]:
    return {"added": change["gone"], "gone": change["added"], "kept": change["kept"]}


def _input(pair: dict[str, Any]) -> dict[str, Any]:
    step = pair["failing"] or pair["rerun"]
    changes = [
        {"path": change["path"], **{new: change[old] for new, old in _SIDES.items() if old in change}}
        for change in pair["input_changes"]["first"]
    ]
    return {"step": step["index"], "tool": step["tool"], "total": pair["input_changes"]["total"], "first": changes}


_SIDES = {"last_good": "after", "failing": "before"}  # a comparison's second run is the good one here


def _rules_of(run: Diagnosis | None) -> Iterable[str]:
    return dict.fromkeys(str(rule) for decision in (run.decisions if run else ()) for rule in decision.source_rule_ids)


def _rule(id_: str, run: Diagnosis | None) -> FollowedRule:
    return FollowedRule(id_, run.rule_titles.get(id_) if run else None)


def _rule_json(rule: FollowedRule) -> dict[str, str | None]:
    return {"id": rule.id, "title": rule.title}
