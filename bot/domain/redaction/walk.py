"""The walk through a JSON value: what the names above a value say about it, and every text in it checked."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.domain.redaction.across import spans_across
from bot.domain.redaction.columns import ROWS, Columns, columns_of, headings_of
from bot.domain.redaction.findings import Finding, Path, Redacted
from bot.domain.redaction.keeping import keeps_promise, number_keeps_promise
from bot.domain.redaction.key_names import NOTHING, Promise, Strength, is_about, is_innocent, is_label, words_of
from bot.domain.redaction.looks import is_harmless
from bot.domain.redaction.memory import remembered
from bot.domain.redaction.rules import Found
from bot.domain.redaction.spans import is_mark, mark
from bot.domain.redaction.vocabulary import CERTAIN, NAMING, SELECTING, VALUES

_MAX_DEPTH = 40  # what is deeper is cut and not passed: nothing below it was looked at
_SHORT = 200  # characters of what may select a field
_TOO_DEEP = "[cut: nested too deep]"
_OPTION = re.compile(r"--?[A-Za-z][\w-]{1,60}")
_NAME = re.compile(r"-{0,2}[\w .:@$-]{2,80}")
_OF_A_SELECTOR = re.compile(r"[A-Za-z][A-Za-z_]{2,40}")
# `{"method": "login", "params": ["maya", …]}`
_CALLING = ("method", "function", "tool", "name", "command", "op")
_HANDED = frozenset({"params", "args", "arguments"})
_LOGS_IN = re.compile(r"(?i)[\w.]{0,30}(?:log_?in|sign_?in|authenticate|log_?on)")
_LOGIN = Promise(Strength.LIKELY, "password")
_PUBLIC_PARTS = frozenset({"n", "e", "x", "y", "kid", "x5t", "x5t#S256", "x5c"})
"""What a key as JSON (`kty`) tells everybody."""
_SCHEMA_TYPES = ("string", "integer", "number", "boolean", "object", "array")
_EXAMPLES = frozenset({"default", "example", "examples", "const", "enum", "value"})


class Checker(Protocol):
    """What a walk asks of the redactor."""

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds that marks name."""

    @property
    def innocuous(self) -> set[tuple[str, bool]]:
        """Return texts in which there is nothing, under names that are innocent or not."""

    def note_innocuous(self, text: str, innocent: bool, redacted: Redacted[str]) -> None:
        """Remember a text in which nothing was found."""

    def judge(self, key: str) -> Promise:
        """Tell what a name promises about its value."""

    def is_plain(self, text: str) -> bool:
        """Tell, at the least cost, that there is nothing in a text."""

    def survives(self, secret: str) -> bool:
        """Tell whether the team allows this value."""

    def found_by_shape(self, text: str) -> list[Found]:
        """Return the secrets in a text that are known by their own shape."""

    def found_by_rules(self, text: str) -> list[Found]:
        """Return the secrets in a text, whatever tells them."""

    def checked_and_learnt(
        self, text: Any, path: Path, key: str = "", also: tuple[Found, ...] = ()
    ) -> tuple[Redacted[str], dict[str, str]]:
        """Mask what stands at `path`, under `key`, as text; return what of it must not stand elsewhere."""


