"""The walk through a JSON value: what the names above a value say about it, and every text in it checked."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.redaction.findings import Finding, Path, Redacted
from bot.domain.redaction.keys import is_weak
from bot.domain.redaction.looks import is_directory, is_harmless, looks_random
from bot.domain.redaction.spans import is_mark, mark

_MAX_DEPTH = 40
_TOO_DEEP = "[cut: nested too deep]"
_LEAST_UNDER_WEAK = 12
_OPTION = re.compile(r"--?[A-Za-z][\w-]{1,60}")
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token", "apikey"}
)
_NAMING = frozenset({"name", "key", "header"})
_SCHEMA_TYPES = ("string", "integer", "number", "boolean", "object", "array")
_EXAMPLES = frozenset({"default", "example", "examples", "const", "enum", "value"})


class Checker(Protocol):
    """What a walk asks of the redactor."""

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds that marks name."""

    def kind_of(self, key: str) -> str | None:
        """Return the kind of secret that a key's name promises, or None."""

    def survives(self, secret: str) -> bool:
        """Tell whether the team allows this value."""

    def checked(self, text: Any, path: Path, key: str = "") -> Redacted[str]:
        """Mask what stands at `path`, under `key`, as text."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a JSON value, which gathers what is masked on the way."""

    redactor: Checker
    findings: list[Finding]

    def value(self, value: Any, path: Path = (), kind: str | None = None, key: str = "") -> Any:
        """Mask a value that stands under `key`; `kind` is what the names above it say that it is."""
        if len(path) > _MAX_DEPTH:
            return _TOO_DEEP
        if isinstance(value, dict):
            return self._mapping(value, path, kind)
        if isinstance(value, list | tuple):
            return self._items(value, path, kind, key)
        if value is None or isinstance(value, bool):
            return value
        return self._scalar(value, path, kind, key)

    def _mapping(self, value: dict[Any, Any], path: Path, kind: str | None) -> dict[Any, Any]:
        kind = None if _is_schema(value) else kind
        named = self._named_kind(value)
        shown: dict[Any, Any] = {}
        for key, item in value.items():
            name = key if isinstance(key, str) else str(key)
            place = self._key(name, path, shown)
            below = kind or self._kind_of(name, place) or (named if place.lower() == "value" else None)
            shown[place] = self.value(item, (*path, place), below, place)
        return shown

    def _kind_of(self, name: str, shown: str) -> str | None:
        """Judge a name as it is and as it is shown: masking what is masked must come to the same."""
        return self.redactor.kind_of(name) or (self.redactor.kind_of(shown) if shown != name else None)

    def _named_kind(self, value: dict[Any, Any]) -> str | None:
        """Return the kind of `value` in `{"name": "Authorization", "value": …}`."""
        if not any(isinstance(key, str) and key.lower() == "value" for key in value):
            return None
        names = (name for key, name in value.items() if isinstance(name, str) and str(key).lower() in _NAMING)
        kinds = (self._kind_of(name, self.redactor.checked(name, ()).value) for name in names)
        return next((kind for kind in kinds if kind), None)

    def _key(self, name: str, path: Path, taken: dict[Any, Any]) -> str:
        key = self._text(name, path, "").value
        number = 2
        while key in taken:  # two masked keys must not become one
            key = f"{key.removesuffix(f' ({number - 1})')} ({number})"
            number += 1
        return key

    def _items(self, value: list[Any] | tuple[Any, ...], path: Path, kind: str | None, key: str) -> list[Any]:
        before = [None, *value][: len(value)]
        return [
            self.value(item, (*path, place), kind or self._kind_after(previous), key)
            for place, (previous, item) in enumerate(zip(before, value, strict=True))
        ]

    def _kind_after(self, previous: Any) -> str | None:
        """Return the kind of an item that follows an option (`--password`) or a header's name (`Authorization`) in a list."""
        if isinstance(previous, str) and (_OPTION.fullmatch(previous) or previous.lower() in _HEADERS):
            return self.redactor.kind_of(previous)
        return None

    def _scalar(self, value: Any, path: Path, kind: str | None, key: str) -> Any:
        text = value if isinstance(value, str) else None
        if kind and (text is None or self._is_secret(text, key)):
            return self._mark(kind, path)
        if text and is_weak(key) and looks_random(text, _LEAST_UNDER_WEAK) and not self.redactor.survives(text):
            return self._mark("secret", path)
        if isinstance(value, int | float):
            return value
        redacted = self._text(value, path, key)
        return redacted.value if redacted.findings or text is not None else value

    def _is_secret(self, text: str, key: str) -> bool:
        if is_harmless(text) or is_mark(text, self.redactor.kinds) or self.redactor.survives(text):
            return False
        return not (key.lower().endswith("pwd") and is_directory(text))

    def _mark(self, kind: str, path: Path) -> str:
        self.findings.append(Finding(kind, path))
        return mark(kind)

    def _text(self, text: Any, path: Path, key: str) -> Redacted[str]:
        redacted = self.redactor.checked(text, path, key)
        self.findings.extend(redacted.findings)
        return redacted


def _is_schema(value: dict[Any, Any]) -> bool:
    """Tell whether this describes a value rather than holding it, as in a tool's JSON Schema."""
    return value.get("type") in _SCHEMA_TYPES and not _EXAMPLES.intersection(value)
