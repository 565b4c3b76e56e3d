"""Whether a value of JSON keeps what the names above it promise: a word under `password` does, one under `pin` does not."""

from bot.domain.redaction.harmless import is_sentence
from bot.domain.redaction.key_names import Promise, Strength, words_of
from bot.domain.redaction.looks import is_chosen, is_identifier, is_opaque, looks_random
from bot.domain.redaction.source_code import is_directory
from bot.domain.redaction.vocabulary import SETTINGS

_LEAST_NUMBER = 100_000
_LEAST_UNDER_WEAK = 12
_LEAST_PIN, _MOST_PIN = 4, 8


def keeps_promise(text: str, promise: Promise, key: str) -> bool:
    """Tell whether a text can be the secret that its name promises; what is harmless under any name is told before."""
    match promise.strength:
        case Strength.SURE:
            if is_sentence(text) or (promise.kind == "credential" and is_identifier(text)):
                return False
            return not (key.lower().endswith("pwd") and is_directory(text)) and not text.startswith("arn:")
        case Strength.FIRM if promise.kind == "secret":  # `pin: pinned`, `seed: alpha`
            return is_opaque(text) or _is_pin(text, key)
        case Strength.FIRM:
            return text.lower() not in SETTINGS and (
                is_opaque(text) or not (" " in text or is_identifier(text) or text.isdigit())
            )
        case Strength.LIKELY:
            return is_opaque(text) or (promise.kind in {"password", "credential", "secret"} and is_chosen(text))
        case _:
            return looks_random(text, _LEAST_UNDER_WEAK)


def number_keeps_promise(number: int | float, promise: Promise, key: str) -> bool:
    """Tell whether a number is the secret that its name promises."""
    if promise.strength is Strength.FIRM:
        return _is_pin(str(number), key)
    # A word's number in a model's vocabulary is no token.
    return promise.strength is Strength.SURE and not (key.lower() == "token" and abs(number) < _LEAST_NUMBER)


def _is_pin(digits: str, key: str) -> bool:
    """Tell the digits of a PIN from a board's `pin: 17`."""
    return words_of(key)[-1:] == ("pin",) and _LEAST_PIN <= len(digits) <= _MOST_PIN and digits.isdigit()
