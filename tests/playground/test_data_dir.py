"""Where the playground keeps what it stores."""

from pathlib import Path

import pytest

from bot.playground.run import data_dir


def test_it_is_below_bot_data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOT_DATA_DIR", str(tmp_path / "elsewhere"))
    assert data_dir() == tmp_path / "elsewhere" / "playground"
