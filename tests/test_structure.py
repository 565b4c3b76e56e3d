"""The house as docs/architecture.md has it: each room has its layer, and its tests where a stranger looks for them."""

import tomllib
from pathlib import Path

import pytest

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
