"""What a function of ours comes to: itself, and all that it calls in the layers that work with the services."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from bot.runtime.services import Services
from tests.syntax import tree_of

_WALKED = ("handlers", "bot.jobs", "bot.live", "bot.investigation", "bot.runtime")
_OURS = str(Path(__file__).parents[2])
COMPUTED = "getattr"  # of a name that no text of the source has


def reached(function: Callable[..., Any]) -> set[str]:
    """Return the dotted names that are read from anything, such as `incidents.read`, in a function and in what it calls.

    Texts that are a name count as read, too: `getattr(services, "incidents")`, `attrgetter("incidents.find")`. A name that
    is made up on the way is `COMPUTED`.
    """
    names: set[str] = set()
    for one in _called(inspect.unwrap(function), set()):
        names.update(_read_in(_tree(one)))
    return names


def _read_in(tree: ast.AST) -> set[str]:
    # The whole of each name alone: `store = services.incidents` reads `incidents`, whatever is done with it then.
    beginnings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {_dotted(node) for node in ast.walk(tree) if id(node) not in beginnings}
    return (names | {_text(node) for node in ast.walk(tree)}) - {""}


def _text(node: ast.AST) -> str:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"getattr", "attrgetter", "vars"}
    ):
        return "" if any(isinstance(one, ast.Constant) for one in node.args) else COMPUTED
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value.replace(".", "").isidentifier() else ""
    return ""


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
    if isinstance(node, ast.Attribute) and node.attr in vars(Services):
        return _of_services(vars(Services)[node.attr])
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = scope.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


def _of_services(member: Any) -> Any:
    """Return a method of the services, but not the one that asks for an admission itself."""
    member = member.fget if isinstance(member, property) else member
    return None if member is Services.aionis else member


def _functions(target: Any) -> Iterator[Any]:
    """Yield a function of ours, or the methods of a class of ours; those of the services where they are called."""
    if target is Services:
        return
    if not str(getattr(target, "__module__", "")).startswith(_WALKED):
        return
    if isinstance(target, FunctionType):
        yield inspect.unwrap(target)
    elif isinstance(target, type):
        methods = [inspect.unwrap(one) for one in vars(target).values() if isinstance(one, FunctionType)]
        yield from (one for one in methods if one.__code__.co_filename.startswith(_OURS))  # not what `dataclass` writes


def _tree(function: Any) -> ast.AST:
    return tree_of(textwrap.dedent(inspect.getsource(function)))


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if isinstance(node, ast.Name) else ""
