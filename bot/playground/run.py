"""The playground: an unmodified bot with everything around it on one machine, in one process.

The bot is the same `create_app()` that production runs. Around it: the local Slack with its page, the sample Aionis (or a real
one), and an embedded Valkey whose data stays in the data directory.
"""

import asyncio
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import EVENTS_PATH, create_app
from bot.config.manifest import load_manifest
from bot.config.settings import Settings, load_settings
from bot.errors import PageBuildError, SettingsError
from bot.playground import aionis as sample
from bot.playground import slack as local
from bot.playground.bundle import BundleError, ensure_bundle
from bot.playground.forge import forge_routes
from bot.playground.guide import examples_route, sample_routes
from bot.playground.http import serve_app
from bot.runtime.logs import configure_logs

SAMPLE_PORT = 3001
SAMPLE_SCOPE = "support"
WATCH_SECONDS = 1.0


async def run_playground(*, port: int, aionis_url: str | None, fresh: bool) -> None:
    """Run until interrupted. Raises a `BotError` with a plain sentence for whatever keeps it from starting."""
    task = asyncio.create_task(_run(port=port, aionis_url=aionis_url, fresh=fresh))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _cancel_once, task)
    with suppress(asyncio.CancelledError):
        await task
    say("[playground] stopped")


async def _run(*, port: int, aionis_url: str | None, fresh: bool) -> None:
    say(f"[playground] preparing the page for port {port}")
    try:
        await asyncio.to_thread(ensure_bundle, say)
    except BundleError as error:
        raise PageBuildError(str(error)) from error
    folder = data_dir()
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    configure_logs("WARNING", "console")
    async with open_playground(port=port, aionis_url=aionis_url, data_dir=folder) as page_url:
        say(
            f"[playground] ready: open {page_url} and type /replay (Ctrl+C ends it; what the bot stores stays in {folder})"
        )
        await asyncio.Event().wait()


def data_dir() -> Path:
    """Return where the playground keeps its data: a folder of its own below `BOT_DATA_DIR`, so that forgetting it is safe."""
    return load_settings().bot_data_dir / "playground"


@asynccontextmanager
async def open_playground(
    *, port: int = 0, aionis_url: str | None = None, data_dir: Path, sample_port: int = SAMPLE_PORT
) -> AsyncIterator[str]:
    """Open all parts and yield the page's URL."""
    async with AsyncExitStack() as stack:
        overrides: dict[str, Any] = {"aionis_base_url": aionis_url} if aionis_url else {}
        routes = [examples_route()]
        if aionis_url is None:
            aionis, aionis_url = await _sample(stack, sample_port)
            say(f"[playground] sample Aionis at {aionis_url}: record your own runs there, as docs/playground.md shows")
            overrides = {"aionis_base_url": aionis_url, "aionis_tenant_id": "default", "aionis_scope": SAMPLE_SCOPE}
            routes = sample_routes(aionis)
        signing_secret = secrets.token_hex(16)
        slack = local.LocalSlack(
            manifest=load_manifest(),
            signing_secret=signing_secret,
            bot_token=f"xo{'xb'}-{secrets.token_hex(12)}",
            app_token=f"xa{'pp'}-{secrets.token_hex(12)}",
        )
        routes += forge_routes(datetime.now(UTC))
        page_url = await _on_port(stack, port, lambda chosen: local.serve(slack, chosen, routes=routes))
        overrides |= _beside(page_url)
        say("[playground] starting the bot and its Valkey")
        settings = _settings(slack, signing_secret, data_dir, overrides)
        bot = await stack.enter_async_context(serve_app(create_app(settings)))
        slack.request_url = f"{bot.base_url}{EVENTS_PATH}"
        yield page_url


def _beside(page_url: str) -> dict[str, Any]:
    """Return settings that nobody made: the page's own forge is asked, and a watch looks so often that one can wait for it."""
    given = load_settings()
    forge = {} if given.github_token else {"github_api_url": page_url, "github_token": secrets.token_hex(12)}
    every = {} if "watch_seconds" in given.model_fields_set else {"watch_seconds": WATCH_SECONDS}
    return {**forge, **every}


def say(text: str) -> None:
    """Print a line of progress at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _settings(slack: local.LocalSlack, signing_secret: str, data_dir: Path, overrides: dict[str, Any]) -> Settings:
    return load_settings(
        slack_bot_token=slack.bot_token,
        slack_signing_secret=signing_secret,
        slack_app_token=None,
        slack_api_url=slack.api_url,
        redis_url=None,
        bot_data_dir=data_dir,
        **overrides,
    )


async def _sample(stack: AsyncExitStack, port: int) -> tuple[sample.SampleAionis, str]:
    """Serve the sample on its usual port, or on a free one where that is taken."""
    aionis = sample.SampleAionis()
    try:
        return aionis, await stack.enter_async_context(sample.serve(aionis, port=port))
    except OSError:
        return aionis, await stack.enter_async_context(sample.serve(aionis, port=0))


async def _on_port(stack: AsyncExitStack, port: int, serve: Any) -> str:
    try:
        url: str = await stack.enter_async_context(serve(port))
    except OSError as error:
        raise SettingsError(
            f"Port {port} is taken.",
            fix=f"Use another one: `incident-bot playground --port {port + 1}`, or `make playground ARGS='--port {port + 1}'`.",
        ) from error
    return url


def _cancel_once(task: asyncio.Task[None]) -> None:
    """End the playground wherever it is; a second signal must not interrupt its tidying up."""
    if not task.cancelling():
        task.cancel()
