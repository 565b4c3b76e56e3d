"""No text is read or written in the machine's own encoding: an ASCII locale must not matter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.syntax import tree_of

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("bot", "handlers", "docs", "benchmarks", "tests", ".ci")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)


def unsaid(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where a file is opened as text and no encoding is said."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and opens_text(node) and "encoding" not in {word.arg for word in node.keywords}:
            yield node.lineno


def opens_text(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("read_text", "write_text"):
        return True
    modes = [word.value for word in call.keywords if word.arg == "mode"] + call.args[:2]
    said = {mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)}
    is_mode = {mode for mode in said if mode and set(mode) <= set("rwxabt+")}
    if name in ("open", "fdopen"):
        return bool(is_mode) and not any("b" in mode for mode in is_mode)
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_encoding_is_said(path: Path) -> None:
    assert list(unsaid(tree_of(path.read_text(encoding="utf-8")))) == []


def test_the_rule_sees_what_it_should() -> None:
    source = (
        'p.read_text()\np.open("w")\nopen("x", "r+")\np.open("rb")\nstore.open(id_)\np.read_text(encoding="utf-8")\n'
    )
    assert list(unsaid(tree_of(source))) == [1, 2, 3]
