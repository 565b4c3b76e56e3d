"""What a server says when it cannot just now is waited for; what it says to a wrong command is a defect."""

import asyncio

import pytest
from redis.exceptions import ResponseError

from bot.store.connection import STORE_IS_AWAY, open_redis

PASSING = [
    "MISCONF Errors writing to the AOF file",
    "NOREPLICAS Not enough good replicas",
    "BUSY Redis is busy",
    "OOM command",
]


async def said_by_a_server(line: str) -> Exception:
    """Return what a client makes of a server that answers a SET with an error line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while sent := await reader.read(4_096):
            refused = b"\r\nSET\r\n" in sent  # greetings are taken, one or more at a time
            writer.write(f"-{line}\r\n".encode() if refused else b"+OK\r\n" * (sent.count(b"\r\n*") + 1))
        writer.close()  # from Python 3.12 on the server waits for it

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_redis(f"redis://127.0.0.1:{port}/0?protocol=2") as redis:
            with pytest.raises(Exception) as raised:  # noqa: PT011 which one is what is asked
                await redis.set("a", "b")
    return raised.value


@pytest.mark.parametrize("line", PASSING)
async def test_what_passes_counts_as_away(line: str) -> None:
    error = await said_by_a_server(line)
    assert isinstance(error, STORE_IS_AWAY)
    assert type(error).__name__ in {"WritesRefused", "BusyLoadingError", "OutOfMemoryError"}, error


async def test_a_wrong_command_does_not() -> None:
    error = await said_by_a_server("ERR unknown command")
    assert type(error) is ResponseError
    assert not isinstance(error, STORE_IS_AWAY)
