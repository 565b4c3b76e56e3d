"""The redactor: masks texts and JSON values, and says where it masked what by which rule."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from bot.domain.redaction.built_in import built_in_rules
from bot.domain.redaction.dispatch import Dispatch
from bot.domain.redaction.findings import UNCHECKED, Finding, Path, Redacted
from bot.domain.redaction.frames import frame_rules
from bot.domain.redaction.key_names import KINDS, Promise, is_innocent, judge
from bot.domain.redaction.memory import Memory, remembered
from bot.domain.redaction.rules import Found, Rule, Rules
from bot.domain.redaction.secret_shapes import has_prefix, shape_rules
from bot.domain.redaction.spans import joined, mark, marks_in, masked
from bot.domain.redaction.view import View, decoded_view, plain_view
from bot.domain.redaction.walk import Texts, Walk
from bot.domain.redaction.wrapped import continued, crosses_a_joint, unbroken_view

LIMIT = 50_000
"""Characters of a text that are shown; the rest is cut off, and the cut says how much that is."""

_SHORT = 400  # characters of a text that is remembered as one with nothing in it
_MOST_INNOCUOUS = 10_000
_JSON_BEGINS = ("{", "[")
_JSON_ENDS = ("}", "]")
_ROUNDS = 8
_AT_END = re.compile(r"… \[(\d[\d,]{0,12}) more characters cut\]\Z")
_CUT_LENGTH = 60
_BEYOND = 5_000
"""Characters beyond the limit that are looked at, so that the limit does not cut a secret in two that is still to be found."""

# Without one of these characters or a run of 16, there is neither an assignment nor a URL nor a token.
_SIGNS = re.compile(r"[0-9=:@<>$'\"|]| -|[^\x00-\x7f]|password")
_OWN = re.compile(
    r"(?:aionis://[a-z0-9._-]{1,64}/[a-z0-9._-]{1,64}/[a-z]{1,12}/)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)|[0-9a-f]{40}|[0-9a-f]{64}|[a-z]{1,20}(?:_[a-z]{1,12}){1,3}"
)
_RUN = re.compile(r"[A-Za-z_+/=-]{16}")
_LETTERS = re.compile(r"(?!AKIA)[A-Za-z0-9]{1,11}")
_WORD = re.compile(r"(?!AKIA)[\w.-]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Redactor:
    """Masks secrets, by the built-in rules and a team's own.

    It never raises: what cannot be checked is replaced by `[masked: could not be checked]`. Masking what is masked already
    changes nothing.
    """

    team: Rules = field(default_factory=Rules)
    rules: tuple[Rule, ...] = ()
    memory: Memory = field(default_factory=Memory)

    def text(self, text: str) -> str:
        """Return the text with every secret replaced by `[masked: <kind>]`, cut (and saying so) at 50,000 characters."""
        if isinstance(text, str) and (text, False) in self.innocuous:
            return text
        redacted = self.redact_text(text)
        if isinstance(text, str):
            self.note_innocuous(text, False, redacted)
        return redacted.value

    def value(self, value: Any) -> Any:
        """Return a copy of a JSON value with secrets masked: texts as by `text`, and everything under a secret's name.

        What is found in one place of it is masked in all others.
        """
        return self.redact_value(value).value

    def redact_text(self, text: str) -> Redacted[str]:
        """Mask a text and say where."""
        return self.checked(text, ())

    def redact_value(self, value: Any) -> Redacted[Any]:
        """Mask a JSON value and say where."""
        try:
            findings: list[Finding] = []
            secrets: dict[str, str] = {}
            shown = Walk(self, findings, secrets).value(value)
            if secrets:  # what one place gave away must not stand in another
                findings = []
                shown = Walk(self.knowing(secrets), findings, {}).value(value)
            return Redacted(shown, tuple(findings))
        except Exception:  # noqa: BLE001 fail closed: whatever went wrong, an unchecked value must not pass
            return Redacted(mark(UNCHECKED), (Finding(UNCHECKED),))

    def learn(self, *values: Any) -> dict[str, str]:
        """Return the secrets in these values (texts or JSON) that can be told from ordinary words, each with its kind."""
        return {secret: kind for value in values for secret, kind in self.look_through(value)[0].items()}

    def look_through(self, value: Any) -> tuple[dict[str, str], bool]:
        """Return what is learnt from a value, and whether masking would leave all of it as it is."""
        findings: list[Finding] = []
        secrets: dict[str, str] = {}
        texts = Texts()
        shown = Walk(self, findings, secrets, texts=texts).value(value)
        return secrets, not (secrets or findings) and texts.left >= 0 and shown == value

    def knowing(self, secrets: Mapping[str, str]) -> "Redactor":
        """Return a redactor that masks these secrets (with their kinds) wherever they stand."""
        # With the rules that are compiled already: they do not depend on what is remembered.
        known = replace(self, memory=self.memory.with_secrets(secrets))
        known.__dict__.update(
            _rules=self._rules,
            _dispatch=self._dispatch,
            _dispatched_shapes=self._dispatched_shapes,
            kinds=self.kinds,
        )
        return known

    def judge(self, key: str) -> Promise:
        """Tell what a name promises about its value, by the team's rules or ours."""
        told = self.team.judge(key)
        return told if told.strength else judge(key)

    def survives(self, secret: str) -> bool:
        """Tell whether the team allows this value."""
        return any(pattern.fullmatch(secret) for pattern in self.team.allow)

    @cached_property
    def innocuous(self) -> set[tuple[str, bool]]:
        """Return texts in which these rules and this memory find nothing: the keys, tools and goals of records are ever the same."""
        return set()

    def note_innocuous(self, text: str, innocent: bool, redacted: Redacted[str]) -> None:
        """Remember a text in which nothing was found, under a name that is `innocent` or not; never one that was masked."""
        if len(text) > _SHORT or redacted.findings or redacted.value != text:
            return
        if len(self.innocuous) >= _MOST_INNOCUOUS:
            self.innocuous.clear()
        self.innocuous.add((text, innocent))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the kinds that marks of this redactor name."""
        return KINDS.union({UNCHECKED}, self.team.kinds, *(rule.kinds for rule in self._rules))

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return self.rules or (*self.team.rules, *built_in_rules(self.judge, self.team.hints))

    @cached_property
    def _dispatch(self) -> Dispatch:
        return Dispatch(self._rules)

    @cached_property
    def _dispatched_shapes(self) -> Dispatch:
        return Dispatch((*frame_rules(), *shape_rules()))

    def found_by_shape(self, text: str) -> list[Found]:
        """Return the secrets in a text that are known by their own shape."""
        found = (rule.find(text) for rule in self._dispatched_shapes.concerned(text))
        return joined(chain.from_iterable(found), text, self.kinds)

    def found_by_rules(self, text: str) -> list[Found]:
        """Return the secrets in a text, whatever tells them."""
        return joined(self._by_rules(text, innocent=False), text, self.kinds)

    def checked(self, text: Any, path: Path, key: str = "", also: tuple[Found, ...] = ()) -> Redacted[str]:
        """Mask what stands at `path` of a value, under `key`, as text. This is where masking fails closed.

        `also` is what is known to be secret in it already.
        """
        return self.checked_and_learnt(text, path, key, also)[0]

    def checked_and_learnt(
        self, text: Any, path: Path, key: str = "", also: tuple[Found, ...] = ()
    ) -> tuple[Redacted[str], dict[str, str]]:
        """Mask as `checked` does, and return the secrets, too, that must not stand in any other text of the record."""
        secrets: dict[str, str] = {}
        try:
            return self._redacted(text if isinstance(text, str) else str(text), path, key, also, secrets), secrets
        except Exception:  # noqa: BLE001 fail closed: whatever went wrong, an unchecked text must not pass
            return Redacted(mark(UNCHECKED), (Finding(UNCHECKED, path),)), secrets

    def _redacted(
        self, text: str, path: Path, key: str, also: tuple[Found, ...], secrets: dict[str, str]
    ) -> Redacted[str]:
        if not also and self.is_plain(text):
            return Redacted(text)
        body, missing = _bounded(text)
        marks: list[tuple[int, str]] = []
        # A text that is JSON is walked as such first, and what is found there is then masked in the text as it is written.
        inside, unescaped = self._inside_json(body)
        known = self.memory.with_secrets(inside)
        # Again and again until nothing is found: what stood beside a secret may be one only without it, and masking what is masked
        # must change nothing. One that never ends is an error, hence not shown at all.
        for _ in range(_ROUNDS):
            found = self._found(body, key, known, also, decode=not unescaped)
            if not found and len(body) <= LIMIT:
                return Redacted(body + _cut_words(missing), tuple(Finding(kind, path, at) for at, kind in marks))
            new = remembered((body[one.start : one.end], one.kind) for one in found if one.kind != "private key")
            secrets.update(new)
            known = known.with_secrets(new)
            unescaped = False
            also = ()  # its offsets are those of the text before anything was masked
            body, marks = masked(body, found, marks)
            if not found:
                body, missing, marks = _shortened(body, missing, marks, self.kinds)
        raise RuntimeError("masking did not come to an end")

    def _inside_json(self, text: str) -> tuple[dict[str, str], bool]:
        """Return what is secret in a text that is JSON by itself: there, names are above their values at any depth.

        And whether all of it was read without its escapes and nothing was found, so that the text need not be read so again.
        """
        if text[:1] not in _JSON_BEGINS or text.rstrip()[-1:] not in _JSON_ENDS:
            return {}, False
        twice: list[str] = []

        def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            value = dict(pairs)
            if len(value) < len(pairs):
                twice.append("a name")  # of what stands below it, only the last is there
            return value

        try:
            value = json.loads(text, object_pairs_hook=made)
        except (ValueError, RecursionError):
            return {}, False
        secrets: dict[str, str] = {}
        shown = Walk(self, [], secrets).value(value)
        return secrets, shown == value and not twice  # else something was found, or cut for its depth or length

    def is_plain(self, text: str) -> bool:
        """Tell, at the least cost, that there is nothing in a text: a record is mostly addresses, ids and times of Aionis' own."""
        if self.rules or self.team.rules or len(text) > LIMIT:
            return False
        if _LETTERS.fullmatch(text):  # too short for any shape; of what is remembered it can only be the whole
            return text not in self.memory.secrets
        if _OWN.fullmatch(text):
            return text not in self.memory.secrets
        if self.memory:
            return False
        return _WORD.fullmatch(text) is not None or (not _SIGNS.search(text) and not _RUN.search(text))

    def _found(self, text: str, key: str, known: Memory, also: tuple[Found, ...], *, decode: bool) -> list[Found]:
        plain = plain_view(text, marks_in(text, self.kinds))
        decoded = decoded_view(plain) if decode else None
        itself = View(plain, until=(len(plain),))
        views = (itself, decoded) if decoded else (itself,)
        found = chain(
            also,
            *(self._found_in(view, is_innocent(key), known) for view in views),
            *(self._found_across_breaks(view) for view in views),
        )
        return joined((one for one in found if not self.survives(text[one.start : one.end])), text, self.kinds)

    def _found_in(self, view: View, innocent: bool, known: Memory) -> Iterator[Found]:
        for one in chain(self._by_rules(view.text, innocent), known.found(view.text)):
            yield Found(*view.span(one.start, one.end), one.kind)
            if rest := continued(view.text, one):
                yield Found(*view.span(rest.start, rest.end), one.kind)

    def _found_across_breaks(self, view: View) -> Iterator[Found]:
        """Find by shape what is whole only where lines and strings are joined."""
        unbroken = unbroken_view(view.text) if has_prefix(view.text) else None
        if not unbroken:
            return
        for one in self.found_by_shape(unbroken.text):
            if crosses_a_joint(unbroken, one) and one.kind != "private key":
                start, end = unbroken.span(one.start, one.end)
                if not self.found_by_shape(view.text[start:end].split("\n")[0]):
                    yield Found(*view.span(start, end), one.kind)

    def _by_rules(self, text: str, innocent: bool) -> Iterator[Found]:
        for rule in self._dispatch.concerned(text):
            if not (innocent and rule.by_look):
                yield from rule.find(text)


def _bounded(text: str) -> tuple[str, int]:
    """Return what is looked at of a text, and how many characters are missing (also by an earlier cut)."""
    if len(text) <= LIMIT:
        return text, 0
    earlier = _AT_END.search(text, len(text) - _CUT_LENGTH)
    body, missing = (text[: earlier.start()], int(earlier[1].replace(",", "") or 0)) if earlier else (text, 0)
    return body[: LIMIT + _BEYOND], missing + max(0, len(body) - LIMIT - _BEYOND)


def _shortened(
    text: str, missing: int, marks: list[tuple[int, str]], kinds: frozenset[str]
) -> tuple[str, int, list[tuple[int, str]]]:
    """Cut a masked text at the limit, but not inside of a mark."""
    end = next((start for start, end in marks_in(text, kinds) if start < LIMIT < end), LIMIT)
    return text[:end], missing + len(text) - end, [(at, kind) for at, kind in marks if at < end]


def _cut_words(missing: int) -> str:
    return f"… [{missing:,} more characters cut]" if missing else ""
