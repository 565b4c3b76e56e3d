"""From a typed `/replay` to the posted root message, against the sum of what Aionis and Slack take on the critical path."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from statistics import median

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.figures import Figure
from benchmarks.processes import BOT, LOOPBACK, Bench, empty, free_port, open_valkey, wait_for_port
from benchmarks.rig import until_quiet
from bot.app import EVENTS_PATH
from bot.config.manifest import load_manifest
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis, make_run
from bot.playground.http import serve_app
from bot.playground.slack.web_api.call import ApiCall

LATENCY = 0.05  # seconds that every call takes
COMMANDS = 25
_WARM_UP = 3
_TARGET = 1.15
_POST = "chat.postMessage"


def measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    """Type commands one after another and compare the median with the critical path."""
    return asyncio.run(_measure(bench, say))


async def _measure(bench: Bench, say: Callable[[str], None]) -> list[Figure]:
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(open_valkey(bench))
        empty(valkey)
        aionis = SampleAionis()
        serving = serve_app(_paced(aionis.app, LATENCY), lifespan="off", timeout_keep_alive=75)
        aionis_url = (await stack.enter_async_context(serving)).base_url
        slack = local.LocalSlack(
            manifest=load_manifest(),
            signing_secret=bench.signing_secret,
            bot_token=bench.bot_token,
            app_token=f"xa{'pp'}-{'0' * 24}",
        )
        slack.limits.enabled = False
        slack_url = await stack.enter_async_context(local.serve(slack))
        port = free_port()
        settings = bench.bot_settings(port=port, redis_url=valkey.url, slack_url=slack_url, aionis_url=aionis_url)
        process = stack.enter_context(bench.running((*BOT, "serve"), settings))
        # In a thread: this loop answers Slack's and Aionis' part of the start.
        await asyncio.to_thread(wait_for_port, port, process, bench.last_words)
        slack.request_url = f"http://{LOOPBACK}:{port}{EVENTS_PATH}"
        slack.latency = LATENCY
        undecided = make_run(aionis, steps=10, fail_at=7, scope="support", memory_lane="shared")
        return [
            *await _figures(slack, say, "refund-failed", aionis.runs["refund-failed"].run_id, round_trips=3),
            *await _figures(slack, say, "a run without decisions", undecided, round_trips=2),
        ]


def _paced(app: ASGIApp, seconds: float) -> ASGIApp:
    """Return an application whose answers leave so long after their requests came, whatever making them took."""

    async def paced(scope: Scope, receive: Receive, send: Send) -> None:
        due = time.monotonic() + seconds

        async def send_when_due(message: Message) -> None:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await send(message)

        await app(scope, receive, send_when_due)

    return paced


async def _figures(
    slack: local.LocalSlack, say: Callable[[str], None], name: str, run_id: str, *, round_trips: int
) -> list[Figure]:
    times = [await _until_posted(slack, run_id) for _ in range(COMMANDS + _WARM_UP)][_WARM_UP:]
    path = round_trips * LATENCY
    middle = median(times)
    say(f"  {name}: median {middle * 1000:.1f} ms of {len(times)}, critical path {path * 1000:.0f} ms")
    return [
        Figure(f"{name}: command to posted root message, median of {len(times)}", middle * 1000, "ms"),
        Figure(f"{name}: against its critical path of {path * 1000:.0f} ms", middle / path, at_most=_TARGET),
    ]


async def _until_posted(slack: local.LocalSlack, run_id: str) -> float:
    """Return the seconds until Slack's answer to the root message's post left.

    The local Slack does what it is asked at once and then waits with the answer, so the wait is added here.
    """
    before = len(_roots(slack))
    started = time.time()
    delivery = await slack.command(user=local.MAYA, channel=local.INCIDENTS, text=f"/replay {run_id} new")
    assert delivery.ok, delivery
    (root,) = await slack.wait_for(lambda: _roots(slack)[before:])
    assert root.ok, root.error
    # The timeline, the incident's messages and what the asker is told are over before the next one is typed.
    await until_quiet(slack)
    return root.at + LATENCY - started


def _roots(slack: local.LocalSlack) -> list[ApiCall]:
    # The analysis in its thread begins alike.
    posts = (call for call in slack.calls_to(_POST) if not call.args.get("thread_ts"))
    return [call for call in posts if str(call.args.get("text", "")).startswith("Run ")]
