"""What a function of ours comes to: itself, and all that it can call, but for what the stores and the edges do inside."""

import ast
import copy
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from bot.jobs.registry import JobKind
from bot.runtime.services import Services
from handlers.interactions import with_admission, with_incident
from tests.syntax import tree_of

ADMITTING = {with_admission.__name__, with_incident.__name__}
_WALKED = ("handlers", "bot.")
# What hands out runs and incidents for an admission alone, what runs for itself, and the rooms that nothing can be read in.
_APART = tuple(
    f"bot.{room}."
    for room in ("access", "aionis", "forge", "store", "playground", "cli", "domain", "blocks", "report", "pictures")
)
_OURS = str(Path(__file__).parents[2])
# What gives a thing by a name, or all things there are, that no text of the source need have.
_UNSEEN = {
    *("import_module", "__import__", "eval", "exec", "globals", "locals", "vars", "modules", "dir", "getmembers"),
    *("__dict__", "__slots__", "__match_args__", "__reduce__", "__getattribute__", "asdict", "astuple"),
    *("attrgetter", "methodcaller", "getattr_static", "get_objects"),
}
COMPUTED = "getattr"  # of a name that no text of the source has


def reached(function: Callable[..., Any]) -> set[str]:
    """Return the dotted names that are read from anything, such as `incidents.read`, in a function and in what it calls.

    Texts that are a name count as read, too: `getattr(services, "incidents")`. What is taken by a name that is made up on the
    way, or by its place, is `COMPUTED`. Of what registers listeners, the admitted ones are left out, but not their matchers.
    """
    waiting: list[FunctionType] = [function] if isinstance(function, FunctionType) else []
    waiting += _functions(function)
    names: set[str] = set()
    seen: set[FunctionType] = set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            read, called = _of(one)
            names |= read
            waiting += called
    return names


@functools.cache
def _of(function: FunctionType) -> tuple[frozenset[str], list[FunctionType]]:
    """Return what a function reads by itself, and the functions of ours that it can call."""
    tree = _tree(function)
    scope = {**function.__globals__, **inspect.getclosurevars(function).nonlocals, **_imported(tree)}
    called = {one for node in ast.walk(tree) for one in _functions(_meant(node, scope))}
    return frozenset(_read_in(tree)), list(called)


def _read_in(tree: ast.AST) -> set[str]:
    # The whole of each name alone: `store = services.incidents` reads `incidents`, whatever is done with it then.
    beginnings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {_dotted(node) for node in ast.walk(tree) if id(node) not in beginnings}
    matched = {name for node in ast.walk(tree) if isinstance(node, ast.MatchClass) for name in node.kwd_attrs}
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    texts = {text for text in named if text.replace(".", "").isidentifier()}
    return (names | matched | texts | ({COMPUTED} if _computes(tree) else set())) - {""}


def _computes(tree: ast.AST) -> bool:
    """Tell whether anything is taken otherwise than by a name that stands there."""
    plain = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _names_what_it_gets(node)}
    for node in ast.walk(tree):
        name = node.name if isinstance(node, ast.alias) else _last_name(node)
        if name in _UNSEEN or (name == "getattr" and id(node) not in plain):
            return True
        if isinstance(node, ast.MatchClass) and node.patterns and _last_name(node.cls) == Services.__name__:
            return True
    return False


def _names_what_it_gets(call: ast.Call) -> bool:
    return len(call.args) > 1 and isinstance(call.args[1], ast.Constant)


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _imported(tree: ast.AST) -> dict[str, Any]:
    """Return what a function imports by itself, as it does with what takes long to import."""
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            found |= {one.asname or one.name: getattr(module, one.name, None) for one in node.names}
        elif isinstance(node, ast.Import):
            for one in node.names:
                module = importlib.import_module(one.name)
                top = one.name.partition(".")[0]
                found |= {one.asname: module} if one.asname else {top: sys.modules[top]}
    return found


def _meant(node: ast.AST, scope: dict[str, Any]) -> Any:
    """Return what a name stands for, or one in a module, a class or a thing of ours."""
    if isinstance(node, ast.Name):
        return scope.get(node.id)
    if not isinstance(node, ast.Attribute):
        return None
    if node.attr in vars(Services):
        return _of_services(vars(Services)[node.attr])
    within = _meant(node.value, scope)
    return None if within is None else inspect.getattr_static(within, node.attr, None)


def _of_services(member: Any) -> Any:
    """Return a method of the services, but not the one that asks for an admission itself."""
    return None if member is Services.aionis else member


def _functions(target: Any) -> list[FunctionType]:
    """Return the functions of ours that somebody who has a thing can call: itself, its methods, what it holds.

    Those of the services where they are called; those of a job are admitted by its registration.
    """
    found: list[FunctionType] = []
    waiting, seen = [target], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or one is Services or isinstance(one, JobKind | ModuleType | str | bytes | int | None):
            continue
        seen.add(id(one))
        if isinstance(one, FunctionType):
            # Not what `dataclass` writes.
            found += [one] if one.__code__.co_filename.startswith(_OURS) and _is_walked(one) else []
            waiting.append(getattr(one, "__wrapped__", None))
        else:
            waiting += _held(one)
    return found


def _held(target: Any) -> Iterable[Any]:
    match target:
        case functools.partial():
            return [target.func, *target.args, *target.keywords.values()]
        case dict():
            return target.values()
        case list() | tuple() | set() | frozenset():
            return target
        case type():
            return [one for cls in target.__mro__ if _is_walked(cls) for one in vars(cls).values()]
        case _ if _is_walked(type(target)):
            return [type(target), *getattr(target, "__dict__", {}).values()]
    # Of a method and what it is bound to, a static one, a property, a lazy one, what remembers its answers.
    return [getattr(target, name, None) for name in ("__func__", "__self__", "fget", "func", "__wrapped__")]


def _is_walked(one: Any) -> bool:
    room = f"{one.__module__}."
    return room.startswith(_WALKED) and not room.startswith(_APART)


def _tree(function: FunctionType) -> ast.AST:
    tree = ast.Module(body=_sources(function), type_ignores=[])
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            _leave_out_admitted(node)
    return tree


def _sources(function: FunctionType) -> list[Any]:
    """Return where a function is defined; of lambdas on one line, all: nothing tells them apart."""
    code = function.__code__
    return [copy.deepcopy(one) for one in _by_line(code.co_filename).get((code.co_firstlineno, code.co_name), [])]


@functools.cache
def _by_line(path: str) -> dict[tuple[int, str], list[ast.AST]]:
    found: dict[tuple[int, str], list[ast.AST]] = {}
    for node in ast.walk(tree_of(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            found.setdefault((first, getattr(node, "name", "<lambda>")), []).append(node)
    return found


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
    return ".".join(reversed(parts))
