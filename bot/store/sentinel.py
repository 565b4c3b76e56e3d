"""A server that Redis Sentinel names: asked for with each new connection, so that the bot follows where it moves.

`redis+sentinel://user:password@host:26379,host:26379/service/0?options`, with `rediss+` for TLS. User and password are the
server's; those of the Sentinels are the options `sentinel_username` and `sentinel_password`.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from redis.asyncio import Sentinel
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff

from bot.config.store_url import Address, address_of, split_places
from bot.store.pool import QuickPool

_PORT = 26379
_ANSWERS_WITHIN = 1.0  # seconds; one that is away is passed over, and there are others
_OF_SENTINELS = "sentinel_"


@dataclass(frozen=True, slots=True)
class SentinelUrl:
    """What such a URL says. `server` is the rest of it, as the URL of a server without a place."""

    sentinels: tuple[Address, ...]
    service: str
    server: str
    credentials: dict[str, str]


def read_sentinel_url(url: str) -> SentinelUrl:
    """Split a URL of Sentinels; raises `ValueError` where a port is no number."""
    parts, places = split_places(url)
    service, _, database = parts.path.removeprefix("/").partition("/")
    options = parse_qsl(parts.query)
    own = {name.removeprefix(_OF_SENTINELS): value for name, value in options if name.startswith(_OF_SENTINELS)}
    theirs = urlencode([(name, value) for name, value in options if not name.startswith(_OF_SENTINELS)])
    scheme = parts.scheme.removesuffix("+sentinel")
    server = f"{scheme}://{parts.netloc}/{database}{'?' if theirs else ''}{theirs}"
    return SentinelUrl(tuple(address_of(place, _PORT) for place in places), service, server, own)


class SentinelPool(SentinelConnectionPool, QuickPool):
    """Connections to the server that Sentinels name; whoever comes when all are in use waits for its turn."""

    @classmethod
    def from_sentinels(cls, url: str, **more: Any) -> "SentinelPool":
        """Return the pool that a URL describes."""
        asked = read_sentinel_url(url)
        given: dict[str, Any] = {**parse_url(asked.server), **more}
        given.pop("host")
        tls = given.pop("connection_class", None) is not None
        theirs = {name: value for name, value in given.items() if name.startswith("ssl_")} | {"ssl": tls}
        own = {**asked.credentials, **theirs, "socket_timeout": _ANSWERS_WITHIN, "retry": Retry(NoBackoff(), 0)}
        sentinel = Sentinel(asked.sentinels, sentinel_kwargs=own)  # type: ignore[no-untyped-call]
        return cls(asked.service, sentinel, ssl=tls, **given)

    def with_bytes(self) -> "SentinelPool":
        """Return a pool of the same server whose answers are bytes."""
        given = {**self.connection_kwargs, "decode_responses": False, "connection_class": self.connection_class}
        given.pop("connection_pool")
        return type(self)(self.service_name, self.sentinel_manager, **given)

    async def aclose(self) -> None:
        """Close the connections, those to the Sentinels, too."""
        await super().aclose()
        await self.sentinel_manager.aclose()
