"""The processes: the HTTP server with the bot in it, and the worker alone. Both end cleanly on SIGINT and SIGTERM."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.app import create_app, run_worker
from bot.config.settings import Settings
from bot.errors import SettingsError
from bot.runtime.metrics_server import PORT_IN_USE
from bot.slack.signed_requests import ACCEPTED

# On a machine shared with `serve`, the acks come first: Slack gives them three seconds, a job nobody counts.
_BEHIND_THE_ACKS = 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
MOST_HEADERS = 32 * 2**10  # bytes of a request's head; what is longer is answered 400 while it streams
MOST_CONNECTIONS = 500  # Slack opens a few dozen; from there on they are answered 503
# Seconds from the connection, or from a later request's first byte, to the last byte of a request's head.
_HEAD_WITHIN = 10
_IDLE_WITHIN = 150  # seconds between two requests of Slack's; nginx keeps a connection for 60, Caddy for 120


class _Server(uvicorn.Server):
    """Ends by returning: uvicorn's own way kills the process before the bot has closed what it opened."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


class _Connection(H11Protocol):
    """Closes a connection that does not send a whole head in time: uvicorn itself limits only the pause between requests.

    One that Slack's requests come by is kept for longer than Slack, or a proxy, keeps it: a request that meets the close is
    lost, and Slack sends no click a second time. What is not signed closes its connection itself (`SignedRequests`), or soon
    loses it.
    """

    _paused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Give a later request its time, too."""
        if self._paused:
            self._paused = False
            super()._unset_keepalive_if_required()
            self._expect_head()
        super().data_received(data)
        self._unset_keepalive_if_required()  # a head that came at once has had its time

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        # By its signature: by the path a stranger could hold as many connections as there may be.
        self.timeout_keep_alive = _IDLE_WITHIN if self.scope.get(ACCEPTED) else self.config.timeout_keep_alive
        self._paused = True
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP. A request whose body turned into that has its answer by that, and gets no second one."""
        super().send_400_response(msg)
        if self.cycle:  # None before the first request
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _expect_head(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(_HEAD_WITHIN, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        """Keep the time running while a head is incomplete."""
        if self.conn.their_state is not h11.IDLE:
            super()._unset_keepalive_if_required()


def server_config(bot: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how the bot is served: with bounds on heads and connections. The bounds of bodies are `SignedRequests`' own."""
    return uvicorn.Config(
        bot,
        host=settings.bot_host,
        port=settings.bot_port,
        http=_Connection,
        h11_max_incomplete_event_size=MOST_HEADERS,
        limit_concurrency=MOST_CONNECTIONS,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )


async def serve(settings: Settings) -> None:
    """Serve the bot until a signal ends it. Raises `SettingsError` for what keeps it from starting."""
    bot = create_app(settings)
    config = server_config(bot, settings)
    # The lifespan is entered here and not by uvicorn, which would print a traceback for a wrong setting.
    async with bot.router.lifespan_context(bot):
        try:
            await _Server(config).serve()
        except SystemExit as refused:
            raise SettingsError(
                f"BOT_PORT {settings.bot_port} on BOT_HOST {settings.bot_host} cannot be listened on.",
                fix=PORT_IN_USE,
            ) from refused


async def work(settings: Settings) -> None:
    """Do jobs until a signal ends it; what is under way is done by another worker, or when this one is back."""
    os.nice(_BEHIND_THE_ACKS)
    await _until_signal(run_worker(settings))


async def _until_signal(run: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(run)
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
