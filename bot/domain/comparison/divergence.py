"""Where two runs part: the first difference that says something, in one sentence."""

from collections.abc import Callable, Sequence

from bot.domain.comparison.pairs import Difference, OutcomeChange, StepPair
from bot.domain.run.phrases import capital, how, listed, named, plural, short_name
from bot.domain.run.steps import Step

_FIRST, _RERUN = "\ue000", "\ue001"  # stand for what the two runs are called
FAILING = "failing run"


def first_divergence(pairs: Sequence[StepPair], *, first: str = FAILING, rerun: str = "rerun") -> str | None:
    """Name the first pair that notably differs in one sentence, else the first that differs at all; None where none does.

    Where inputs, outputs or attempts differ before it, the sentence says where that begins. `first` and
    `rerun` are what the two runs are called.
    """
    found = _first(pairs)
    return found.replace(_FIRST, first).replace(_RERUN, rerun) if found else None


def _first(pairs: Sequence[StepPair]) -> str | None:
    differing = [pair for pair in pairs if not pair.equal]
    notable = next((pair for pair in differing if pair.notable), None)
    if notable is None:
        return f"{_sentence(differing[0])}." if differing else None
    # Told beside it, not instead: ids and times in inputs differ in any rerun, and rarely are where two runs part.
    earlier = differing[0]
    if earlier is notable:
        return f"{_sentence(notable)}."
    return f"{_sentence(notable)}; before that, at {named(earlier.step)}, the {earlier.differences[0]} already differs."


def _sentence(pair: StepPair) -> str:
    if pair.failing is None or pair.rerun is None:
        return capital(f"{named(pair.step)} {_alone(pair)}")
    return capital(_PHRASES[pair.differences[0]](pair, pair.failing, pair.rerun))


def _alone(pair: StepPair) -> str:
    has = _RERUN if pair.failing is None else _FIRST
    if pair.differences[0] is Difference.BEYOND:
        other = _FIRST if pair.failing is None else _RERUN
        return f"is where the {has} goes on after the last step of the {other}"
    return f"is in the {has} only"


def _tool(_: StepPair, failing: Step, rerun: Step) -> str:
    return f"at {failing.label} the {_FIRST} called {short_name(failing.tool)}, the {_RERUN} {short_name(rerun.tool)}"


def _status(_: StepPair, failing: Step, rerun: Step) -> str:
    return f"{named(failing)} {how(failing)} in the {_FIRST} and {how(rerun)} in the {_RERUN}"


def _checks(pair: StepPair, failing: Step, _: Step) -> str:
    """Name the postconditions that changed for the worse first."""
    for change, words in _CHANGES.items():
        names = [condition.name for condition in pair.conditions if condition.change is change]
        if names:
            return f"{named(failing)} has other postconditions: {listed(names)} {words}"
    raise AssertionError("a pair whose postconditions differ has at least one that changed")


def _moved(_: StepPair, failing: Step, rerun: Step) -> str:
    return f"{named(failing)} comes in another order: as {rerun.label} in the {_RERUN}"


def _repair(_: StepPair, failing: Step, rerun: Step) -> str:
    where = _RERUN if rerun.record.repair_applied else _FIRST
    return f"{named(failing)} was repaired in the {where} only"


def _safety(_: StepPair, failing: Step, rerun: Step) -> str:
    levels = [short_name(step.record.safety_level or "not recorded", 30) for step in (failing, rerun)]
    return f"{named(failing)} has the safety level {levels[0]} in the {_FIRST} and {levels[1]} in the {_RERUN}"


def _error(pair: StepPair, failing: Step, _: Step) -> str:
    before, after = (short_name(error or "", 80) for error in pair.errors)
    if not before or not after:
        where, other = (_RERUN, _FIRST) if after else (_FIRST, _RERUN)
        return f"{named(failing)} has the error “{before or after}” in the {where}, and no error text in the {other}"
    return f"{named(failing)} fails with another error: “{before}” in the {_FIRST}, “{after}” in the {_RERUN}"


def _attempts(_: StepPair, failing: Step, rerun: Step) -> str:
    return f"{named(failing)} took {plural(failing.attempts, 'attempt')} in the {_FIRST} and {rerun.attempts} in the {_RERUN}"


def _output(_: StepPair, failing: Step, __: Step) -> str:
    return f"{named(failing)} answered another output"


def _input(_: StepPair, failing: Step, __: Step) -> str:
    return f"{named(failing)} was given another input"


_CHANGES = {
    OutcomeChange.BROKEN: f"fails in the {_RERUN}",
    OutcomeChange.FIXED: f"passes in the {_RERUN}",
    OutcomeChange.GONE: f"is not checked in the {_RERUN}",
    OutcomeChange.CHANGED: f"has another outcome in the {_RERUN}",
    OutcomeChange.ADDED: f"is checked in the {_RERUN} only",
}
_PHRASES: dict[Difference, Callable[[StepPair, Step, Step], str]] = {
    Difference.TOOL: _tool,
    Difference.STATUS: _status,
    Difference.POSTCONDITIONS: _checks,
    Difference.MOVED: _moved,
    Difference.ERROR: _error,
    Difference.REPAIR: _repair,
    Difference.SAFETY: _safety,
    Difference.ATTEMPTS: _attempts,
    Difference.OUTPUT: _output,
    Difference.INPUT: _input,
}
