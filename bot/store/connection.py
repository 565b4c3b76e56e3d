"""Connecting to Redis or Valkey, and saying plainly when that fails."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import DefaultParser
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,  # noqa: A004
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeout,
)

from bot.config.store_url import names_cluster, names_sentinels
from bot.domain.text.why_away import why
from bot.errors import EmbeddedStoreError, SettingsError
from bot.runtime.masking import mask_text
from bot.store import keys
from bot.store.cluster import ClusterTrouble, cluster_pool
from bot.store.examination import evicts
from bot.store.one_slot import OneSlotRedis
from bot.store.pool import QuickPool
from bot.store.sentinel import SentinelPool

__all__ = [
    "STORE_IS_AWAY",
    "Redis",
    "bytes_of",
    "ensure_answers",
    "ensure_keeps",
    "ensure_stores",
    "open_redis",
    "probe",
    "with_pool_size",
]
MAX_CONNECTIONS = (
    100  # a command holds one for less than a millisecond; whoever comes when all are in use waits for its turn
)
_CONNECTION_WITHIN = 2.0  # seconds: a listener has three, and what waits for longer is told


class WritesRefused(ResponseError):
    """The server takes no writes just now: its disk fails (MISCONF), or too few replicas follow it (NOREPLICAS).

    No `ReadOnlyError`: one of several servers that says that has been replaced, and another is looked for.
    """


# To redis-py these are like a wrong command, which would be a defect of ours; they pass, as a full memory does. A server is BUSY
# with somebody's long script.
DefaultParser.EXCEPTION_CLASSES.update(MISCONF=WritesRefused, NOREPLICAS=WritesRefused, BUSY=BusyLoadingError)
# A full server and one that was made a replica are away, too: both come back, and until then work waits instead of failing. A
# script that is not there when it was loaded just before: another server has come in between.
STORE_IS_AWAY = (
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisTimeout,
    WritesRefused,
)
_STANDS_STILL = 60.0  # seconds without a byte more, from which on a server that loads its data is given up
_LOOKED_EVERY, _TOLD_EVERY = 0.1, 5.0
_RETRIES = 5
_TIME = "return redis.call('TIME')"
log = structlog.get_logger(__name__)
_BACKOFF = ExponentialBackoff(cap=0.4, base=0.05)  # redis-py's own may take longer than a click's three seconds


def with_pool_size(url: str) -> str:
    """Return the URL with room for many jobs at once: redis-py reads `max_connections` from it."""
    if "max_connections=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}max_connections={MAX_CONNECTIONS}"


def open_redis(url: str) -> Redis:
    """Return a client whose answers are text. It connects on first use, and tries again for about a second."""
    # redis-py's usual pool raises at once when all connections are in use; this one waits for its turn.
    opened: Callable[..., ConnectionPool] = QuickPool.from_url
    client: type[Redis] = Redis
    if names_sentinels(url):
        opened = SentinelPool.from_sentinels
    elif names_cluster(url):
        opened, client = cluster_pool, OneSlotRedis
    pool = opened(
        with_pool_size(url), decode_responses=True, retry=Retry(_BACKOFF, _RETRIES), timeout=_CONNECTION_WITHIN
    )
    return client.from_pool(pool)


def bytes_of(redis: Redis) -> Redis:
    """Return a client of the same server whose answers are bytes: for what older versions stored packed."""
    pool = redis.connection_pool
    if isinstance(pool, SentinelPool):
        return Redis(connection_pool=pool.with_bytes())
    given = {**pool.connection_kwargs, "decode_responses": False}
    return type(redis)(connection_pool=ConnectionPool(connection_class=pool.connection_class, **given))


async def ensure_answers(redis: Redis, *, embedded: bool = False) -> None:
    """Wait until the server has loaded its data. Raises `SettingsError` naming REDIS_URL where it does not answer.

    For one that is `embedded`, `EmbeddedStoreError`.
    """
    try:
        await _wait_for_its_data(redis)
        _ensure_is_meant(await redis.info("server"), of_cluster=isinstance(redis, OneSlotRedis))
    except (RedisError, OSError) as error:
        if embedded:
            raise EmbeddedStoreError(f"The embedded Valkey does not answer: {why(error)}.") from error
        raise _refusal(error) from error


def _refusal(error: RedisError | OSError) -> SettingsError:
    """Return what is wrong with REDIS_URL where its server does not answer, or refuses."""
    # What is said before there is a connection redis-py wraps into an error of that.
    error = error.__cause__ if isinstance(error.__cause__, RedisError) else error
    if isinstance(error, ClusterTrouble):
        return SettingsError(mask_text(str(error)), fix=error.fix)
    if isinstance(error, NoPermissionError):
        return _may_not()
    if isinstance(error, AuthenticationError):
        what = "The server of REDIS_URL refuses its user and password, or wants some."
        return SettingsError(what, fix="Give them in REDIS_URL, as in `redis://user:password@host:6379/0`.")
    if isinstance(error, ResponseError):  # such as a number of a database that it does not have
        what = f"The server of REDIS_URL refuses what is asked first: {mask_text(str(error))[:200]}."
        return SettingsError(what, fix="Correct REDIS_URL, or the server.")
    return SettingsError(
        f"REDIS_URL does not lead to a Redis or Valkey server: {why(error)}.",
        fix="Start it, correct the URL (`rediss://` where it speaks TLS), or unset REDIS_URL for an embedded Valkey.",
    )


async def _wait_for_its_data(redis: Redis) -> None:
    """Wait while a server loads, for as long as it gets on: how long that takes is a matter of how much there is."""
    loaded, since, told = -1, time.monotonic(), 0.0
    # Not PING, which the client repeats for a second where the server loads, and then takes for no answer.
    while int((info := await redis.info("persistence")).get("loading", 0)):
        now = time.monotonic()
        if (bytes_ := int(info.get("loading_loaded_bytes", 0))) != loaded:
            loaded, since = bytes_, now
        percent = f"{float(info.get('loading_loaded_perc', 0)):.0f}"
        if now - since > _STANDS_STILL:
            raise SettingsError(
                f"The Redis or Valkey server has been loading its data, and stands still at {percent} %.",
                fix="Look into its log and at its disk, and start the bot again.",
            )
        if now - told > _TOLD_EVERY:
            told = now
            log.info("store_loading", percent=percent, seconds_left=int(info.get("loading_eta_seconds", 0)))
        await asyncio.sleep(_LOOKED_EVERY)
    if told:
        log.info("store_loaded")


def _ensure_is_meant(info: dict[str, Any], *, of_cluster: bool) -> None:
    """Raise `SettingsError` for a Sentinel, which stores nothing, and a cluster's node that is taken for a server of its own."""
    mode = str(info.get("redis_mode") or info.get("server_mode") or "")
    if mode == "sentinel":
        raise SettingsError(
            "REDIS_URL leads to a Redis Sentinel, which stores nothing itself.",
            fix="Write redis+sentinel://host:26379/SERVICE, with the name under which it watches the server.",
        )
    if mode == "cluster" and not of_cluster:
        raise SettingsError(
            "REDIS_URL leads to a node of a Redis Cluster, which stores a part of the keys alone.",
            fix="Write redis+cluster://host:6379,host:6379, with the nodes: the bot then keeps to one of them.",
        )


