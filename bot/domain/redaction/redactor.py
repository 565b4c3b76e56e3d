"""The redactor: masks texts and JSON values, and says where it masked what by which rule."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from bot.domain.redaction.built_in import built_in_rules
from bot.domain.redaction.findings import UNCHECKED, Finding, Path, Redacted
from bot.domain.redaction.keys import KINDS, is_innocent, kind_of_key
from bot.domain.redaction.randomness import has_mixed_run
from bot.domain.redaction.rules import Found, Rule, Rules
from bot.domain.redaction.spans import joined, mark, masked
from bot.domain.redaction.walk import Walk

LIMIT = 50_000
"""Characters of a text that are looked at; the rest is cut off, and the cut says how much that is."""

_ROUNDS = 8
_CUT = re.compile(r"… \[([\d,]{1,20}) more characters cut\]\Z")
_CUT_LENGTH = 60
_CUT_BACK = 500
# Without one of these characters or a run of 16, there is neither an assignment nor a URL nor a token.
_SIGNS = re.compile(r"[0-9=:@<>$'\"]| -|password")
_RUN = re.compile(r"[A-Za-z_+/=-]{16}")


@dataclass(frozen=True)
class Redactor:
    """Masks secrets, by the built-in rules and a team's own.

    It never raises: what cannot be checked is replaced by `[masked: could not be checked]`. Masking what is masked already
    changes nothing.
    """

    team: Rules = field(default_factory=Rules)
    rules: tuple[Rule, ...] = ()

    def text(self, text: str) -> str:
        """Return the text with every secret replaced by `[masked: <kind>]`, cut (and saying so) at 50,000 characters."""
        return self.redact_text(text).value

    def value(self, value: Any) -> Any:
        """Return a copy of a JSON value with secrets masked: texts as by `text`, and everything under a secret's name."""
        return self.redact_value(value).value

    def redact_text(self, text: str) -> Redacted[str]:
        """Mask a text and say where."""
        return self.checked(text, ())

    def redact_value(self, value: Any) -> Redacted[Any]:
        """Mask a JSON value and say where."""
        findings: list[Finding] = []
        try:
            return Redacted(Walk(self, findings).value(value), tuple(findings))
        except Exception:  # noqa: BLE001 fail closed: whatever went wrong, an unchecked value must not pass
            return Redacted(mark(UNCHECKED), (Finding(UNCHECKED),))

    def kind_of(self, key: str) -> str | None:
        """Return the kind of secret that a key's name promises, or None."""
        return self.team.kind_of(key) or kind_of_key(key)

    def survives(self, secret: str) -> bool:
        """Tell whether the team allows this value."""
        return any(pattern.fullmatch(secret) for pattern in self.team.allow)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the kinds that marks of this redactor name."""
        return KINDS.union({UNCHECKED}, self.team.kinds, *(rule.kinds for rule in self._rules))

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return self.rules or (*self.team.rules, *built_in_rules(self.kind_of, self.team.hints))

    @cached_property
    def _hints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(rule.hints for rule in self._rules)))

    @cached_property
    def _shortest_hints(self) -> tuple[str, ...]:
        """Return the hints without which none of the others is in a text either."""
        return tuple(hint for hint in self._hints if not any(other in hint and other != hint for other in self._hints))

    def checked(self, text: Any, path: Path, key: str = "") -> Redacted[str]:
        """Mask what stands at `path` of a value, under `key`, as text. This is where masking fails closed."""
        try:
            return self._redacted(text if isinstance(text, str) else str(text), path, key)
        except Exception:  # noqa: BLE001 fail closed: whatever went wrong, an unchecked text must not pass
            return Redacted(mark(UNCHECKED), (Finding(UNCHECKED, path),))

    def _redacted(self, text: str, path: Path, key: str) -> Redacted[str]:
        if self._is_plain(text):
            return Redacted(text)
        body, missing = _bounded(text)
        marks: list[tuple[int, str]] = []
        for _ in range(_ROUNDS):
            found = self._found(body, key)
            if not found:
                return Redacted(body + _cut_words(missing), tuple(Finding(kind, path, at) for at, kind in marks))
            body, marks = masked(body, found, marks)
            body, missing = _shortened(body, missing)
        raise RuntimeError("masking did not come to an end")

    def _is_plain(self, text: str) -> bool:
        """Tell, at the least cost, that no built-in rule can match."""
        if self.rules or self.team.rules or len(text) > LIMIT:
            return False
        return not _SIGNS.search(text) and not _RUN.search(text)

    def _found(self, text: str, key: str) -> list[Found]:
        lowered, mixed = text.lower(), has_mixed_run(text)
        if not mixed and not [hint for hint in self._shortest_hints if hint in lowered]:
            return []
        present = {hint for hint in self._hints if hint in lowered}
        innocent = is_innocent(key)
        rules = (
            rule for rule in self._rules if rule.concerns(present, mixed=mixed) and not (innocent and rule.by_look)
        )
        found = chain.from_iterable(rule.find(text) for rule in rules)
        return joined((one for one in found if not self.survives(text[one.start : one.end])), text, self.kinds)


def _bounded(text: str) -> tuple[str, int]:
    """Return what is looked at of a text, and how many characters are missing (also by an earlier cut)."""
    if len(text) <= LIMIT:
        return text, 0
    earlier = _CUT.search(text, len(text) - _CUT_LENGTH)
    body, missing = (text[: earlier.start()], int(earlier[1].replace(",", "") or 0)) if earlier else (text, 0)
    return _shortened(body, missing)


def _shortened(text: str, missing: int) -> tuple[str, int]:
    """Cut a text at the limit, between words where that is possible, lest half a token be left that nothing recognises."""
    if len(text) <= LIMIT:
        return text, missing
    blank = max(text.rfind(" ", LIMIT - _CUT_BACK, LIMIT), text.rfind("\n", LIMIT - _CUT_BACK, LIMIT))
    end = blank if blank > 0 else LIMIT
    return text[:end], missing + len(text) - end


def _cut_words(missing: int) -> str:
    return f"… [{missing:,} more characters cut]" if missing else ""
