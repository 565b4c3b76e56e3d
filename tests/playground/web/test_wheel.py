"""A wheel carries the playground's page, and plays without Node and without the sources."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import httpx
import pytest

from bot.playground.bundle import ensure_bundle

ROOT = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `uv build` does. Needs the package registry for the build backend, as `make setup` does."""
    ensure_bundle(lambda _: None)
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--wheel", "--quiet", "--out-dir", out, ROOT], check=True)  # noqa: S603
    return next(out.glob("*.whl"))


def test_the_wheel_has_what_was_built_and_not_what_it_was_built_from(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    page = [name.removeprefix("bot/playground/web/") for name in names if name.startswith("bot/playground/web/")]
    assert "dist/index.html" in page
    assert any(name.startswith("dist/assets/index-") and name.endswith(".js") for name in page)
    assert all(name.startswith("dist/") for name in page)
    assert any(name.endswith("/manifest.yml") for name in names)
    assert not any("build_hook" in name or "node_modules" in name for name in names)


def test_the_playground_of_an_installed_wheel_shows_its_page(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    subprocess.run([UV, "pip", "install", "--quiet", "--no-deps", "--target", installed, wheel], check=True)  # noqa: S603
    data = tempfile.mkdtemp(prefix="ib-")  # a socket's path must be short
    environment = {"PATH": "/nowhere", "PYTHONPATH": str(installed), "BOT_DATA_DIR": data}
    playground = subprocess.Popen(
        [sys.executable, "-m", "bot", "playground", "--port", "0"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert playground.stdout is not None
    try:
        url = next(match[1] for line in playground.stdout if (match := re.search(r"ready: open (\S+)", line)))
        page = httpx.get(url).text
        script = re.search(r'src="(/assets/index-[^"]+\.js)"', page)
        assert script is not None
        assert httpx.get(url + script[1]).status_code == 200
    finally:
        playground.send_signal(signal.SIGINT)
        playground.wait(timeout=30)
        playground.stdout.close()
        shutil.rmtree(data)


def test_a_wheel_without_the_page_says_so(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(
        ".*", "node_modules", "dist", "build", "tests", "docs", "benchmarks", "__pycache__"
    )
    sources: Path = shutil.copytree(ROOT, tmp_path / "sources", ignore=ignored)
    environment = {**os.environ, "BOT_WITHOUT_PAGE": "1"}
    command: list[str | Path] = [UV, "build", "--wheel", "--quiet", "--out-dir", tmp_path / "out", sources]
    subprocess.run(command, check=True, env=environment)  # noqa: S603
    installed = tmp_path / "site"
    (wheel,) = (tmp_path / "out").glob("*.whl")
    subprocess.run([UV, "pip", "install", "--quiet", "--no-deps", "--target", installed, wheel], check=True)  # noqa: S603
    told = subprocess.run(
        [sys.executable, "-m", "bot", "playground"],
        env={"PATH": "/nowhere", "PYTHONPATH": str(installed)}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert "BOT_WITHOUT_PAGE" in told.stderr
    assert "Traceback" not in told.stderr