async def ensure_stores(redis: Redis) -> None:
    """Raise `SettingsError` where the server does not let us write, read and run scripts; one that is away is waited for."""
    try:
        await redis.set(keys.PROBE, secrets.token_hex(8), ex=60)
        await redis.get(keys.PROBE)
        await redis.eval(_TIME, 1, keys.PROBE)
    except WritesRefused as refused:
        raise _takes_nothing(str(refused.status_code)) from refused
    except STORE_IS_AWAY:
        return
    except NoPermissionError as refused:
        raise _may_not() from refused
    except ResponseError as refused:
        raise _takes_nothing(str(refused).partition(" ")[0]) from refused


def _takes_nothing(code: str) -> SettingsError:
    return SettingsError(
        f"The server behind REDIS_URL takes no writes or scripts ({code}).",
        fix="For NOREPLICAS bring its replicas back, or lower min-replicas-to-write; else see the server's log.",
    )


def _may_not() -> SettingsError:
    return SettingsError(
        "The user of REDIS_URL may not do all that the bot does: write, read, run scripts, and ask the server how it is.",
        fix="Give that user `~* +@all`, or name another one; `ACL LOG` on the server says what was refused.",
    )


async def ensure_keeps(redis: Redis, *, although_it_evicts: bool) -> None:
    """Raise `SettingsError` for a server that forgets what it was told when its memory is full."""
    info: dict[str, Any] = await redis.info("memory")
    policy = str(info.get("maxmemory_policy", ""))
    if evicts(policy) and not although_it_evicts:
        raise SettingsError(
            f"The server behind REDIS_URL forgets keys when its memory is full (maxmemory-policy {policy}): "
            "logs of open incidents among them.",
            fix="Set its maxmemory-policy to noeviction, or ALLOW_EVICTING_REDIS=on to run nevertheless.",
        )


async def probe(redis: Redis, *, within: float) -> tuple[str, float | None]:
    """Write and read a key, and run a script.

    Returns what is wrong, "" for nothing, and how many seconds the server's clock is ahead of ours.
    """
    value = secrets.token_hex(8)
    try:
        async with asyncio.timeout(within), redis.pipeline(transaction=False) as pipe:
            # Written, not pinged: a replica and a full server answer PING and store nothing.
            pipe.set(keys.PROBE, value, ex=60)
            pipe.get(keys.PROBE)
            pipe.eval(_TIME, 1, keys.PROBE)
            _, _, (seconds, microseconds) = await pipe.execute()
    except (ReadOnlyError, OutOfMemoryError, WritesRefused) as refused:
        reason = refused.status_code if isinstance(refused, WritesRefused) else why(refused)
        return f"stores nothing ({reason})", None
    except NoPermissionError:
        return "stores nothing (its user may not)", None
    except (RedisError, OSError, TimeoutError):
        return "does not answer", None
    return "", int(seconds) + int(microseconds) / 1_000_000 - time.time()
