"""What people can do in Slack, one feature a file: a module here is found by itself.

Its words are declared with `@subcommand` (handlers/words.py), its listeners in `register(app, services)`.
"""

import functools
import importlib
import pkgutil
from types import ModuleType

from slack_bolt.async_app import AsyncApp

from bot.runtime.services import Services

# The first listener that matches takes a request, and all before it are asked: what is typed first, so that it is acked soonest.
# Last who hears every message: what is meant for the bot is not for it.
_FIRST, _LAST = "commands", "thread"


@functools.cache
def features() -> tuple[ModuleType, ...]:
    """Return the modules of this package, imported; with that, their words are declared."""
    names = sorted(
        (module.name for module in pkgutil.iter_modules(__path__)),
        key=lambda name: (name != _FIRST, name == _LAST, name),
    )
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def register(app: AsyncApp, services: Services) -> None:
    """Register every feature's listeners."""
    for feature in features():
        if hasattr(feature, "register"):
            feature.register(app, services)
