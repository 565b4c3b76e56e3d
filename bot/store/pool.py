"""Connections to Redis that are handed out at once where one is free, and send at once what the socket takes at once.

redis-py's own pool takes a lock, a time-out and three measurements for each command, twice: a fifth to two fifths of what a
command costs. Its connections make a task with a time limit for each write, and put commands together in Python: a quarter of
what is left of a small one, two fifths of a script's with its arguments.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection, Connection
from redis.connection import HiredisRespSerializer
from redis.exceptions import RedisError

# Bytes that a transport takes without waiting for the socket; the least that it has whoever writes wait from is four times that.
_TAKEN = 2**14
_pack = HiredisRespSerializer().pack


class SendsAtOnce(AbstractConnection):
    """A connection that leaves to redis-py what the socket does not take at once, and all that is broken."""

    if TYPE_CHECKING:
        _writer: asyncio.StreamWriter

    def pack_command(self, *args: Any) -> list[bytes]:
        """Return a command as it is sent."""
        return cast("list[bytes]", _pack(*args))

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        """Send a command. Raises redis-py's errors; of a connection that broke meanwhile, reading the answer tells."""
        if not isinstance(command, list) or not self._is_free():
            await super().send_packed_command(command, check_health)
            return
        self._writer.writelines(command)
        if self._writer.transport.get_write_buffer_size() > _TAKEN:
            # Nothing more is sent: it waits until the rest is taken, and no longer than it may.
            await super().send_packed_command([], check_health)

    def _is_free(self) -> bool:
        if not self.is_connected or self.health_check_interval:
            return False
        transport = self._writer.transport
        return not transport.is_closing() and not transport.get_write_buffer_size()


def quick(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """Return a kind of connection that is a quick one; one that puts its commands together by itself stays as it is."""
    if kind.pack_command is not AbstractConnection.pack_command:
        return kind
    return type(f"Quick{kind.__name__}", (SendsAtOnce, kind), {})


class QuickPool(BlockingConnectionPool):
    """Whoever comes when all connections are in use waits for its turn, by redis-py's own way, which mends broken ones, too."""

    def __init__(self, *, connection_class: type[AbstractConnection] = Connection, **given: Any) -> None:
        super().__init__(connection_class=quick(connection_class), **given)
        self._asking = 0

    async def get_connection(self, command_name: Any = None, *keys: Any, **options: Any) -> AbstractConnection:
        """Return a connection that is ready for a command."""
        if self._asking:
            # Whoever was told that one is free takes it first: else those with command after command had it for good.
            await asyncio.sleep(0)
        if self._available_connections and not self._in_maintenance:
            connection: AbstractConnection = self._available_connections.pop()
            self._in_use_connections.add(connection)
            if await _is_ready(connection):
                return connection
            self._put_back(connection)
        self._asking += 1
        try:
            return cast("AbstractConnection", await super().get_connection())  # type: ignore[no-untyped-call]
        finally:
            self._asking -= 1

    async def release(self, connection: AbstractConnection) -> None:
        """Take a connection back, for whoever waits for one."""
        if self._asking or connection.should_reconnect():  # type: ignore[no-untyped-call]
            await super().release(connection)
        else:
            self._put_back(connection)

    def _put_back(self, connection: AbstractConnection) -> None:
        self._in_use_connections.remove(connection)
        self._available_connections.append(connection)


async def _is_ready(connection: AbstractConnection) -> bool:
    """Tell whether a connection stands, and holds nothing of an answer that nobody read."""
    try:
        return connection.is_connected and not await connection.can_read()
    except (RedisError, OSError):
        return False
