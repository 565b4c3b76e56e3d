"""slack_sdk's models as Slack's JSON: what their own `to_dict` returns, in a fraction of its time.

That looks for the checks of an object among all that its class has, anew for each: it was half of rendering a message.
"""

import functools
from collections.abc import Callable
from typing import Any

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Option

_NAMES: dict[type[JsonObject], tuple[str, ...]] = {}  # of a model's fields, which it puts together for each object


def as_json(value: Any) -> Any:
    """Return a model, or what is made of them, as JSON; raises slack_sdk's `SlackObjectFormationError` on a broken limit."""
    form = _form(value.__class__)
    return form(value) if form else value


@functools.cache
def _form(kind: type[object]) -> Callable[[Any], Any] | None:
    """Return what makes JSON of a value of a type, None for one that is JSON: asked once, as `isinstance` of models is slow."""
    if issubclass(kind, list | tuple):
        return _items
    if not issubclass(kind, JsonObject):
        return None
    if issubclass(kind, Option):
        return _option
    return _fields if kind.to_dict is JsonObject.to_dict else kind.to_dict  # with a form of its own


def _items(values: Any) -> list[Any]:
    return [as_json(one) for one in values]


def _fields(value: JsonObject) -> dict[str, Any]:
    _check(value)
    kind = type(value)
    names = _NAMES.get(kind) or _NAMES.setdefault(kind, tuple(sorted(value.attributes)))
    found = [(name, value.get_object_attribute(name)) for name in names]
    return {name: as_json(one) for name, one in found if not _is_empty(one)}


def _check(value: JsonObject) -> None:
    for check in _checks(type(value)):
        getattr(value, check)()


@functools.cache
def _checks(kind: type[JsonObject]) -> tuple[str, ...]:
    """Return the names of a model's checks, which `JsonObject.validate_json` looks for in each object."""
    names = (name for name in dir(kind) if not name.startswith("__"))
    return tuple(name for name in names if hasattr(getattr(kind, name, None), "validator"))


def _option(option: Option) -> dict[str, Any]:
    _check(option)
    text, description = option._text, option._block_description  # noqa: SLF001 its own properties are bare text
    if text is None:
        return option.to_dict()
    more = {"description": as_json(description), "url": option.url}
    return {"text": as_json(text), "value": option.value, **{name: one for name, one in more.items() if one}}


def _is_empty(value: Any) -> bool:
    return value is None or (hasattr(value, "__len__") and not len(value))
