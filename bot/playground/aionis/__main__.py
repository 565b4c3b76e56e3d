"""Serve the sample Aionis alone: `python -m bot.playground.aionis --port 3001`."""

import argparse
import asyncio
import contextlib
import sys

from bot.playground.aionis import SampleAionis, serve
from bot.playground.http import LOOPBACK


async def _run(host: str, port: int) -> None:
    async with serve(SampleAionis(), port=port, host=host) as base_url:
        sys.stdout.write(f"sample Aionis at {base_url} (its runs: {base_url}/_sample/runs)\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground.aionis", description="Serve the sample Aionis.")
    parser.add_argument("--port", type=int, default=3001)
    parser.add_argument("--host", default=LOOPBACK)
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(given.host, given.port))


if __name__ == "__main__":
    main()
