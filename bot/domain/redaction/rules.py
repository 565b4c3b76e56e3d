"""What a rule is: where to look for it, how to find it in a text, and what a finding is called."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.redaction.keys import words_of


class Found(NamedTuple):
    """A secret in a text: `text[start:end]`, and the kind that its mask names."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to find secrets.

    `find` yields what it finds in a text, in time linear in the text's length. `hints` are lower-case parts of texts without
    which there is nothing to find ("" is in every text); a rule without hints is tried where a long run mixes upper and lower
    case.
    `by_look` says that nothing but randomness speaks for a finding.
    """

    kinds: frozenset[str]
    find: Callable[[str], Iterable[Found]]
    hints: tuple[str, ...] = ()
    by_look: bool = False

    def concerns(self, present: set[str], *, mixed: bool) -> bool:
        """Tell whether the rule is worth trying on a text with these hints."""
        return not present.isdisjoint(self.hints) if self.hints else mixed


def anything(_secret: str) -> bool:
    """Accept whatever a pattern matched."""
    return True


@dataclass(frozen=True, slots=True)
class Rules:
    """A team's rules: patterns to mask, names whose values are masked (as words, with their kind), values that survive."""

    rules: tuple[Rule, ...] = ()
    keys: tuple[tuple[tuple[str, ...], str], ...] = ()
    allow: tuple[re.Pattern[str], ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds that these rules name."""
        return frozenset().union(*(rule.kinds for rule in self.rules), {kind for _, kind in self.keys})

    @property
    def hints(self) -> tuple[str, ...]:
        """Return words of which one is in every name that these rules know."""
        return tuple({max(words, key=len) for words, _ in self.keys})

    def kind_of(self, key: str) -> str | None:
        """Return the kind of the values of a key, in whatever case and with whatever separators it is written, or None."""
        words = words_of(key[-128:]) if self.keys else ()
        return next((kind for known, kind in self.keys if known == words), None)


def pattern_rule(
    kind: str,
    pattern: str,
    *hints: str,
    accepts: Callable[[str], bool] = anything,
    flags: re.RegexFlag = re.NOFLAG,
) -> Rule:
    """Return a rule that masks a pattern's group `secret`, or the whole match where it has no such group."""
    compiled = re.compile(pattern, flags)
    group = "secret" if "secret" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Found]:
        for match in compiled.finditer(text):
            if accepts(match[group]):
                yield Found(*match.span(group), kind)

    return Rule(frozenset({kind}), find, hints)
