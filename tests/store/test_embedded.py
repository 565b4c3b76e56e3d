"""The embedded Valkey: nobody else can reach its socket or its data, and it is there at once."""

import asyncio
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from bot.config.settings import load_settings
from bot.errors import EmbeddedStoreError
from bot.runtime.container import open_store
from bot.store.embedded import EmbeddedValkey, _binary, _Server
from tests.conftest import wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ib-") as made:
        yield Path(made)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def all_modes(folder: Path) -> set[int]:
    return {mode(path) & 0o077 for path in folder.rglob("*")}


def started(data: Path) -> EmbeddedValkey:
    valkey = EmbeddedValkey(data)
    valkey.start()
    return valkey


def stored(valkey: EmbeddedValkey, value: str) -> None:
    with Redis(unix_socket_path=str(valkey.socket)) as client:
        client.set("key", value)


def read(valkey: EmbeddedValkey) -> bytes | None:
    with Redis(unix_socket_path=str(valkey.socket)) as client:
        value: bytes | None = client.get("key")
        return value


def test_only_this_user_can_reach_socket_and_data(folder: Path) -> None:
    before = os.umask(0o000)
    try:
        valkey = started(folder / "data")
        stored(valkey, "x")
        assert mode(folder / "data") == 0o700
        assert all_modes(folder / "data") == {0}
        assert any(path.suffix == ".aof" for path in folder.rglob("*"))
    finally:
        os.umask(before)
        valkey.stop()


def test_a_folder_that_others_could_enter_is_tightened(folder: Path) -> None:
    data = folder / "data"
    valkey = started(data)
    stored(valkey, "x")
    valkey.stop()
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    valkey = started(data)
    try:
        assert read(valkey) == b"x"
        assert mode(data) == 0o700
        assert all_modes(data) == {0}
    finally:
        valkey.stop()


def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)  # as whom the bot runs: only root could give the folder away
    with pytest.raises(EmbeddedStoreError, match="belongs to another user"):
        EmbeddedValkey(folder / "data").start()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_made_is_said_to_be(folder: Path, place: str) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(EmbeddedStoreError, match="BOT_DATA_DIR"):
        EmbeddedValkey(folder / place).start()


def test_a_long_path_gets_its_socket_in_a_private_folder_that_nobody_can_foresee(folder: Path) -> None:
    data = folder / ("long" * 40)
    first = started(data)
    try:
        stored(first, "x")
        assert len(str(first.socket)) < 100
        assert first.socket.parent != Path(tempfile.gettempdir())
        assert mode(first.socket.parent) == 0o700
        second = started(data)
        assert second.socket == first.socket
        assert second.pid is None
    finally:
        first.stop()
    again = started(data)
    again.stop()
    assert again.socket == first.socket


@pytest.mark.parametrize("trap", ["open to all", "a link", "a file"])
def test_a_noted_folder_that_is_no_longer_private_is_not_used(folder: Path, trap: str) -> None:
    data = folder / ("long" * 40)
    valkey = started(data)
    valkey.stop()
    noted = valkey.socket.parent
    for left in noted.iterdir():
        left.unlink()
    if trap == "open to all":
        noted.chmod(0o777)
    else:
        noted.rmdir()
        if trap == "a link":
            (folder / "elsewhere").mkdir()
            noted.symlink_to(folder / "elsewhere")
        else:
            noted.write_text("", encoding="utf-8")
    valkey = started(data)
    valkey.stop()
    assert valkey.socket.parent != noted
    assert mode(valkey.socket.parent) == 0o700


def test_the_lock_follows_no_link(folder: Path) -> None:
    (folder / "victim").write_text("precious", encoding="utf-8")
    (folder / "data").mkdir(mode=0o700)
    (folder / "data" / "valkey.lock").symlink_to(folder / "victim")
    with pytest.raises(EmbeddedStoreError):
        EmbeddedValkey(folder / "data").start()
    assert (folder / "victim").read_text(encoding="utf-8") == "precious"


def test_where_nobody_listens_that_is_known_at_once(folder: Path) -> None:
    """A client that tries again for seconds made every start and every restart take four: here it would take minutes."""
    valkey = started(folder / "data")
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    os.waitpid(valkey.pid, 0)
    assert {valkey._look() for _ in range(200)} == {_Server.GONE}
    valkey.stop()


async def test_it_is_started_again_with_what_it_had(folder: Path) -> None:
    valkey = started(folder / "data")
    stored(valkey, "x")
    first = valkey.pid
    assert first is not None
    running = asyncio.create_task(valkey.keep_running())
    try:
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(wait_until, lambda: valkey.pid not in {None, first} and valkey._look() is _Server.THERE)
        assert read(valkey) == b"x"
    finally:
        running.cancel()
        valkey.stop()


async def test_a_server_of_another_process_that_hangs_keeps_nobody_waiting_and_gets_no_second_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.embedded._ANSWER_WITHIN", 0.1)
    monkeypatch.setattr("bot.store.embedded.START_TIMEOUT", 0.2)
    first, other = started(folder / "data"), started(folder / "data")
    stored(first, "x")
    assert first.pid
    looks: list[tuple[_Server, str]] = []
    look = other._look

    def looked() -> _Server:
        looks.append((look(), threading.current_thread().name))
        return looks[-1][0]

    monkeypatch.setattr(other, "_look", looked)
    running = asyncio.create_task(other.keep_running())
    os.kill(first.pid, signal.SIGSTOP)
    try:
        await asyncio.to_thread(wait_until, lambda: len(looks) > 1 and looks[-1][0] is _Server.SILENT)
        assert threading.main_thread().name not in {thread for _, thread in looks}
        with pytest.raises(EmbeddedStoreError, match="another process"):
            await asyncio.to_thread(EmbeddedValkey(folder / "data").start)
        assert other.pid is None
    finally:
        running.cancel()
        os.kill(first.pid, signal.SIGCONT)
    assert read(other) == b"x"
    first.stop()


async def test_large_data_is_waited_for_and_said_to_be_loading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = started(folder / "data")
    with Redis(unix_socket_path=str(first.socket)) as client, client.pipeline() as pipe:
        for number in range(15_000):
            pipe.set(f"key:{number}", "x")
        pipe.execute()
    first.stop()
    slow = folder / "slow"
    slow.write_text(f'#!/bin/sh\nexec "{_binary()}" "$@" --key-load-delay 100\n', encoding="utf-8")
    slow.chmod(0o700)
    monkeypatch.setattr("bot.store.embedded._binary", lambda: slow)
    settings = load_settings(bot_data_dir=folder / "data", aionis_base_url="http://127.0.0.1:1")
    with structlog.testing.capture_logs() as logs:
        async with open_store(settings) as redis:
            assert await redis.dbsize() == 15_000
    assert [one["event"] for one in logs][-2:] == ["store_loading", "store_loaded"]
