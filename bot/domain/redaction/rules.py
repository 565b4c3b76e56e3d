"""What a rule is: where to look for it, how to find it in a text, and what a finding is called."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.redaction.key_names import NOTHING, Promise, Strength, without_accents, words_of


class Found(NamedTuple):
    """A secret in a text: `text[start:end]`, and the kind that its mask names."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to find secrets.

    `find` yields what it finds in a text, in time linear in the text's length. `hints` are parts of texts without which there
    is nothing to find ("" is in every text): in lower case without accents, or as they stand where `exact`. A rule without hints is tried where a
    long run mixes upper and lower case. `by_look` says that nothing but randomness speaks for a finding.
    """

    kinds: frozenset[str]
    find: Callable[[str], Iterable[Found]]
    hints: tuple[str, ...] = ()
    by_look: bool = False
    exact: bool = False


def as_hinted(text: str) -> str:
    """Return a text as hints are looked for in it: in lower case, without accents."""
    return without_accents(text.lower())


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

    def judge(self, key: str) -> Promise:
        """Tell what a name, in whatever case and with whatever separators it is written, promises by these rules."""
        words = words_of(key[-128:]) if self.keys else ()
        return next((Promise(Strength.SURE, kind) for known, kind in self.keys if known == words), NOTHING)


def pattern_rule(
    kind: str, pattern: str, *hints: str, accepts: Callable[[str], bool] = anything, exact: bool = False
) -> Rule:
    """Return a rule that masks a pattern's group `secret`, or the whole match where it has no such group.

    `accepts` judges the group `body` where there is one, else what would be masked.
    """
    compiled = re.compile(pattern)
    masks = "secret" if "secret" in compiled.groupindex else 0
    judges = "body" if "body" in compiled.groupindex else masks

    def find(text: str) -> Iterator[Found]:
        for match in compiled.finditer(text):
            if accepts(match[judges]):
                yield Found(*match.span(masks), kind)

    return Rule(frozenset({kind}), find, hints, exact=exact)
