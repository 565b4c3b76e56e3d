"""Every action id, callback id and button value: encoded and decoded here and nowhere else."""

import re
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError

from bot.domain.incident.state import SEVERITIES
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
    START_INCIDENT = "start_incident"  # open an incident around the resolve card it stands on (UriTarget)
    ITEM = "checklist_item"  # mark an item done, with a modal where proof is needed (ItemTarget)
    ITEM_UNDO = "checklist_undo"  # open the modal that takes an assertion back (ItemTarget)
    MOVE_HERE = "checklist_move"  # post the checklist again at the bottom of the thread (IncidentTarget)
    SEVERITY = "incident_severity"  # a menu; its options carry a SeverityTarget
    ROOT_CAUSE = "root_cause"  # open the modal of the evidence table (IncidentTarget)
    ASK_RUN = "ask_run"  # open the modal that asks which run to replay into the incident (IncidentTarget)
    LEAD = "incident_lead"  # be on it, step back, or take over (LeadTarget)
    MENU = "incident_menu"  # the root's menu; its options carry a MenuTarget
    CLOSE = "close_incident"  # close, or show what blocks (IncidentTarget)
    REOPEN = "reopen_incident"  # open the modal that reopens (IncidentTarget)
    CHOOSE = "choose_incident"  # open the modal that moves a run or record to another incident (PlacedTarget)
    EXPORT = "export_evidence"  # upload the evidence bundle into the thread (IncidentTarget)
    REMINDER_SNOOZE = "nudge_snooze"  # a menu that puts reminders off; its options carry a ReminderTarget
    OPEN_BINDING = "open_binding"  # open the modal that binds the channel (ChannelTarget)
    SHOW_AGAIN = "show_again"  # post what was deleted of an incident's own messages anew (IncidentTarget)
    LINK = "open_link"  # a button with a URL: Slack opens it, the bot only acknowledges
    COMPARE = "compare_runs"  # compare the run with RunTarget.rerun_id; without one, ask which
    COMPARISON = "open_comparison"  # open the modal of a comparison (RunTarget.rerun_id, .page)
    COMPARISON_PAGE = "comparison_page"  # turn that modal's page
    RERUN_AGAIN = "rerun_again"  # fill the modal that asks for a rerun once more, where Aionis could not answer
    SPLIT = "split_failure"  # say that a run is another failure, or that it is the same after all (RunTarget)
    RECENT = "recent_runs"  # list older failed runs (PageTarget)
    SIMILAR = "similar_runs"  # list the runs that failed the same way; take them for one with RunTarget.rerun_id


# The block of buttons whose answer takes the place of the message that they stand on, where everybody sees that.
IN_PLACE = "in_place"


class Shortcut(StrEnum):
    """Callback ids of shortcuts, as in manifest.yml."""

    REPLAY_MESSAGE = "replay_this_run"
    SUMMARISE_THREAD = "summarise_thread"


class Modal(StrEnum):
    """Callback ids of modals."""

    TIMELINE = "timeline"
    STEP = "step"
    ITEM = "item"
    ITEM_UNDO = "item_undo"
    ROOT_CAUSE = "root_cause"
    ASK_RUN = "ask_run"
    CLOSE = "close"
    REOPEN = "reopen"
    CHOOSE = "choose"
    BINDING = "binding"
    COMPARISON = "comparison"
    SEVERITY = "severity"
    RERUN = "rerun"  # asks which rerun to compare a failing run with


class RunTarget(BaseModel):
    """What a button of a run means. `page` counts from 0; `step` is the step's 1-based place; None is the critical one.

    `incident` is the one it is shown in, None outside of incidents. `rerun_id` is set where the run is the failing one of a
    comparison.
    """

    run_id: str
    incident: str | None = None
    page: int = 0
    step: int | None = None
    rerun_id: str | None = None
    new: bool = False  # in a new incident
    failed_only: bool = False  # of a timeline's steps, those that did not go well


class PageTarget(BaseModel):
    """A page of a list; the first is 0."""

    page: int = 0


class UriTarget(BaseModel):
    """What a resolve button means, and the incident it is shown in; `outside`: in none, whichever are open."""

    uri: str
    incident: str | None = None
    outside: bool = False


class IncidentTarget(BaseModel):
    """Which incident a button is about. It is looked up in the channel of the click, and nowhere else."""

    incident: str


class _OfIncident(BaseModel):
    """What the value of any button says of an incident."""

    incident: str | None = None


class LeadChoice(StrEnum):
    """What a button does to who leads."""

    TAKE = "take"
    STEP_BACK = "step_back"
    TAKE_OVER = "take_over"


class LeadTarget(IncidentTarget):
    """Who leads an incident from now on. `of` is who led when the button was made.

    Buttons of older versions have no `choice`: which of the two they said is not known.
    """

    choice: LeadChoice | None = None
    of: str | None = None


class ItemTarget(IncidentTarget):
    """One item of an incident's checklist; `ask` False: one click marks it done, without a modal."""

    item: str
    ask: bool = True


class MenuChoice(StrEnum):
    """What the root's menu offers."""

    RAW_JSON = "raw"
    DECISION = "decision"  # the card of the run's first decision
    EXPORT = "export"
    SEVERITY = "severity"  # a modal that asks which
    BINDING = "bind"


class MenuTarget(IncidentTarget):
    """A choice of the root's menu, and the run that the root is about."""

    choice: MenuChoice
    run_id: str | None = None


class SeverityTarget(IncidentTarget):
    """A severity for an incident; "" for none."""

    severity: str = Field(pattern=rf"^(?:{'|'.join(SEVERITIES)})?$")


class ReminderTarget(IncidentTarget):
    """What an owner ("": nobody) was reminded of; `hours` to put that off by, 0 for good."""

    owner: str
    hours: float = 0


class PlacedTarget(IncidentTarget):
    """A run or a record in an incident, to be moved to another one: exactly one of the two is set."""

    run_id: str | None = None
    uri: str | None = None


class ChannelTarget(BaseModel):
    channel: str


class ThreadTarget(ChannelTarget):
    """Where a modal was opened from: a channel, and the thread in it; None: the channel itself."""

    thread_ts: str | None = None


class IncidentModal(IncidentTarget):
    """What an incident's modal is about, kept in its private_metadata; `parent` is the modal below it to be shown anew."""

    channel: str
    item: str = ""
    edition: int = 0
    run_id: str | None = None
    uri: str | None = None
    parent: str | None = None


class ModalTarget(RunTarget):
    """What a modal shows, kept in its private_metadata: a run's page or step, and where it was opened from."""

    channel: str
    thread_ts: str | None = None


Target = TypeVar("Target", bound=BaseModel)


def action_id(action: Action, number: int = 0) -> str:
    """Return an action id that is unique inside a message."""
    return f"{action}.{number}"


def numbered(id_: str, number: int) -> str:
    """Return an action id with another number, for a message with several of an action."""
    return f"{id_.rpartition('.')[0]}.{number}"


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
        raise outdated() from invalid


def incident_in(value: str | None) -> str | None:
    """Return the incident that a button is about, whatever else it says; None where it names none."""
    try:
        return _OfIncident.model_validate_json(value or "").incident
    except ValidationError:
        return None


def outdated() -> UsageError:
    """Return what is told where a button or a dialog is of another version: its id or its value is not known."""
    return UsageError(
        "That is from an older version of the bot, so nothing was done.",
        fix="Run `/replay status` and click “Show its messages again” for an incident's fresh buttons, or `/replay <run_id>` for "
        "those of a run.",
    )
