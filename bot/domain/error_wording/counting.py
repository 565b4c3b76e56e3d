"""What a value counts, and the words that say a number: `1 row was`, `317 rows were` and `two rows were` are one wording."""

from bot.domain.error_wording.chunks import VALUE, Token
from bot.domain.error_wording.vocabulary import (
    ATTEMPTS,
    BEFORE_NO_NUMBER,
    NOT_COUNTED,
    NUMBER_WORDS,
    ONE_OF,
    ORDINALS,
    SINGULARS,
    UNITS,
    VERBS,
)

SAYS_NUMBER = NUMBER_WORDS | ORDINALS
_LOSE_AN_S = ("caches", "niches", "zes")
_SHORTEST = 4
_LOSE_ES = ("xes", "ches", "shes", "sses", "buses", "tuses", "nuses", "ruses")


def with_number_words(tokens: list[Token]) -> list[Token]:
    """Return the tokens with number words as values where they count attempts, units or things: not in `two-factor`, `no one`."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.text not in SAYS_NUMBER:
            continue
        before = found[place - 1] if place else None
        behind = tokens[place + 1].text if place + 1 < len(tokens) and not token.ends_clause else ""
        if token.text in ORDINALS:
            says = behind in ATTEMPTS
        else:
            counted = _counts_one(before, behind) if token.text == ONE_OF else _singular(behind) is not behind
            of_many = place > 1 and before is not None and before.text == "of" and found[place - 2].is_value
            says = behind in UNITS or counted or of_many or (before is not None and before.text in ATTEMPTS)
        if says:
            found[place] = Token(VALUE, token.raw, token.ends_clause)
    return found


def _counts_one(before: Token | None, behind: str) -> bool:
    """Tell `one row` from `no one knows` and `the one that`."""
    return behind.isalpha() and behind not in NOT_COUNTED and (before is None or before.text not in BEFORE_NO_NUMBER)


def counted_alike(tokens: list[Token]) -> list[Token]:
    """Return the tokens with what a value counts in the singular, and the verb that goes with it.

    Whether a value is a number does not count: an id may happen to have digits only.
    """
    found = list(tokens)
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        if token.text == VALUE and place < last and tokens[place + 1].text not in NOT_COUNTED:
            _count(found, place + 1)
    return found


def _count(tokens: list[Token], place: int) -> None:
    """Bring the thing at a place into the singular, or at the next where an adjective stands before it, and its verb."""
    word = tokens[place].text
    if word == VALUE:
        return
    singular, behind = _singular(word), place + 1
    more = behind < len(tokens) and not tokens[place].ends_clause
    if singular is word and more:
        word = tokens[behind].text
        if word not in VERBS and word not in NOT_COUNTED and (singular := _singular(word)) is not word:
            place, behind = behind, behind + 1
            more = behind < len(tokens) and not tokens[place].ends_clause
        else:
            singular = word = tokens[place].text
    if singular is not word:
        tokens[place] = Token(singular, tokens[place].raw, tokens[place].ends_clause)
    if more and (verb := _singular(tokens[behind].text)) is not tokens[behind].text:
        tokens[behind] = Token(verb, tokens[behind].raw, tokens[behind].ends_clause)


def _singular(word: str) -> str:
    """Return the singular of a word that looks like a plural; every other word is itself, the same object."""
    if word in SINGULARS:
        return SINGULARS[word]
    if word[-1:] != "s" or len(word) < _SHORTEST or not word.isalpha() or word in NOT_COUNTED:
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(_LOSE_ES) and not word.endswith(_LOSE_AN_S):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
