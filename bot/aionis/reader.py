"""Whom the calls of an operation are made as, and what the server says of itself (Aionis contract, sections 3, 7 and 16)."""

import time

from bot import errors
from bot.aionis.answers import Answer, parse
from bot.aionis.transport import AionisTransport
from bot.domain.access.tenancy import Consumer
from bot.domain.run.server_health import Health

HEALTH_WITHIN = 2.0  # seconds that a call may wait for what the server says of itself
HEALTH_PAUSE = 60.0  # seconds until a server that does not say it is asked again
READ_AS_WHO = "Private records are read as {who}: what is private to somebody else stays hidden."


class Reader:
    """The consumer ids of one operation: those that are configured, else what the server names for bots without any.

    `deadline` is the operation's, in `time.monotonic()` seconds.
    """

    def __init__(self, transport: AionisTransport, configured: Consumer, *, deadline: float) -> None:
        self._transport = transport
        self._configured = configured
        self._deadline = deadline

    @property
    def consumer(self) -> Consumer:
        """Return whom calls are made as."""
        return self._configured if self._configured != Consumer() else Consumer(self.named_by_server)

    @property
    def named_by_server(self) -> str | None:
        """Return the agent that the server itself names for callers like this bot; None where one is configured or not needed."""
        health = self._transport.health
        nobody = self._configured == Consumer() and not self._transport.has_credential
        return health.open_actor_id if health and nobody else None

    async def learn(self, asked_as: Consumer) -> bool:
        """Read from now on as the agent that the server names for callers without authentication, where none is configured.

        Asks `/health` once for all operations. Returns whether a call that was made as `asked_as` would now be made as
        somebody else; False where `/health` fails.
        """
        if self._configured == Consumer() and not self._transport.has_credential:
            async with self._transport.learning:  # many calls find nothing at the same time, and one question will do
                await self._read_health()
        return self.consumer != asked_as

    async def where_to_look(self, none: type[errors.AionisError]) -> str:
        """Return what to try where something is not found, with whom private records are read as where that is known."""
        await self.learn(self.consumer)
        team = self.consumer.team_id
        who = " and ".join(filter(None, (self.consumer.agent_id, f"the team {team}" if team else None)))
        known = READ_AS_WHO.format(who=who)
        return none.default_fix.replace(errors.PRIVATE_LANE, known) if who else none.default_fix

    async def may_leak(self) -> bool:
        """Tell whether `runs/get` may answer with another tenant's run: Lite's does, and whoever does not say what it is."""
        async with self._transport.learning:
            health = await self._read_health()
        return health is None or health.edition in {None, "lite"}

    async def health(self, *, deadline: float | None = None) -> Answer[Health]:
        """Read the server's health; needs no credential: `GET /health`."""
        until = self._deadline if deadline is None else deadline
        reply = await self._transport.call("GET", "/health", None, subject="its health", deadline=until)
        return parse(reply, Health, subject="its health")

    async def _read_health(self) -> Health | None:
        """Return what the server says of itself, asked for once in all operations; None where it does not answer that."""
        now, known = time.monotonic(), self._transport
        if known.health is None and now >= known.ask_health_from:
            try:
                known.health = (await self.health(deadline=min(self._deadline, now + HEALTH_WITHIN))).value
            except errors.AionisError:
                known.ask_health_from = time.monotonic() + HEALTH_PAUSE
        return known.health
