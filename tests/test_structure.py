"""The house as docs/architecture.md has it: each room has its layer, and its tests where a stranger looks for them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.syntax import tree_of

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.parent.name for path in (ROOT / "bot").glob("*/__init__.py"))
ROOMS_OF_THE_CORE = sorted(f"domain/{path.parent.name}" for path in (ROOT / "bot" / "domain").glob("*/__init__.py"))


@pytest.mark.parametrize("package", [*PACKAGES, *ROOMS_OF_THE_CORE, "handlers"])
def test_every_package_has_its_tests_under_its_name(package: str) -> None:
    assert list((ROOT / "tests" / package).glob("**/test_*.py")), f"put tests of {package} into tests/{package}/"


def test_every_package_has_its_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["name"] == "Imports point down")
    placed = {name.strip() for layer in layers for name in layer.split("|")}
    there = {f"bot.{path.stem}" for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or path.name in PACKAGES}
    # The rooms of the runtime stand between the others, one by one.
    there |= {f"bot.runtime.{path.stem}" for path in (ROOT / "bot" / "runtime").glob("*.py")}
    homeless = {
        name for name in there if not name.endswith("__init__") and not any(_is_below(one, name) for one in placed)
    }
    assert homeless == set(), "give it a layer in pyproject.toml"


def test_nothing_is_imported_where_the_layers_do_not_see_it() -> None:
    sources = [path for top in ("bot", "handlers") for path in (ROOT / top).rglob("*.py")]
    by_name = {
        str(path.relative_to(ROOT))
        for path in sources
        if re.search(r"import_module\(|__import__\(", path.read_text(encoding="utf-8"))
    }
    # What is warmed up, and what is found by itself.
    assert by_name == {"bot/app.py", "bot/jobs/execution.py", "handlers/__init__.py"}, "import it by a statement"


def test_a_run_is_read_by_what_proves_whose_it_is() -> None:
    raw = [
        str(path.relative_to(ROOT))
        for top in ("bot", "handlers")
        for path in (ROOT / top).rglob("*.py")
        if ".get_run(" in path.read_text(encoding="utf-8")
    ]
    # `investigate` asks for the run and its records at once, and proves the one by the others.
    assert sorted(raw) == ["bot/aionis/client.py", "bot/investigation/run.py"], "ask get_own_run instead"


def _is_below(placed: str, name: str) -> bool:
    return placed == name or (placed.startswith(f"{name}.") and name != "bot.runtime") or name == "bot.runtime"


# What import-linter cannot tell apart: packages of which a part is pure, and what is there without an import.
WORLDLY_CALLS = {"open", "input", "print", "__import__", "breakpoint", "eval", "exec"}
WORLDLY_NAMES = {"now", "utcnow", "today", "environ", "getenv", "read_text", "write_text", "urandom"}
WORLDLY_MODULES = ("urllib.request", "urllib.error", "urllib.robotparser", "importlib", "fileinput", "uuid")
PURE = [path for room in ("domain", "blocks", "report", "pictures") for path in (ROOT / "bot" / room).rglob("*.py")]


def worldly(source: str) -> Iterator[str]:
    """Yield what a module asks of the world: a clock, the environment, files, the network."""
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORLDLY_CALLS:
            yield node.func.id
        if isinstance(node, ast.Attribute) and node.attr in WORLDLY_NAMES:
            yield node.attr
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith(WORLDLY_MODULES))
        if isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{one.name}" for one in node.names)
            yield from (name for name in names if name.startswith(WORLDLY_MODULES))


def test_what_is_pure_reads_neither_clock_nor_environment_nor_files() -> None:
    found = {str(path.relative_to(ROOT)): list(worldly(path.read_text(encoding="utf-8"))) for path in PURE}
    assert {path: names for path, names in found.items() if names} == {}, "hand it in: the edges read it"


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.today()",
        "os.environ['HOME']",
        "open('/etc/passwd')",
        "from urllib.request import urlopen",
        "import urllib.request",
        "from urllib import request",
        "from importlib.resources import files",
    ],
)
def test_a_look_at_the_world_is_seen(source: str) -> None:
    assert list(worldly(source))
