"""The processes: the HTTP server with the bot in it, and the worker alone. Both end cleanly on SIGINT and SIGTERM."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import uvicorn

from bot.app import create_app, run_worker
from bot.config.settings import Settings
from bot.errors import SettingsError

# On a machine shared with `serve`, the acks come first: Slack gives them three seconds, a job nobody counts.
_BEHIND_THE_ACKS = 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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


async def serve(settings: Settings) -> None:
    """Serve the bot until a signal ends it. Raises `SettingsError` for what keeps it from starting."""
    bot = create_app(settings)
    config = uvicorn.Config(
        bot, host=settings.bot_host, port=settings.bot_port, lifespan="off", log_config=None, access_log=False
    )
    # The lifespan is entered here and not by uvicorn, which would print a traceback for a wrong setting.
    async with bot.router.lifespan_context(bot):
        try:
            await _Server(config).serve()
        except SystemExit as refused:
            raise SettingsError(
                f"BOT_PORT {settings.bot_port} on BOT_HOST {settings.bot_host} cannot be listened on.",
                fix="Another process may have it: choose another port.",
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
