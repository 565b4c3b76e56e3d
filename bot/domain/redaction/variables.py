"""Code that hands a secret on, by the name that it has there, and variables that are used rather than set."""

import re

from bot.domain.redaction.key_names import Strength, judge
from bot.domain.redaction.values import Value
from bot.domain.text.word_list import words

# What code calls a value that it hands on: `token = value`.
_VARIABLES = words("value val data input arg args kwargs self other result response line text repr old new")
_UNPACKED = re.compile(r"[A-Za-z_]\w{0,30},[ \t]{1,4}\Z")  # `user, password = …`
_SNAKE = re.compile(r"_[A-Z][A-Z_]{1,40}|_{0,2}[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+")
_IN_CAMEL_CASE = re.compile(r"[a-z]+(?:[A-Z][a-z]+){1,8}")
_CLASS = re.compile(r"(?:[A-Z][a-z]+){2,}")
_GOES_ON = re.compile(r"[ \t]{1,4}(?:&&|\|\||\?[ \t])")  # an expression
_ANOTHER_TYPE = re.compile(r"[ \t]\|[ \t][A-Za-z]")


def is_expanded(text: str, name: re.Match[str], sign: re.Match[str]) -> bool:
    """Tell a variable that is used (`"$PWD":/srv`, `$(PWD):/srv`, `${PASSWORD}@db:9200`) from one that is set."""
    before = text[max(0, name.start() - 2) : name.start()]
    if sign["sign"] == "->" and ")" in text[name.end() : sign.start("sign")]:
        return True  # `def hook(secret: SecretStr) -> Middleware`
    return before == "$(" or (before[-1:] == "$" and (sign["sign"] or "").startswith(":") and sign["sign"] != ":=")


def is_a_variable(text: str, name: re.Match[str], value: Value, secret: str) -> bool:
    """Tell code that hands a secret on (`self.token = token`, `token: TokenInterface, …`) from a secret that is a word."""
    if secret.startswith("?") and text[max(0, name.start() - 2) : name.start()] == "${":
        return True  # `${API_KEY:?not set}`: what a shell says where there is none
    word = secret.rstrip(",;)(").lstrip("@:&")  # as statements in SQL and shells name their parameters
    if word.lower() in _VARIABLES or (
        word.isidentifier() and name[0].lower().rstrip("s").endswith(word.lower().rstrip("s"))
    ):
        return True
    between = text[name.end() : value.start]
    indexed = "]" in between.partition("=")[0] and "=" in between  # `by_token[file.token] = file`
    if word.isalpha() and (indexed or _UNPACKED.search(text, max(0, name.start() - 40), name.start())):
        return True
    named = _IN_CAMEL_CASE.fullmatch(word) or (word.isupper() and word.isalpha())
    if _SNAKE.fullmatch(word) or (named and judge(word).strength >= Strength.FIRM):
        return True  # `clientSecret = paymentIntentClientSecret`
    if _ANOTHER_TYPE.match(text, value.end) or (word.isalpha() and _GOES_ON.match(text, value.end)):
        return True  # `cookies: LooseCookies | None`
    in_a_list = text[value.end : value.end + 1] in {",", ")"} or text[max(0, name.start() - 1) : name.start()] == "("
    return in_a_list and _CLASS.fullmatch(word) is not None
