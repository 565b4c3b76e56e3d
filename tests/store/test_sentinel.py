"""A server behind Redis Sentinel, which moves; and what stores nothing, or a part, refused at the start."""

import asyncio
import contextlib
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis as PlainRedis

from bot.errors import SettingsError
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.store.connection import STORE_IS_AWAY, bytes_of, ensure_answers, open_redis
from bot.store.sentinel import read_sentinel_url
from tests.conftest import answers, redis_binary, running_bot, settings_for, wait_until
from tests.scenarios.incidents import opened
from tests.scenarios.steps import told

PASSWORD = "".join(("swor", "d-", "fish"))
QUICK = (
    "sentinel down-after-milliseconds main 300\nsentinel failover-timeout main 1500\nsentinel parallel-syncs main 1\n"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(folder: Path, *more: str, config: str = "") -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    own = folder / f"redis-{port}"
    own.mkdir()
    file = own / "redis.conf"
    file.write_text(f'port {port}\nbind 127.0.0.1\ndir {own}\nsave ""\n{config}', encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 the binary of this machine
        [redis_binary(), str(file), *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with PlainRedis(port=port, password=PASSWORD if "requirepass" in config else None) as client:
            wait_until(lambda: answers(client))
        yield port, process
    finally:
        process.kill()
        process.wait()


class Watched:
    """A primary and a replica with a password, and the Sentinel that watches them."""

    def __init__(self, primary: subprocess.Popen[bytes], sentinel: int) -> None:
        self.primary, self.sentinel = primary, sentinel

    @property
    def url(self) -> str:
        dead = free_port()  # the first of the Sentinels is away
        return f"redis+sentinel://:{PASSWORD}@127.0.0.1:{dead},127.0.0.1:{self.sentinel}/main/0"

    def lose_primary(self) -> None:
        self.primary.send_signal(signal.SIGKILL)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    secured = f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\nrepl-diskless-sync-delay 0\n"
    with contextlib.ExitStack() as stack:
        primary, process = stack.enter_context(server(tmp_path, config=secured))
        copying = f"{secured}replicaof 127.0.0.1 {primary}\n"
        replica, _ = stack.enter_context(server(tmp_path, config=copying))
        with PlainRedis(port=replica, password=PASSWORD) as copy:
            wait_until(lambda: copy.info("replication")["master_link_status"] == "up")
        watch = f"sentinel monitor main 127.0.0.1 {primary} 1\nsentinel auth-pass main {PASSWORD}\n{QUICK}"
        sentinel, _ = stack.enter_context(server(tmp_path, "--sentinel", config=watch))
        with PlainRedis(port=sentinel) as asked:
            wait_until(lambda: asked.sentinel_slaves("main"))
        yield Watched(process, sentinel)


@pytest.mark.reads_back
async def test_the_bot_goes_on_where_sentinel_moves_its_server(
    slack: LocalSlack, aionis: SampleAionis, watched: Watched
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, watched.url)):
        await opened(slack, aionis, "success")
        async with open_redis(watched.url) as redis:
            await redis.wait(1, 10_000)  # what no replica has yet is lost with its server
        watched.lose_primary()
        async with open_redis(watched.url) as redis:
            while not await _takes(redis):  # noqa: ASYNC110 another process moves it
                await asyncio.sleep(0.02)
            assert await bytes_of(redis).get("after") == b"the move"
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "INC-")


async def _takes(redis: object) -> bool:
    try:
        return bool(await redis.set("after", "the move"))  # type: ignore[attr-defined]
    except STORE_IS_AWAY:
        return False


async def test_a_sentinel_or_a_node_of_a_cluster_given_as_a_server_is_refused(tmp_path: Path) -> None:
    for more, config, said, instead in (
        (("--sentinel",), "", "leads to a Redis Sentinel", "redis+sentinel://"),
        ((), "cluster-enabled yes\n", "leads to a node of a Redis Cluster", "redis+cluster://"),
    ):
        with server(tmp_path, *more, config=config) as (port, _):
            async with open_redis(f"redis://127.0.0.1:{port}/0") as redis:
                with pytest.raises(SettingsError, match=said) as refused:
                    await ensure_answers(redis)
            assert instead in (refused.value.fix or "")


async def test_a_name_that_sentinel_does_not_know_is_refused(tmp_path: Path) -> None:
    with server(tmp_path, "--sentinel") as (port, _):
        async with open_redis(f"redis+sentinel://127.0.0.1:{port}/other") as redis:
            with pytest.raises(SettingsError, match="none of its sentinels answers and knows of such a primary"):
                await ensure_answers(redis)


async def test_of_sentinels_that_are_away_it_is_not_said_that_they_know_no_name() -> None:
    async with open_redis("redis+sentinel://127.0.0.1:1/main") as redis:
        with pytest.raises(SettingsError, match="none of its sentinels answers"):
            await ensure_answers(redis)


def test_what_a_url_of_sentinels_says() -> None:
    url = "rediss+sentinel://me:p%40ss@a,[::1]:5000/main/3?db=3&sentinel_password=x%26y&ssl_cert_reqs=none"
    read = read_sentinel_url(url)
    assert read.sentinels == (("a", 26379), ("::1", 5000))
    assert (read.service, read.credentials) == ("main", {"password": "x&y"})
    assert read.server == "rediss://me:p%40ss@server/3?db=3&ssl_cert_reqs=none"
