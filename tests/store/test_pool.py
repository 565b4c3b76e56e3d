"""Connections are handed out one command each, whoever comes too late waits, and one that is not fit is not handed out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as TimedOut

from bot.store.connection import open_redis
from bot.store.pool import quick

AT_MOST = 3
LOOPBACK = "127.0.0.1"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(f"{redis_url}?max_connections={AT_MOST}") as client:
        yield client


async def _until_blocked(redis: Redis, count: int) -> None:
    while (await redis.info("clients"))["blocked_clients"] < count:  # noqa: ASYNC110 another process's state
        await asyncio.sleep(0.005)


async def test_many_at_once_share_the_connections_and_each_has_its_own_answer(redis: Redis) -> None:
    with_one = len(await redis.client_list())
    await asyncio.gather(*(redis.set(f"key{number}", number) for number in range(60)))
    assert await asyncio.gather(*(redis.get(f"key{number}") for number in range(60))) == list(map(str, range(60)))
    assert len(await redis.client_list()) == with_one + AT_MOST - 1


async def test_whoever_comes_when_all_are_in_use_waits_for_the_first_that_is_free(redis: Redis, redis_url: str) -> None:
    held = [asyncio.ensure_future(redis.blpop([f"list{number}"], 30)) for number in range(AT_MOST)]
    async with open_redis(redis_url) as other:
        await _until_blocked(other, AT_MOST)
        late: asyncio.Future[Any] = asyncio.ensure_future(redis.set("late", "yes"))
        await other.rpush("list1", "go on")
        assert await asyncio.wait_for(late, 5)
        await asyncio.gather(*(other.rpush(f"list{number}", "end") for number in (0, 2)))
    found: list[Any] = await asyncio.gather(*held)
    assert [value for _, value in found] == ["end", "go on", "end"]


async def test_whoever_waits_in_vain_is_told(redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis.connection_pool, "timeout", 0.05)
    held = [asyncio.ensure_future(redis.blpop([f"list{number}"], 30)) for number in range(AT_MOST)]
    async with open_redis(redis_url) as other:
        await _until_blocked(other, AT_MOST)
        with pytest.raises(NoConnection, match="No connection available"):
            await redis.get("late")
        await asyncio.gather(*(other.rpush(f"list{number}", "end") for number in range(AT_MOST)))
    await asyncio.gather(*held)
    assert await redis.set("after", "yes")


async def test_those_with_many_commands_leave_a_connection_to_whoever_comes_later(redis: Redis, redis_url: str) -> None:
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            await redis.get("mine")

    async with open_redis(redis_url) as other:
        busy = [asyncio.ensure_future(go_on()) for _ in range(AT_MOST)]
        while len(await other.client_list()) <= AT_MOST:  # noqa: ASYNC110 another process's state
            await asyncio.sleep(0.005)
        try:
            await asyncio.wait_for(redis.get("late"), 2)
        finally:
            over.set()
            await asyncio.gather(*busy)


async def test_a_connection_that_the_server_closed_is_made_anew(redis: Redis, redis_url: str) -> None:
    await asyncio.gather(*(redis.ping() for _ in range(AT_MOST)))
    async with open_redis(redis_url) as other:
        await other.client_kill_filter(_type="normal", skipme=True)
        assert await asyncio.gather(*(redis.set(f"key{number}", "yes") for number in range(9))) == [True] * 9


async def test_an_answer_that_nobody_read_is_nobody_elses(redis: Redis) -> None:
    await redis.set("mine", "mine")
    pool = redis.connection_pool
    connection = await pool.get_connection()  # type: ignore[no-untyped-call]
    await connection.send_command("GET", "mine")
    while not await connection.can_read():  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    await pool.release(connection)
    assert await redis.get("another's") is None


async def test_a_command_that_is_cut_off_leaves_no_answer_behind(redis: Redis, redis_url: str) -> None:
    waiting: asyncio.Future[Any] = asyncio.ensure_future(redis.blpop(["never"], 30))
    async with open_redis(redis_url) as other:
        await _until_blocked(other, 1)
        waiting.cancel()
        await asyncio.wait([waiting])
        await other.rpush("never", "late")
        assert await asyncio.gather(*(redis.get("mine") for _ in range(9))) == [None] * 9


ARGUMENTS = st.one_of(st.text(), st.binary(), st.integers(), st.floats(allow_nan=False))


@given(arguments=st.lists(ARGUMENTS, max_size=8))
def test_a_command_is_put_together_as_redis_py_does(arguments: list[Any]) -> None:
    ours, theirs = (kind().pack_command("CLIENT LIST", *arguments) for kind in (quick(Connection), Connection))
    assert b"".join(ours) == b"".join(theirs)


async def test_what_the_socket_does_not_take_at_once_is_sent_whole(redis: Redis) -> None:
    large = "large " * 2**20
    assert await asyncio.gather(*(redis.set(f"key{number}", f"{number}{large}") for number in range(5))) == [True] * 5
    assert [await redis.get(f"key{number}") == f"{number}{large}" for number in range(5)] == [True] * 5


async def test_a_server_that_does_not_read_is_given_up_in_time() -> None:
    over = asyncio.Event()

    async def stand_still(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(stand_still, LOOPBACK, 0, limit=1) as server:
        port = server.sockets[0].getsockname()[1]
        # Of RESP 2, and without a name: nothing is said before the first command.
        how: dict[str, Any] = {"protocol": 2, "driver_info": None, "socket_timeout": 0.1}
        kind: Any = quick(Connection)
        connection = kind(host=LOOPBACK, port=port, retry=Retry(NoBackoff(), 0), **how)
        with pytest.raises(TimedOut, match="writing"):
            await connection.send_command("SET", "large", "large " * 2**22)
        assert not connection.is_connected
        over.set()
