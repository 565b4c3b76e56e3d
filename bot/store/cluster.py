"""A Redis Cluster, of which the bot uses one slot: all that one bot keeps is megabytes, which one node carries.

`redis+cluster://user:password@host:6379,host:6379/?options`, with `rediss+` for TLS. With each new connection the nodes are asked
which of them has the slot, so that the bot follows where it moves; what a node refuses meanwhile counts as a server that is away.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio.connection import Connection, SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    AuthenticationError,
    ClusterDownError,
    ConnectionError,  # noqa: A004
    NoPermissionError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from bot.config.store_url import Address, address_of, split_places
from bot.domain.text.why_away import why
from bot.store.one_slot import SLOT, written
from bot.store.pool import QuickPool, SendsAtOnce

_PORT = 6379
_ANSWERS_WITHIN = 1.0  # seconds; one that is away is passed over, and there are others
_NOT_HERE = (AskError, ClusterDownError, ReadOnlyError, TryAgainError)  # MOVED is a kind of ASK
_NO_LONGER_WAITED_FOR = "UNBLOCKED"  # what waits for a key is told, where that goes to another node
_LOOK = "Look at what `redis-cli --cluster check HOST:PORT` says of it."


class ClusterTrouble(ConnectionError):
    """The nodes do not say where the bot's keys are, or not well. `fix` is what to try where that is so at the start."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


class ClusterNodes:
    """The nodes of a cluster, each of which knows them all, and which one has the slot."""

    def __init__(self, named: tuple[Address, ...], connection: type[Connection], how: Mapping[str, Any]) -> None:
        self._named = named
        self._connection = connection
        self._how = how
        self._known = named
        self.found: Address | None = None

    async def primary(self) -> Address:
        """Return where the slot is, as the first node says that answers.

        Raises `ClusterTrouble` where none does, or what they refuse: the user, or what that user asks.
        """
        troubles = []
        for address in self._known:
            try:
                found, others = await self._ask(address)
            except (RedisError, OSError) as trouble:
                troubles.append(trouble)
            else:
                # Those that came later than the URL was written are asked, too: it may name nodes that have gone since.
                self._known = tuple(dict.fromkeys((address, *self._named, *others)))
                self.found = found
                return found
        raise _worst(troubles)

    async def _ask(self, address: Address) -> tuple[Address, list[Address]]:
        """Return where a node says that the slot is, and all other nodes that it knows."""
        async with self._talking_to(address) as connection:
            try:
                state = await _said(connection, "CLUSTER", "INFO")
                ranges = await _said(connection, "CLUSTER", "SLOTS")
            except NoPermissionError:
                raise
            except ResponseError as refused:
                what = f"REDIS_URL names a Redis Cluster, and {_text(address)} is no node of one ({refused})."
                raise ClusterTrouble(what, "Write redis:// for a server, redis+sentinel:// for Sentinels.") from refused
        if "cluster_state:ok" not in state:  # of a part that is cut off from the rest, which may have moved the slot
            raise ClusterTrouble(f"The Redis Cluster is down, says {_text(address)}.", _LOOK)
        for first, last, primary, *_ in ranges:
            if first <= SLOT <= last:
                return _address(primary, address), [
                    _address(node, address) for _, _, *nodes in ranges for node in nodes
                ]
        raise ClusterTrouble(f"No node of the Redis Cluster has slot {SLOT}, where the bot's keys are.", _LOOK)

    @asynccontextmanager
    async def _talking_to(self, address: Address) -> AsyncIterator[Connection]:
        host, port = address
        connection = self._connection(host=host, port=port, **self._how)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            yield connection
        finally:
            await connection.disconnect(nowait=True)


async def _said(connection: Connection, *command: str) -> Any:
    await connection.send_command(*command)
    return await connection.read_response()


def _address(node: list[Any], asked: Address) -> Address:
    """Return where a node is. Without a name it is on the host that was asked, such as behind a forwarded port."""
    host, port, *_ = node
    return str(host or asked[0]), int(port)


def _text(address: Address) -> str:
    return "{}:{}".format(*address)


def _worst(troubles: list[RedisError | OSError]) -> RedisError | OSError:
    """Return what to tell: what a node has said before what kept one from saying anything."""
    for kind in (AuthenticationError, ResponseError, ClusterTrouble):
        for trouble in troubles:
            if isinstance(trouble, kind):
                return trouble
    said = ", ".join(sorted({why(trouble) for trouble in troubles}))
    fix = "Start them, or correct REDIS_URL (rediss+cluster:// where they speak TLS)."
    return ClusterTrouble(f"None of the nodes that REDIS_URL names answers: {said}.", fix)


class _ToPrimary(SendsAtOnce, Connection):
    """A connection to the node that has the slot just now."""

    def __init__(self, *, nodes: ClusterNodes, **given: Any) -> None:
        super().__init__(**given)
        self._nodes = nodes

    async def connect(self) -> None:
        """Connect, anew where another connection has found the slot elsewhere: what names no key is answered by any node."""
        if self.is_connected and (self.host, self.port) != self._nodes.found:
            await self.disconnect()
        await super().connect()  # type: ignore[no-untyped-call]

    async def _connect(self) -> None:
        self.host, self.port = await self._nodes.primary()
        try:
            await super()._connect()  # type: ignore[no-untyped-call]
        except OSError as away:
            what = f"The Redis Cluster says that {self.host}:{self.port} has the bot's keys, which does not answer."
            fix = "Start it, or have it announce an address by which it is reached from here (cluster-announce-ip)."
            raise ClusterTrouble(what, fix) from away

    def pack_command(self, *args: Any) -> list[bytes]:
        return super().pack_command(*written(args))

    async def read_response(self, *args: Any, **given: Any) -> Any:
        try:
            return await super().read_response(*args, **given)
        except ResponseError as refused:
            if not isinstance(refused, _NOT_HERE) and not str(refused).startswith(_NO_LONGER_WAITED_FOR):
                raise
            await self.disconnect(nowait=True)  # so that the nodes are asked again
            raise ConnectionError(f"{self.host}:{self.port} has the bot's keys no longer") from refused


class _ToPrimaryTLS(_ToPrimary, SSLConnection):
    pass


def cluster_pool(url: str, **more: Any) -> QuickPool:
    """Return connections to what a URL describes; whoever comes when all are in use waits for its turn."""
    parts, places = split_places(url)
    scheme = parts.scheme.removesuffix("+cluster")
    given: dict[str, Any] = {**parse_url(f"{scheme}://{parts.netloc}/?{parts.query}"), **more}
    del given["host"]
    tls = given.pop("connection_class", None) is not None
    theirs = {name: value for name, value in given.items() if name in _SHARED or name.startswith("ssl_")}
    waits = {"socket_timeout": _ANSWERS_WITHIN, "socket_connect_timeout": _ANSWERS_WITHIN}
    how = {**theirs, **waits, "decode_responses": True, "retry": Retry(NoBackoff(), 0)}
    nodes = ClusterNodes(tuple(address_of(place, _PORT) for place in places), SSLConnection if tls else Connection, how)
    return QuickPool(connection_class=_ToPrimaryTLS if tls else _ToPrimary, nodes=nodes, **given)


_SHARED = frozenset({"username", "password", "protocol", "client_name"})
