"""What packing a bundle of many answers takes, as the bot does it: in a process of its own.

Prints MB of memory above what one answer takes, the MiB of the bundle, and of how many things `verify` complains.
"""

import asyncio
import json
import resource
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.archive import problems_of
from bot.domain.bundle.kept_answers import KeptAnswer, pack
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.playground.aionis import SampleAionis, serve
from bot.runtime.heavy_work import HeavyWork

ANSWERS = 20
_HERE = Tenancy("default", "support")


async def main() -> None:
    """Pack answers of different runs, each of 2.7 MiB."""
    run_id = SampleAionis().runs["long"].run_id
    log, answer = _log(), await _answer(run_id)
    work = HeavyWork(None)
    await work.bundle("INC-7Q2K", log, [_packed(answer, run_id, 0)])
    base = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    content, _ = await work.bundle("INC-7Q2K", log, [_packed(answer, run_id, number) for number in range(ANSWERS)])
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - base
    print(json.dumps([grown / 1024, len(content) / 2**20, len(problems_of(content))]))


async def _answer(run_id: str) -> bytes:
    sample = SampleAionis()
    asked = {
        "tenant_id": "default",
        "scope": "support",
        "run_id": run_id,
        "include_steps": True,
        "include_artifacts": True,
    }
    async with serve(sample), httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(f"{sample.base_url}/v1/memory/replay/runs/get", json=asked)).content


def _packed(answer: bytes, run_id: str, number: int) -> str:
    other = str(uuid.UUID(int=number + 1))
    kept = KeptAnswer(
        path="/v1/memory/replay/runs/get",
        asked={"run_id": other},
        request_id="r",
        read_at=datetime.now(UTC),
        sha256=f"{number}",
        omitted=False,
        answer=json.loads(answer.replace(run_id.encode(), other.encode())),
        masked=(),
    )
    return pack(kept).text


def _log() -> list[Any]:
    opened = log_changes.opened(
        team="T1", channel="C1", tenancy=_HERE, checklist=DEFAULT_CHECKLIST, by="U1", at=datetime.now(UTC), key="open"
    )
    entry = {
        "kind": opened.kind.value,
        "actor": opened.actor,
        "at": opened.at.isoformat(),
        "key": opened.key,
        "payload": json.dumps(opened.payload),
    }
    return [["1-0", entry]]


if __name__ == "__main__":
    asyncio.run(main())
