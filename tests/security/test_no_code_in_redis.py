"""Whoever can write to Redis cannot run code in the bot: what is stored is JSON and nothing that makes objects of bytes."""

import ast
import asyncio
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.connection import open_redis
from bot.store.queue import Delivery, JobQueue, Perform, Worker
from tests.syntax import tree_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")])
RUNS_CODE = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "jsonpickle", "joblib", "docket"}
CALLS_CODE = {"eval", "exec", "compile", "__import__"}


def imported(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def called(tree: ast.AST) -> set[str]:
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def unsafe_yaml(text: str) -> list[str]:
    """Return the calls of yaml's loaders that are not the safe one, nor a child of it."""
    return [
        call for call in re.findall(r"yaml\.\w*load\w*\([^\n]*", text) if not re.search(r"safe_load\(|SafeLoader", call)
    ]


def test_nothing_here_makes_objects_of_bytes() -> None:
    assert len(SOURCES) > 100
    for path in SOURCES:
        tree = tree_of(path.read_text(encoding="utf-8"))
        assert not {name.partition(".")[0] for name in imported(tree)} & RUNS_CODE, path
        assert not called(tree) & CALLS_CODE, path
        assert unsafe_yaml(path.read_text(encoding="utf-8")) == [], path


class Bomb:
    """Runs a command where somebody unpickles it."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self._marker}",)


@pytest.mark.parametrize("kind", ["pickle", "no JSON", "another shape"])
async def test_a_poisoned_job_runs_nothing_and_holds_up_nobody(redis_url: str, tmp_path: Path, kind: str) -> None:
    marker = tmp_path / "owned"
    poison = {
        "pickle": pickle.dumps(Bomb(marker), protocol=0).decode("ascii"),
        "no JSON": "{bad json",
        "another shape": '[{"py/object": "os.system"}]',
    }[kind]
    done: list[str] = []

    async def perform(delivery: Delivery) -> None:
        if isinstance(delivery.payload, dict):
            done.append(delivery.key)

    async with open_redis(redis_url) as redis:
        queue = JobQueue(redis, "{poison}")
        await queue.enqueue("replay", {}, key="poisoned", lane="one")
        await queue.enqueue("replay", {}, key="behind it", lane="one")
        await redis.hset("{poison}:job:poisoned", "payload", poison)
        await _work_until(queue, perform, lambda: "behind it" in done)
        assert await _kept(redis) == []
    assert not marker.exists()


async def _work_until(queue: JobQueue, perform: Perform, condition: Callable[[], bool]) -> None:
    task = asyncio.create_task(Worker(queue, perform, concurrency=2).run())
    try:
        async with asyncio.timeout(20):
            while not condition():
                assert not task.done(), "the worker has ended"
                await asyncio.sleep(0.005)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _kept(redis: Redis) -> list[str]:
    return [key async for key in redis.scan_iter("{poison}:job:*")]
