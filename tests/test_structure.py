"""The house as docs/architecture.md has it: nothing loose, and tests where a stranger looks for them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.parent.name for path in (ROOT / "bot").glob("*/__init__.py"))


def test_nothing_is_loose_in_bot() -> None:
    assert {path.name for path in (ROOT / "bot").glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "app.py",
        "errors.py",
        "ids.py",
    }


@pytest.mark.parametrize("package", [*PACKAGES, "../handlers"])
def test_every_package_has_its_tests_under_its_name(package: str) -> None:
    folder = ROOT / "tests" / package.removeprefix("../")
    assert list(folder.glob("**/test_*.py")), f"put tests of bot/{package} into tests/{folder.name}/"
