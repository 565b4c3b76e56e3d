"""Names that all lie in one slot of a Redis Cluster: what the bot calls `x` is stored there as `{incident-bot}:x`.

That is put in front of a key where a command is written to its connection, and taken off where names come back, so that all else
names keys as on a server of its own (bot/store/keys.py), and no key can be forgotten.
"""

from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.crc import key_slot

BEFORE = "{incident-bot}:"
SLOT = key_slot(BEFORE.encode())

_KEYS_OF = """
none: AUTH HELLO PING SELECT CLIENT INFO TIME CONFIG SCRIPT MULTI EXEC DISCARD UNWATCH WAIT
first: GET SET INCR INCRBY DECRBY EXPIRE PEXPIRE PERSIST TTL PTTL TYPE DUMP
first: HGET HSET HSETNX HMGET HGETALL HKEYS HVALS HLEN HDEL HEXISTS HINCRBY
first: LRANGE LLEN LPUSH RPUSH LTRIM LREM SADD SREM SCARD SISMEMBER SMEMBERS XADD XDEL XLEN XRANGE XREVRANGE
first: ZADD ZREM ZCARD ZCOUNT ZSCORE ZMSCORE ZRANGE ZRANGEBYSCORE ZREVRANGE ZREMRANGEBYRANK ZREMRANGEBYSCORE
all: DEL UNLINK EXISTS MGET WATCH RENAME RENAMENX
all but the last: BLPOP
counted: EVAL EVALSHA
pattern: SCAN
"""
# Which arguments are keys, of each command that the bot sends. Others are refused: their keys would go to other names.
KEYS_OF = {
    command: where
    for where, _, commands in (line.partition(": ") for line in _KEYS_OF.split("\n"))
    for command in commands.split()
}


class OneSlotRedis(Redis):
    """A client of a cluster that is told names as on a server of its own."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.set_response_callback("SCAN", _then(self.response_callbacks.get("SCAN"), _scanned))
        self.set_response_callback("BLPOP", _then(self.response_callbacks.get("BLPOP"), _popped))


def written(command: Sequence[Any]) -> tuple[Any, ...]:
    """Return a command as it is sent. Raises `ValueError` for one of which it is not known where it has its keys."""
    name, *arguments = command
    word = str(name).partition(" ")[0].upper()
    where = KEYS_OF.get(word)
    if where is None:
        raise ValueError(f"which arguments of {word} are keys is not known in bot/store/one_slot.py")
    if where == "pattern":
        return (name, *_scanning(arguments))
    first, end = _places(where, arguments)
    return (name, *arguments[:first], *map(_stored, arguments[first:end]), *arguments[end:])


def _places(where: str, arguments: list[Any]) -> tuple[int, int]:
    """Return where a command's keys begin, and where they end."""
    if where == "counted":
        return 2, 2 + int(arguments[1])
    return 0, {"none": 0, "first": 1, "all": len(arguments), "all but the last": len(arguments) - 1}[where]


def _scanning(arguments: list[Any]) -> list[Any]:
    """Scan for the bot's names alone: others may use the cluster, too."""
    if b"MATCH" not in arguments:
        return [*arguments, b"MATCH", _stored("*")]
    place = arguments.index(b"MATCH") + 1
    return [*arguments[:place], _stored(arguments[place]), *arguments[place + 1 :]]


def _then(read: Callable[..., Any] | None, strip: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda response, **options: strip(read(response, **options) if read else response)


def _scanned(answer: Any) -> Any:
    cursor, names = answer
    return cursor, [_plain(name) for name in names]


def _popped(answer: Any) -> Any:
    return [_plain(answer[0]), answer[1]] if answer else answer


def _stored(name: Any) -> Any:
    return BEFORE.encode() + name if isinstance(name, bytes) else f"{BEFORE}{name}"


def _plain(name: Any) -> Any:
    return name.removeprefix(BEFORE.encode()) if isinstance(name, bytes) else name.removeprefix(BEFORE)
