"""What is put before keys on a cluster: before all of them, and nothing else."""

import re
from pathlib import Path

import pytest
from redis import Redis as PlainRedis
from redis.asyncio import Redis

import bot
from bot.store.one_slot import KEYS_OF, written

STORE = Path(bot.__file__).parent / "store"
SENT_AS = {"delete": "DEL", "config_get": "CONFIG", "script_load": "SCRIPT", "scan_iter": "SCAN"}
OF_THE_CLIENT = {"aclose", "lock", "pipeline", "register_script", "transaction", "connection_pool", "from_pool"}
CALLED = re.compile(r"\b_?(?:redis|raw|pipe)\.([a-z_]+)\(")
SAID = {
    (0, 0, 0): {"none"},
    (1, 1, 1): {"first"},
    (1, -1, 1): {"all"},
    (1, 2, 1): {"all"},  # RENAME takes no more than two
    (1, -2, 1): {"all but the last"},
}


def test_it_is_known_which_arguments_are_keys_of_each_command_of_the_bot() -> None:
    texts = [path.read_text(encoding="utf-8") for path in STORE.rglob("*.py")]
    methods = {method for text in texts for method in CALLED.findall(text)} - OF_THE_CLIENT
    assert len(methods) > 40, "is the client called something else by now?"
    assert {SENT_AS.get(method, method.upper()) for method in methods if hasattr(Redis, method)} <= KEYS_OF.keys()


@pytest.mark.redis_server
def test_keys_are_where_a_server_says(redis_server: str) -> None:
    with PlainRedis.from_url(redis_server) as server:
        for name, said in server.command().items():
            place = (said["first_key_pos"], said["last_key_pos"], said["step_count"])
            where = KEYS_OF.get(name.upper(), "counted")
            assert where in {*SAID.get(place, ()), "counted", "pattern"}, name


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        (("GET", "a"), ("GET", "{incident-bot}:a")),
        (("SET", b"a", b"b"), ("SET", b"{incident-bot}:a", b"b")),
        (("DEL", "a", b"b"), ("DEL", "{incident-bot}:a", b"{incident-bot}:b")),
        (("BLPOP", "a", "b", 1), ("BLPOP", "{incident-bot}:a", "{incident-bot}:b", 1)),
        (("EVALSHA", "f00", 2, "a", "b", "c"), ("EVALSHA", "f00", 2, "{incident-bot}:a", "{incident-bot}:b", "c")),
        (("SCAN", "0", b"MATCH", "a*", b"COUNT", 9), ("SCAN", "0", b"MATCH", "{incident-bot}:a*", b"COUNT", 9)),
        (("SCAN", "0"), ("SCAN", "0", b"MATCH", "{incident-bot}:*")),
        (("CONFIG GET", "save"), ("CONFIG GET", "save")),
    ],
)
def test_keys_get_the_tag(command: tuple[object, ...], sent: tuple[object, ...]) -> None:
    assert written(command) == sent


def test_a_command_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="of XREAD are keys is not known"):
        written(("XREAD", "STREAMS", "a", "0"))
