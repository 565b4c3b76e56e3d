"""The listeners of all handlers as they register themselves, for tests that walk them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp

import handlers
from bot.runtime.services import Services
from handlers.interactions import with_admission, with_incident, with_visitor

# Which arguments each admitting middleware adds.
ADMITS = {
    with_visitor.__name__: {"click", "visitor"},
    with_admission.__name__: {"click", "admission"},
    with_incident.__name__: {"click", "admission", "incident"},
}


@dataclass(frozen=True)
class Listener:
    """A listener as it was registered: what it listens to, the names of its middleware, and when it is asked for at all."""

    kind: str
    name: str
    run: Any
    middleware: list[str]
    matchers: Sequence[Any]


def _name(middleware: Any) -> str:
    return str(middleware.__qualname__).partition(".")[0]


class Recorder:
    """Stands in for Bolt's app while listeners register, and keeps what they asked for."""

    def __init__(self) -> None:
        self.registered: dict[str, list[Any]] = {"command": [], "action": [], "event": [], "shortcut": [], "view": []}
        self.listeners: list[Listener] = []

    def middleware(self, run: Any) -> Any:
        """Keep a middleware that is asked before every listener."""
        self.listeners.append(Listener("middleware", str(run.__name__), run, [], ()))
        return run

    def __getattr__(self, kind: str) -> Any:
        if not kind.startswith("__") and kind not in self.registered:
            pytest.fail(f"a listener is registered by app.{kind}: say in tests/handlers/recorder.py how it is walked")

        def register(what: Any, middleware: Sequence[Any] = (), matchers: Sequence[Any] = ()) -> Any:
            self.registered[kind].append(what)

            def keep(listener: Any) -> Any:
                name = what.pattern if isinstance(what, re.Pattern) else str(what)
                self.listeners.append(Listener(kind, name, listener, [_name(one) for one in middleware], matchers))
                return listener

            return keep

        return register


def recorded() -> Recorder:
    """Return what every handler registers."""
    found = Recorder()
    handlers.register(cast("AsyncApp", found), cast("Services", SimpleNamespace()))
    return found
