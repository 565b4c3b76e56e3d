"""What a gate says, for a terminal: every check of every rerun, and the whole in one word."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.blocks.text import outside
from bot.domain.recurrence.gate import UNTRIED, GatedRun, GateOutcome, GateResult

_STYLES = {GateOutcome.PASSED: "bold green", GateOutcome.FAILED: "bold red", GateOutcome.NO_PROOF: "bold yellow"}
_MARKS = {GateOutcome.PASSED: "✓", GateOutcome.FAILED: "✗", GateOutcome.NO_PROOF: "?"}
NONE = "No rerun was named, and no later run of the case was found."


def print_gate(console: Console, result: GateResult) -> None:
    console.print(Group(*_lines(result)))


def _lines(result: GateResult) -> Iterator[RenderableType]:
    whose = result.gate.incident or ", ".join(failure.run_id for failure in result.gate.failures)
    yield Text.assemble("Gate ", (outside(whose, 300, one_line=True), "bold"), " ", _word(result.outcome))
    if not result.runs:
        yield Text(NONE)
    for run in result.runs:
        yield from _run(run)
    for failure in result.untried if result.runs else ():
        yield Text(UNTRIED.format(run_id=outside(failure.run_id, 80, one_line=True)))


def _run(run: GatedRun) -> Iterator[RenderableType]:
    yield Text.assemble(
        f"Run {run.run_id} against {outside(run.failure.run_id, 80, one_line=True)} ", _word(run.outcome)
    )
    for check in run.checks:
        mark = (f"  {_MARKS[check.outcome]} ", _STYLES[check.outcome])
        yield Text.assemble(mark, f"{check.name}: ", outside(check.reason, 600, one_line=True))


def _word(outcome: GateOutcome) -> tuple[str, str]:
    return outcome.value.upper(), _STYLES[outcome]
