"""Recovery phrases of wallets: twelve to twenty-four short words behind a word that announces them."""

import re
from collections.abc import Iterator

from bot.domain.redaction.key_names import without_accents
from bot.domain.redaction.rules import Found, Rule
from bot.domain.text.word_list import words

_LENGTHS = frozenset({12, 15, 18, 21, 24})
_ANNOUNCED = re.compile(
    r"(?i:phrase|mnemonic|seed|wallet|words|frase|semilla|фраз|слова|助记词|ニーモニック|니모닉)[^\n]{0,40}?[:=：\"'`(\n]\s{0,6}(?=[\"'`]?(?:1[.)]\s?)?[a-z]{3,8}[\s,])"
)
_WORD = re.compile(r"[\"'`]?(?:\d{1,2}[.)]\s?)?([a-z]{3,8})(?![^\W_])[\"'`]?(?:,? |,|\r?\n)?")
# Words of sentences; the lists from which phrases are drawn leave them out, all but a few.
_OF_SENTENCES = words(
    "the and for with are was were has had not but from this your will our its which when then than into been they their his her "
    "must should"
)


def phrase_rule() -> Rule:
    return Rule(
        frozenset({"secret"}),
        _phrases,
        (
            "phrase",
            "mnemonic",
            "seed",
            "wallet",
            "words",
            "frase",
            "semilla",
            *map(without_accents, ("фраз", "слова", "助记词", "ニーモニック", "니모닉")),
        ),
    )


def _phrases(text: str) -> Iterator[Found]:
    for announced in _ANNOUNCED.finditer(text):
        found: list[re.Match[str]] = []
        at = announced.end()
        while len(found) <= max(_LENGTHS) and (word := _WORD.match(text, at)):
            found.append(word)
            at = word.end()
        if len(found) in _LENGTHS and len(_OF_SENTENCES.intersection(word[1] for word in found)) < 2:
            yield Found(found[0].start(1), found[-1].end(1), "secret")
