"""One Web API call: its arguments, its method, and what is recorded of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.errors import invalid_arguments
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]


@dataclass(slots=True)
class ApiCall:
    """What the bot called: `at` is a Unix time, `answer` the JSON it got, `error` Slack's code if it failed."""

    method: str
    args: Json
    at: float
    ok: bool = False
    error: str | None = None
    answer: Json = field(default_factory=dict)


class Args:
    """Arguments of a call. Forms carry JSON and booleans as text, JSON bodies carry them as they are."""

    def __init__(self, given: Json) -> None:
        self.given = given

    def __contains__(self, name: str) -> bool:
        return self.given.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Argument as text."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Argument as text that must not be empty; SlackError `invalid_arguments` otherwise."""
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Boolean argument: `1`, `true` and true."""
        value = self.given.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def integer(self, name: str, default: int) -> int:
        """Whole number; SlackError `invalid_arguments` for anything else."""
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError as error:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from error

    def json(self, name: str) -> Any:
        """Argument that is JSON, or JSON as text; ValueError if it cannot be parsed, None if it is absent."""
        value = self.given.get(name)
        return json.loads(value) if isinstance(value, str) and value else (None if value == "" else value)

    def listed(self, name: str) -> list[str]:
        """Comma-separated argument."""
        value = self.given.get(name)
        entries = value if isinstance(value, list) else str(value or "").split(",")
        return [str(entry).strip() for entry in entries if str(entry).strip()]


Handler = Callable[[Workspace, Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """Web API method: any one of `scopes` allows it, `caller` the kind of its token (bot, app), `tier` its rate limit."""

    handler: Handler
    scopes: tuple[str, ...]
    caller: str
    tier: int


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 3, caller: str = "bot") -> Callable[[Handler], Handler]:
    """Register a handler as a Web API method."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, caller, tier)
        return handler

    return register
