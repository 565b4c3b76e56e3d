"""Source code as its syntax tree, for tests that read the project's own."""

import ast
import contextlib


def tree_of(source: str) -> ast.Module:
    """Parse source. CPython 3.11 at times loses count of how deep it is where something else runs in between (gh-106905)."""
    for _ in range(5):
        with contextlib.suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)
