"""What a function of ours comes to: itself, and all that it calls in the layers that work with the services."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

_WALKED = ("handlers", "bot.jobs", "bot.live", "bot.investigation")


def reached(function: Callable[..., Any]) -> set[str]:
    """Return the dotted names that are read from anything, such as `incidents.read`, in a function and in what it calls."""
    names: set[str] = set()
    for one in _called(inspect.unwrap(function), set()):
        names.update(filter(None, map(_dotted, ast.walk(_tree(one)))))
    return names


def _called(function: Any, seen: set[Any]) -> Iterator[Any]:
    if function in seen:
        return
    seen.add(function)
    yield function
    scope = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for node in ast.walk(_tree(function)):
        for target in _functions(_meant(node, scope)):
            yield from _called(target, seen)


def _meant(node: ast.AST, scope: dict[str, Any]) -> Any:
    """Return what a name stands for, or one in a module."""
    if isinstance(node, ast.Name):
        return scope.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = scope.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


def _functions(target: Any) -> Iterator[Any]:
    """Yield a function of ours, or the methods of a class of ours."""
    if not str(getattr(target, "__module__", "")).startswith(_WALKED):
        return
    if isinstance(target, FunctionType):
        yield inspect.unwrap(target)
    elif isinstance(target, type):
        methods = [inspect.unwrap(one) for one in vars(target).values() if isinstance(one, FunctionType)]
        yield from (one for one in methods if one.__code__.co_filename.endswith(".py"))  # not what `dataclass` writes


def _tree(function: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if isinstance(node, ast.Name) else ""
