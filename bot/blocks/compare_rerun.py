"""The modal that asks which rerun to compare a failing run with: later runs of the same case, or an id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import elements as el
from bot.blocks.modals import run_modal
from bot.blocks.phrases import verdict_word
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_id, encode
from bot.blocks.text import duration, outside
from bot.domain.comparison.reruns import LaterRun
from bot.domain.run.diagnosis import Verdict
from bot.domain.run.steps import seconds_between
from bot.ids import short

RERUN_BLOCK = "rerun"
RERUN_INPUT = "rerun_id"  # the element whose value the submission carries
_RUNS = 10


def rerun_modal(runs: Sequence[LaterRun], target: ModalTarget, *, now: datetime) -> dict[str, Any]:
    """Return the modal: a Compare button for each suggestion, in their order, and a field for another run's id."""
    run_id = outside(short(target.run_id), 8, one_line=True)
    lead = (
        "Later runs of the same goal or case, those that may prove the fix first:"
        if runs
        else "No later run of the same goal or case is visible."
    )
    blocks: list[Block] = [
        el.rich(el.line(el.plain("Which run is the rerun of "), el.code(run_id), el.plain("? "), el.plain(lead))),
        *(_row(run, number, target, now) for number, run in enumerate(runs[:_RUNS])),
    ]
    if len(runs) > _RUNS:
        blocks.append(el.context(f"{len(runs) - _RUNS} more."))
    return run_modal(Modal.RERUN, [*blocks, _field()], target, submit="Compare")


def comparing_modal(target: ModalTarget) -> dict[str, Any]:
    """Return what the modal becomes once a run was chosen in it."""
    words = "Comparing the two runs; the result comes as a message in the thread. You can close this."
    return run_modal(Modal.RERUN, [el.rich(el.line(el.plain(words)))], target)


def _row(run: LaterRun, number: int, target: ModalTarget, now: datetime) -> Block:
    ago = duration(seconds_between(run.started_at, now))
    words = [
        f"{_ended(run)} · {short(run.run_id)} started" + (f" {ago} ago" if ago else ""),
        f"case {outside(run.case, 60, one_line=True)}" if run.case else f"same goal: {_goal(run)}",
    ]
    value = encode(RunTarget(run_id=target.run_id, rerun_id=run.run_id, incident=target.incident))
    return el.text_with_button(" · ".join(words), el.button("Compare", action_id(Action.COMPARE, number), value))


def _goal(run: LaterRun) -> str:
    return outside(run.goal, 160, one_line=True) if run.goal else "not recorded"


def _ended(run: LaterRun) -> str:
    if run.stands is None:
        return "? not read"
    mark = "✓" if run.proves else "✗" if run.stands.verdict in {Verdict.FAILED, Verdict.PARTIAL} else "–"
    simulated = " (simulated)" if run.stands.simulated else ""
    return f"{mark} {outside(verdict_word(run.stands), 60, one_line=True)}{simulated}"


def _field() -> Block:
    return InputBlock(
        block_id=RERUN_BLOCK,
        label=PlainTextObject(text="Another run's id", emoji=False),
        element=PlainTextInputElement(action_id=RERUN_INPUT, max_length=200),
    )
