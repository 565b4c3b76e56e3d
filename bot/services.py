"""What handlers and jobs work with. Made once, by `bot/app.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aionis import Aionis, AionisTransport
from bot.domain.tenancy import Consumer, Tenancy
from bot.slack import SlackGateway
from bot.store.outbox import Outbox
from bot.store.queue import JobQueue


@dataclass(slots=True)
class Services:
    """The edges and the few settings that jobs need. `now` returns the current time in UTC."""

    queue: JobQueue
    outbox: Outbox
    slack: SlackGateway
    transport: AionisTransport
    tenancy: Tenancy
    consumer: Consumer
    aionis_deadline: float
    stalled_after: timedelta
    now: Callable[[], datetime]

    def aionis(self) -> Aionis:
        """Return a view of Aionis for one operation; its deadline starts now."""
        return Aionis(self.transport, self.tenancy, self.consumer, deadline_seconds=self.aionis_deadline)
