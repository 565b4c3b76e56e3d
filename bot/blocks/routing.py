"""Every action id, callback id and button value: encoded and decoded here and nowhere else."""

import re
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import UsageError


class Action(StrEnum):
    """What a button does. Ids in a message are made unique by a number behind a dot."""

    REPLAY = "replay_run"  # replay the run in the value (RunTarget)
    TIMELINE = "open_timeline"  # open the modal of all steps (RunTarget.page)
    TIMELINE_PAGE = "timeline_page"  # turn that modal's page
    STEP = "open_step"  # open the modal of one step (RunTarget.step)
    STEP_PAGE = "step_page"  # show another step in that modal
    RAW_JSON = "raw_json"  # upload Aionis' answer into the thread
    RESOLVE = "resolve_uri"  # post the card of the URI in the value (UriTarget)
    COMPARE = "compare_runs"  # compare the run with RunTarget.rerun_id; without one, ask which
    COMPARISON = "open_comparison"  # open the modal of a comparison (RunTarget.rerun_id, .page)
    COMPARISON_PAGE = "comparison_page"  # turn that modal's page


class Shortcut(StrEnum):
    """Callback ids of shortcuts, as in manifest.yml."""

    REPLAY_MESSAGE = "replay_this_run"


class View(StrEnum):
    """Callback ids of modals."""

    TIMELINE = "timeline"
    STEP = "step"
    COMPARISON = "comparison"
    RERUN = "rerun"  # asks which rerun to compare a failing run with


class RunTarget(BaseModel):
    """What a button of a run means. `page` counts from 0; `step` is the step's 1-based place; None is the critical one.

    `rerun_id` is set where the run is the failing one of a comparison.
    """

    run_id: str
    page: int = 0
    step: int | None = None
    rerun_id: str | None = None


class UriTarget(BaseModel):
    """What a resolve button means."""

    uri: str


class ModalTarget(RunTarget):
    """What a modal shows, kept in its private_metadata: a run's page or step, and where it was opened from."""

    channel: str
    thread_ts: str | None = None


Target = TypeVar("Target", bound=BaseModel)


def action_id(action: Action, number: int = 0) -> str:
    """Return an action id that is unique inside a message."""
    return f"{action}.{number}"


def action_pattern(action: Action) -> re.Pattern[str]:
    """Return the pattern that matches every id of an action, for its listener."""
    return re.compile(rf"^{re.escape(action)}\.\d+$")


def encode(target: BaseModel) -> str:
    """Return a target as a button's value or a modal's private_metadata."""
    return target.model_dump_json(exclude_none=True)


def decode(kind: type[Target], value: str | None) -> Target:
    """Return the target in a value; raises `UsageError` for one this version did not make."""
    try:
        return kind.model_validate_json(value or "")
    except ValidationError as invalid:
        raise UsageError(
            "That button is from an older version of the bot.", fix="Run `/replay <run_id>` again for a fresh one."
        ) from invalid
