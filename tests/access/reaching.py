"""What a function of ours comes to: itself, and all that it calls in the layers that work with the services."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from bot.runtime.services import Services
from handlers.interactions import with_admission, with_incident
from tests.syntax import tree_of

ADMITTING = {with_admission.__name__, with_incident.__name__}
_WALKED = ("handlers", "bot.app", "bot.jobs", "bot.live", "bot.investigation", "bot.runtime")
_OURS = str(Path(__file__).parents[2])
_BY_NAME = {"getattr", "attrgetter", "methodcaller", "vars", "__getattribute__"}
_UNSEEN = {"import_module", "__import__", "eval", "exec"}  # whatever they are given
COMPUTED = "getattr"  # of a name that no text of the source has


def reached(function: Callable[..., Any]) -> set[str]:
    """Return the dotted names that are read from anything, such as `incidents.read`, in a function and in what it calls.

    Texts that are a name count as read, too: `getattr(services, "incidents")`, `attrgetter("incidents.find")`. A name that
    is made up on the way is `COMPUTED`. Of what registers listeners, the admitted ones are left out, but not their matchers.
    """
    names: set[str] = set()
    for one in _called(inspect.unwrap(function), set()):
        names.update(_read_in(_tree(one)))
    return names


def _read_in(tree: ast.AST) -> set[str]:
    # The whole of each name alone: `store = services.incidents` reads `incidents`, whatever is done with it then.
    beginnings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {_dotted(node) for node in ast.walk(tree) if id(node) not in beginnings}
    matched = {name for node in ast.walk(tree) if isinstance(node, ast.MatchClass) for name in node.kwd_attrs}
    return (names | matched | {_text(node) for node in ast.walk(tree)}) - {""}


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and _last_name(node.func) in _BY_NAME:
        return "" if any(isinstance(one, ast.Constant) for one in node.args) else COMPUTED
    if isinstance(node, ast.Call) and _last_name(node.func) in _UNSEEN:
        return COMPUTED
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value.replace(".", "").isidentifier() else ""
    return ""


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _called(function: Any, seen: set[Any]) -> Iterator[Any]:
    if function in seen:
        return
    seen.add(function)
    yield function
    tree = _tree(function)
    scope = {**function.__globals__, **inspect.getclosurevars(function).nonlocals, **_imported(tree)}
    for node in ast.walk(tree):
        for target in _functions(_meant(node, scope)):
            yield from _called(target, seen)


def _imported(tree: ast.AST) -> dict[str, Any]:
    """Return what a function imports by itself, as it does with what takes long to import."""
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            found |= {one.asname or one.name: getattr(module, one.name, None) for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.asname: importlib.import_module(one.name) for one in node.names if one.asname}
    return found


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
    inside = [target] if isinstance(target, FunctionType) else vars(target).values() if isinstance(target, type) else []
    functions = [inspect.unwrap(one) for one in inside if isinstance(one, FunctionType)]
    yield from (one for one in functions if one.__code__.co_filename.startswith(_OURS))  # not what `dataclass` writes


def _tree(function: Any) -> ast.AST:
    tree = tree_of(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            _leave_out_admitted(node)
    return tree


def _leave_out_admitted(listener: ast.AsyncFunctionDef) -> None:
    """Leave out what an admitted listener does, and what admits it. Its matchers stay: they are asked before."""
    given = [one for call in listener.decorator_list if isinstance(call, ast.Call) for one in call.keywords]
    for middleware in [one.value for one in given if one.arg == "middleware" and isinstance(one.value, ast.List)]:
        first = middleware.elts[0] if middleware.elts else None
        # What stands behind it in the list runs for whoever was admitted; what stands before it does not.
        if isinstance(first, ast.Call) and _last_name(first.func) in ADMITTING:
            listener.body, middleware.elts = [ast.Pass()], []


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if isinstance(node, ast.Name) else ""
