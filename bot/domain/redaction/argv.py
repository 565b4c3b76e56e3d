"""Commands as lists of their words, as programs hand them to the system and print them: `['mysql', '-u', 'root', '-p…']`.

What stands in such a list is found as in the command's line; a finding that goes over several of its words is none.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain

from bot.domain.redaction.dispatch import Dispatch
from bot.domain.redaction.key_names import KINDS, Judge, Strength
from bot.domain.redaction.looks import is_harmless, is_opaque
from bot.domain.redaction.rules import Found, Rule

_MOST_WORDS = 60
_PROGRAM = re.compile(r"[A-Za-z][\w./+-]{0,200}")
_OPTION = re.compile(r"-{1,2}[A-Za-z][^\n]{0,400}")
_WORD = r"(?:\"[^\"\\\n]{0,400}\"|'[^'\\\n]{0,400}')"
_LIST = re.compile(
    rf"[\[(]\s{{0,8}}(?P<words>{_WORD}(?:\s{{0,8}},\s{{0,8}}{_WORD}){{1,{_MOST_WORDS}}}+)\s{{0,8}},?\s{{0,8}}[\])]"
)
_QUOTED = re.compile(_WORD)
# A list of YAML, of which one item is an option and the next its value.
_LINES = re.compile(
    r"(?m)^[ \t]{0,40}-[ \t]{1,4}[\"']?--?(?P<key>[A-Za-z][\w-]{1,40})[\"']?[ \t]{0,8}\n"
    r"[ \t]{0,40}-[ \t]{1,4}[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,1000})[\"']?[ \t]{0,8}$"
)


def argv_rules(rules: Iterable[Rule], judge: Judge) -> tuple[Rule, ...]:
    """Return the rules for commands that a text has as lists; `rules` find in the line of a command, `judge` judges options."""
    known = Dispatch(rules)

    def find(line: str) -> Iterator[Found]:
        return chain.from_iterable(rule.find(line) for rule in known.concerned(line))

    return (
        Rule(KINDS, lambda text: _in_lists(text, find), ("'-", '"-'), exact=True),
        Rule(KINDS, lambda text: _in_lines(text, judge), ("- -", '- "-', "- '-"), exact=True),
    )


def is_command(words: Sequence[str]) -> bool:
    """Tell whether these may be the words of a command: a program's name, and an option among what follows."""
    return (
        2 <= len(words) <= _MOST_WORDS
        and _PROGRAM.fullmatch(words[0]) is not None
        and any(_OPTION.fullmatch(word) for word in words[1:])
    )


def found_in_words(words: Sequence[str], find: Callable[[str], Iterable[Found]]) -> Iterator[tuple[int, Found]]:
    """Yield what `find` finds in the line of these words: the word's place, and where in that word it stands."""
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    for found in find(" ".join(words)):
        place = bisect_right(starts, found.start) - 1
        start, end = found.start - starts[place], found.end - starts[place]
        if end <= len(words[place]):
            yield place, Found(start, end, found.kind)


def _in_lists(text: str, find: Callable[[str], Iterable[Found]]) -> Iterator[Found]:
    for listed in _LIST.finditer(text):
        spans = [(word.start() + 1, word.end() - 1) for word in _QUOTED.finditer(text, *listed.span("words"))]
        words = [text[start:end] for start, end in spans]
        if is_command(words):
            for place, found in found_in_words(words, find):
                at = spans[place][0]
                yield Found(at + found.start, at + found.end, found.kind)


def _in_lines(text: str, judge: Judge) -> Iterator[Found]:
    for match in _LINES.finditer(text):
        promise, secret = judge(match["key"]), match["secret"]
        if (
            promise.strength >= Strength.LIKELY
            and not is_harmless(secret)
            and (promise.strength is Strength.SURE or is_opaque(secret))
        ):
            yield Found(*match.span("secret"), promise.kind)
