"""What handlers and jobs work with. Made once, by `bot/app.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.access.authorization import Authorization
from bot.aionis import Aionis, AionisTransport
from bot.domain.access.admission import Admission, ensure_admission
from bot.domain.access.tenancy import Consumer
from bot.domain.incident.checklist import Checklist
from bot.domain.incident.reminders import WorkingHours
from bot.domain.incident.state import Incident
from bot.forge import Forge
from bot.investigation.just_read import JustRead
from bot.runtime.heavy_work import HeavyWork
from bot.slack import SlackGateway
from bot.slack.directory import Directory
from bot.store.bindings import Bindings
from bot.store.channel_move import ChannelMoves
from bot.store.incidents import IncidentStore
from bot.store.live_messages import LiveMessages
from bot.store.outbox import Outbox
from bot.store.queue import JobQueue
from bot.store.recurrence import FailureIndex
from bot.store.watches import Watches

if TYPE_CHECKING:  # it brings cryptography along, for those who sign
    from bot.domain.bundle.attestation import Signing


Leave = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timing:
    """When the bot does things by itself. `quiet_messages` is how many new ones a quiet thread needs for a summary."""

    summary_quiet: timedelta
    quiet_messages: int
    summary_least: timedelta
    remind_after: timedelta
    working_hours: WorkingHours
    reopen_for: timedelta
    watch_every: timedelta


@dataclass(slots=True)
class Services:
    """Slack, Aionis, the store and the few settings that jobs need. `now` returns the current time in UTC.

    From `picture_steps` steps on a replay gets a picture; 0 is never. For `patience` a job waits for a Slack that is away.
    `watch_opens` says whether a failure that was never seen opens an incident where a channel watches. `replay_emoji` is the
    reaction that replays what a message names; "" for none. `signing` signs bundles; `leave` is told why the app is removed.
    """

    workspace: str
    queue: JobQueue
    outbox: Outbox
    incidents: IncidentStore
    channel_moves: ChannelMoves
    live_messages: LiveMessages
    failures: FailureIndex
    bindings: Bindings
    slack: SlackGateway
    directory: Directory
    authorization: Authorization
    transport: AionisTransport
    consumer: Consumer
    aionis_deadline: float
    stalled_after: timedelta
    checklist: Checklist
    timing: Timing
    picture_steps: int
    replay_emoji: str
    patience: timedelta
    watches: Watches
    watch_opens: bool
    fix_reruns: int
    forge: Forge
    signing: "Signing | None"
    leave: Leave
    heavy_work: HeavyWork
    now: Callable[[], datetime]
    just_read: JustRead = field(default_factory=JustRead)
    good_runs: JustRead = field(default_factory=JustRead)

    def aionis(self, admitted: Admission | Incident, *, deadline: float | None = None) -> Aionis:
        """Return a view of the tenancy of an admission, or of what it opened, for one operation.

        Its deadline, in seconds, starts now.
        """
        if not isinstance(admitted, Incident):
            ensure_admission(admitted)
        seconds = deadline or self.aionis_deadline
        # Its answers are dated by the clock that the log goes by: that of one worker may be off.
        return Aionis(self.transport, admitted.tenancy, self.consumer, deadline_seconds=seconds, now=self.now)