@dataclass(slots=True)
class Texts:
    """How many texts that need a look may still be learnt from: an answer may be made of them, and a job has its deadline."""

    left: int = 20_000

    def one_more(self) -> bool:
        """Count one more, and tell whether it may be looked into."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a JSON value, which gathers what is masked on the way."""

    redactor: Checker
    findings: list[Finding]
    secrets: dict[str, str]

    across: dict[Path, list[Found]] = field(default_factory=dict)

    texts: Texts | None = None
    """Where a value is only learnt from: how many of its texts may still be looked into."""

    def value(self, value: Any, path: Path = (), promise: Promise = NOTHING, key: str = "") -> Any:
        """Mask a value that stands under `key`; `promise` is what the names above it say that it is."""
        if len(path) > _MAX_DEPTH:
            return _TOO_DEEP
        if isinstance(value, dict):
            return self._mapping(value, path, promise)
        if isinstance(value, list | tuple):
            return self._items(value, path, promise, key)
        if value is None or isinstance(value, bool):
            return value  # under a secret's name it says whether there is one
        return self._scalar(value, path, promise, key)

    def _mapping(self, value: dict[Any, Any], path: Path, promise: Promise) -> dict[Any, Any]:
        promise = NOTHING if _is_schema(value) else _below(promise)
        named = self._named(value)
        public = _PUBLIC_PARTS if "kty" in value else frozenset()
        columns = columns_of(value, self.redactor.judge)
        handed = (
            _LOGIN
            if any(isinstance(value.get(key), str) and _LOGS_IN.fullmatch(value[key]) for key in _CALLING)
            else NOTHING
        )
        shown: dict[Any, Any] = {}
        for key, item in value.items():
            name = key if isinstance(key, str) else str(key)
            place = self._key(name, path, shown)
            below = max(
                _without_facts(promise, name),
                self._judged(name, place),
                named if place.lower().replace("_", "") in VALUES else NOTHING,
                handed if place in _HANDED else NOTHING,
            )
            known = name in public
            if columns and place.lower() in ROWS and isinstance(item, list | tuple):
                shown[place] = self._rows(item, (*path, place), columns, NOTHING if known else below)
                continue
            shown[place] = self.value(item, (*path, place), NOTHING if known else below, "pubkey" if known else place)
        return shown

    def _judged(self, name: str, shown: str) -> Promise:
        """Judge a name as it is and as it is shown: masking what is masked must come to the same."""
        promise = self.redactor.judge(name)
        return promise if shown == name else max(promise, self.redactor.judge(shown))

    def _named(self, value: dict[Any, Any]) -> Promise:
        """Return what the name promises in `{"name": "Authorization", "value": …}`."""
        if not any(isinstance(key, str) and key.lower().replace("_", "") in VALUES for key in value):
            return NOTHING
        names = [
            name for key, name in value.items() if isinstance(name, str) and str(key).lower().replace("_", "") in NAMING
        ]
        if isinstance(value.get("op"), str) and isinstance(value.get("path"), str):  # a step of a JSON Patch
            names.append(value["path"].rpartition("/")[2])
        parts = (
            part
            for key, name in value.items()
            if isinstance(name, str) and len(name) <= _SHORT and str(key).lower() in SELECTING
            for part in _OF_A_SELECTOR.findall(name)
        )
        selected = max(map(self.redactor.judge, parts), default=NOTHING)
        return max(
            (self._judged_as_text(name) for name in names if len(name) <= 80),
            default=NOTHING if selected.strength < Strength.LIKELY else Promise(Strength.LIKELY, selected.kind),
        )

    def _judged_as_text(self, name: str) -> Promise:
        """Judge a name that is itself a value: a single word such as `cookie` may be about anything."""
        promise = self._judged(name, self.redactor.checked_and_learnt(name, ())[0].value)
        certain = len(words_of(name)) > 1 or name.lower() in CERTAIN
        return promise if certain else Promise(min(promise.strength, Strength.LIKELY), promise.kind)

    def _key(self, name: str, path: Path, taken: dict[Any, Any]) -> str:
        key = self._text(name, path, "").value
        number = 2
        while key in taken:  # two masked keys must not become one
            key = f"{key.removesuffix(f' ({number - 1})')} ({number})"
            number += 1
        return key

    def _items(self, value: list[Any] | tuple[Any, ...], path: Path, promise: Promise, key: str) -> list[Any]:
        for inside, spans in self._across_items(value, promise).items():
            self.across[*path, *inside] = spans
        if columns := headings_of(value, self.redactor.judge):
            return self._rows(value, path, columns, promise)
        shown: list[Any] = []
        for place, item in enumerate(value):
            # By what is shown of the one before: a secret that was masked names nothing.
            option = isinstance(item, str) and _OPTION.fullmatch(item)  # the next one, and no value
            after = NOTHING if option else self._after(shown[-1] if shown else None, len(value))
            promise_here = max(_below(promise), after)
            shown.append(self.value(item, (*path, place), promise_here, key))
        return shown

    def _rows(self, rows: list[Any] | tuple[Any, ...], path: Path, columns: Columns, promise: Promise) -> list[Any]:
        """Mask the rows of a table by the names of its columns, and by what stands above all of it."""
        above = _below(promise)
        return [
            [
                self.value(cell, (*path, number, place), max(above, column), name)
                for place, (cell, (name, column)) in enumerate(zip(row, columns, strict=True))
            ]
            if isinstance(row, list | tuple) and len(row) == len(columns)
            else self.value(row, (*path, number), above)
            for number, row in enumerate(rows)
        ]

    def _across_items(self, value: list[Any] | tuple[Any, ...], promise: Promise) -> dict[Path, list[Found]]:
        return spans_across(value, promise, self.redactor.found_by_shape, self.redactor.found_by_rules)

    def _after(self, previous: Any, length: int) -> Promise:
        """Return what an option (`--password`) or the name of a pair (`["X-Api-Key", …]`) promises about the item after it."""
        if not isinstance(previous, str) or not _NAME.fullmatch(previous):
            return NOTHING
        promise = self.redactor.judge(previous)
        if _OPTION.fullmatch(previous):
            return promise
        if length == 2 and len(words_of(previous)) > 1:
            return Promise(min(promise.strength, Strength.FIRM), promise.kind)
        if length == 2 or "-" in previous or ":" in previous:
            return Promise(min(promise.strength, Strength.LIKELY), promise.kind)
        return NOTHING

    def _scalar(self, value: Any, path: Path, promise: Promise, key: str) -> Any:
        text = value if isinstance(value, str) else None
        if self._is_secret(text, promise, key) if text is not None else number_keeps_promise(value, promise, key):
            self.secrets.update(remembered(((str(value), promise.kind),)))
            self.findings.append(Finding(promise.kind, path))
            return mark(promise.kind)
        if isinstance(value, int | float):
            return value  # a number has no shape that a rule could know
        redacted = self._text(value, path, key, tuple(self.across.get(path, ())))
        return redacted.value if redacted.findings or text is not None else value

    def _is_secret(self, text: str, promise: Promise, key: str) -> bool:
        if (
            not promise.strength
            or is_harmless(text)
            or is_label(text, promise.kind)
            or is_mark(text, self.redactor.kinds)
            or self.redactor.survives(text)
        ):
            return False
        return keeps_promise(text, promise, key)

    def _text(self, text: Any, path: Path, key: str, also: tuple[Found, ...] = ()) -> Redacted[str]:
        if isinstance(text, str) and not also and self.redactor.is_plain(text):
            return Redacted(text)
        known = (text, is_innocent(key)) if isinstance(text, str) and not also else None
        if known in self.redactor.innocuous or (self.texts and not self.texts.one_more()):
            return Redacted(text)
        redacted, secrets = self.redactor.checked_and_learnt(text, path, key, also)
        if known:
            self.redactor.note_innocuous(*known, redacted)
        self.findings.extend(redacted.findings)
        self.secrets.update(secrets)
        return redacted


def _below(promise: Promise) -> Promise:
    """Return what a name promises about the values below it: a plain `auth` or `key` says nothing about those."""
    return (
        promise
        if promise.strength >= Strength.SURE
        else Promise(min(promise.strength, Strength.LIKELY), promise.kind)
        if promise.strength >= Strength.LIKELY
        else NOTHING
    )


def _without_facts(promise: Promise, key: str) -> Promise:
    """Return what a promise is worth for what stands below it under a name such as `expires` or `host`."""
    if not promise.strength or not is_about(key):
        return promise
    return Promise(Strength.LIKELY, promise.kind) if promise.strength is Strength.SURE else NOTHING


def _is_schema(value: dict[Any, Any]) -> bool:
    """Tell whether this describes a value rather than holding it, as in a tool's JSON Schema."""
    return value.get("type") in _SCHEMA_TYPES and not _EXAMPLES.intersection(value)
