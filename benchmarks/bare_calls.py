"""The least that a replay could take: as many calls to Aionis and to Slack, by httpx alone, with nothing made of what comes.

`URL` names a `benchmarks.upstream`; prints the CPU milliseconds of a round of `AIONIS` and `SLACK` calls.
"""

import asyncio
import os
import time

import httpx

from benchmarks.upstream import RUN_ID

_WARM_UP, _ROUNDS = 20, 100
_TEXT = {"channel": "C0AINCDNT1", "text": "Run FAILED", "blocks": [{"type": "divider"}] * 10}


async def main() -> None:
    """Make the rounds, one call after the other."""
    async with httpx.AsyncClient(base_url=os.environ["URL"]) as http:
        for number in range(_WARM_UP + _ROUNDS):
            if number == _WARM_UP:
                began = time.process_time()
            for _ in range(int(os.environ["AIONIS"])):
                (await http.post("/v1/memory/replay/runs/get", json={"run_id": RUN_ID})).json()
            for _ in range(int(os.environ["SLACK"])):
                (await http.post("/api/chat.postMessage", json=_TEXT)).json()
    print((time.process_time() - began) / _ROUNDS * 1000)


if __name__ == "__main__":
    asyncio.run(main())
