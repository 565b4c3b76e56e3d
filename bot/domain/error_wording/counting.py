"""What a value counts, and the words that say a number: `1 row was`, `317 rows were` and `two rows were` are one wording."""

from bot.domain.error_wording.chunks import VALUE, Token
from bot.domain.error_wording.vocabulary import (
    ATTEMPTS,
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
            counted = token.text != ONE_OF and _is_plural(behind)
            of_many = place > 1 and before is not None and before.text == "of" and found[place - 2].is_value
            says = behind in UNITS or counted or of_many or (before is not None and before.text in ATTEMPTS)
        if says:
            found[place] = Token(VALUE, token.raw, token.ends_clause)
    return found


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
    thing = _thing(tokens, place)
    if thing is None:
        return
    _to_singular(tokens, thing)
    if thing + 1 < len(tokens) and not tokens[thing].ends_clause:
        _to_singular(tokens, thing + 1)


def _thing(tokens: list[Token], place: int) -> int | None:
    """Return where what is counted stands, None where nothing is; of two words it is the one in the plural, else the first."""
    for at in range(place, min(place + 2, len(tokens))):
        if tokens[at].text in NOT_COUNTED or tokens[at].is_value:
            return None if at == place else place
        if _is_plural(tokens[at].text):
            return at if tokens[at].text not in VERBS or at == place else place
        if tokens[at].ends_clause:
            return place
    return place


def _to_singular(tokens: list[Token], at: int) -> None:
    token = tokens[at]
    if token.text in SINGULARS or (_is_plural(token.text) and not token.is_value):
        tokens[at] = Token(_singular(token.text), token.raw, token.ends_clause)


def _is_plural(word: str) -> bool:
    if word in SINGULARS:
        return True
    return len(word) > 3 and word[-1] == "s" and word.isalpha() and word not in NOT_COUNTED


def _singular(word: str) -> str:
    if word in SINGULARS:
        return SINGULARS[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(_LOSE_ES) and not word.endswith(_LOSE_AN_S):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
