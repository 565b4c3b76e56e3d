"""Backup and restore as docs/operations.md says: every key is as it was, and the bot goes on with it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as PlainRedis
from redis.asyncio import Redis

from bot.store.connection import open_redis
from bot.store.embedded import EmbeddedValkey
from bot.store.maintenance import Maintenance
from bot.store.queue import JobQueue
from tests.admissions import KEYS
from tests.conftest import answers, wait_until
from tests.store.test_incidents import ADMISSION, PEOPLE, PLACE, asserting, opened, store_on


async def filled(redis: Redis) -> str:
    store = store_on(redis)
    id_ = await opened(store)
    await store.apply(ADMISSION, id_, asserting("monitor", PEOPLE[0], "click"))
    await JobQueue(redis, KEYS.queue).enqueue("replay", {"user": PEOPLE[0]}, key="replay:1", lane="channel:C1")
    return id_


async def everything(url: str) -> dict[str, Any]:
    """Return every key's content and whether it expires; not as dumped, as the order within a hash is nobody's."""
    async with open_redis(url) as redis:
        names = [name async for name in redis.scan_iter()]
        return {name: (await content(redis, name), await redis.pttl(name) > 0) for name in names}


async def content(redis: Redis, name: str) -> Any:
    read: dict[str, Any] = {
        "string": lambda: redis.get(name),
        "hash": lambda: redis.hgetall(name),
        "zset": lambda: redis.zrange(name, 0, -1, withscores=True),
        "list": lambda: redis.lrange(name, 0, -1),
        "stream": lambda: redis.xrange(name),
    }
    return await read[str(await redis.type(name))]()


async def goes_on(url: str, id_: str) -> None:
    async with open_redis(url) as redis:
        assert (await Maintenance(redis).audit(PLACE, id_)).problems == ()
        assert (await store_on(redis).apply(ADMISSION, id_, asserting("fix_verified", PEOPLE[1], "later"))).accepted
        assert len(await JobQueue(redis, KEYS.queue).scripts.take(lease=10.0)) > 1


async def test_a_copied_folder_of_the_embedded_server_equals_the_original(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "data")
    server.start()
    async with open_redis(server.url) as redis:
        id_ = await filled(redis)
    before = await everything(server.url)
    server.stop()
    shutil.copytree(tmp_path / "data", tmp_path / "backup", symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(tmp_path / "backup", tmp_path / "data")
    (tmp_path / "data").chmod(0o700)
    restored = EmbeddedValkey(tmp_path / "data")
    restored.start()
    try:
        assert await everything(restored.url) == before
        await goes_on(restored.url, id_)
    finally:
        restored.stop()


@pytest.mark.redis_server
async def test_a_snapshot_of_a_running_server_equals_the_original(redis_server: str, tmp_path: Path) -> None:
    async with open_redis(redis_server) as redis:
        id_ = await filled(redis)
    before = await everything(redis_server)
    tool, binary = shutil.which("redis-cli"), shutil.which("redis-server")
    assert tool
    assert binary
    snapshot = tmp_path / "dump.rdb"
    subprocess.run([tool, "-u", redis_server, "--rdb", str(snapshot)], check=True, capture_output=True)  # noqa: ASYNC221, S603
    socket = tmp_path / "r.sock"
    how = ["--port", "0", "--unixsocket", str(socket), "--dir", str(tmp_path), "--appendonly", "no", "--save", ""]
    process = subprocess.Popen([binary, *how], stdout=subprocess.DEVNULL)  # noqa: ASYNC220, S603
    try:
        with PlainRedis(unix_socket_path=str(socket)) as client:
            wait_until(lambda: answers(client))
            client.config_set("appendonly", "yes")
        assert await everything(f"unix://{socket}") == before
        await goes_on(f"unix://{socket}", id_)
    finally:
        process.kill()
        process.wait()
