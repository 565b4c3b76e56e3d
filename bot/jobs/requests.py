"""What can be asked of a worker. A request is stored as JSON; `kind` names it there."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from bot.blocks.routing import ModalTarget, View
from bot.slack import ReplyTo


class Job(BaseModel):
    """Work without a person who waits for its answer. Validators are built for the first, not at import."""

    model_config = ConfigDict(defer_build=True)
    kind: ClassVar[str]


class Request(Job):
    """Work that somebody asked for: `reply` says where its answer, or its failure, goes."""

    reply: ReplyTo


class ReplayRequest(Request):
    """Replay a run: into the incident named, a new one, or the one that its place says."""

    kind: ClassVar[str] = "replay"
    run_id: str
    incident: str | None = None
    new: bool = False


class ResolveRequest(Request):
    """Resolve a reference, as typed, in the channel's tenancy."""

    kind: ClassVar[str] = "resolve"
    reference: str
    incident: str | None = None


class CompareRequest(Request):
    """Compare a failing run with its rerun."""

    kind: ClassVar[str] = "compare"
    failing: str
    rerun: str
    incident: str | None = None


class RecentRequest(Request):
    """List the latest failed runs."""

    kind: ClassVar[str] = "recent"


class RawJsonRequest(Request):
    """Upload Aionis' answer for a run, masked."""

    kind: ClassVar[str] = "raw_json"
    run_id: str
    incident: str | None = None


class ShowRequest(Request):
    """Show a ready message to the person who asked."""

    kind: ClassVar[str] = "show"
    text: str
    blocks: list[dict[str, Any]]


class FillRequest(Request):
    """Fill an open modal about a run."""

    kind: ClassVar[str] = "fill"
    view: View
    view_id: str
    target: ModalTarget


class StartRequest(Request):
    """Open an incident in the thread of the resolve card that was clicked on."""

    kind: ClassVar[str] = "start"
    uri: str


class MoveRequest(Request):
    """Move a run or a record from one incident to another; `to` None is a new one."""

    kind: ClassVar[str] = "move"
    incident: str
    to: str | None = None
    run_id: str | None = None
    uri: str | None = None


class RefreshJob(Job):
    """Bring what Slack shows of an incident in line with its log."""

    kind: ClassVar[str] = "refresh"
    channel: str
    incident: str


class MoveHereRequest(Request):
    """Post an incident's checklist again at the bottom of its thread."""

    kind: ClassVar[str] = "move_here"
    incident: str


class QuietJob(Job):
    """An incident's thread has been quiet for a while: summarise what is new in it."""

    kind: ClassVar[str] = "quiet"
    channel: str
    incident: str


class MarkedJob(Job):
    """A message was marked, or the mark was taken off: if it is in an incident's thread, its summary follows."""

    kind: ClassVar[str] = "marked"
    channel: str
    ts: str


class SummaryRequest(Request):
    """Bring an incident's summary up to date and show it to the person who asked."""

    kind: ClassVar[str] = "summary"


class ThreadSummaryRequest(Request):
    """Summarise the thread of a message."""

    kind: ClassVar[str] = "thread_summary"


class StatusRequest(Request):
    """Show how the channel's incidents stand to the person who asked."""

    kind: ClassVar[str] = "status"


class BindRequest(Request):
    """Bind the channel to a tenant and scope."""

    kind: ClassVar[str] = "bind"
    tenant: str
    scope: str


class ExportRequest(Request):
    """Upload an incident's evidence bundle into its thread; without an incident, that of the channel or thread."""

    kind: ClassVar[str] = "export"
    incident: str | None = None


class CloseRequest(Request):
    """Close an incident; `reason` set: although something blocks."""

    kind: ClassVar[str] = "close"
    incident: str
    reason: str = ""


class ReopenRequest(Request):
    """Open a closed incident again."""

    kind: ClassVar[str] = "reopen"
    incident: str
    reason: str


class NudgeJob(Job):
    """Remind of an incident's open items, and say when to look again."""

    kind: ClassVar[str] = "nudge"
    channel: str
    incident: str


class HomeJob(Job):
    """Show a person their Home tab."""

    kind: ClassVar[str] = "home"
    user: str


class BlockersRequest(Request):
    """Show anew, in an open modal, what blocks the close of an incident."""

    kind: ClassVar[str] = "blockers"
    incident: str
    view_id: str
