"""Whether a team's regular expression is safe to run on any text: a bound on its work, worked out before it ever runs.

Python cannot stop an expression that takes too long. So one is refused unless its choices multiply to few enough: a repetition
counts its possible lengths (`+` and `*` count 1,000), alternatives add up, and nothing that is repeated may choose inside.
"""

import re
from dataclasses import dataclass

MOST_CHOICES = 2_000
LONGEST = 300

_ENDLESS = 1_000
_TOKEN = re.compile(
    r"(?P<back>\\[1-9])|(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\()|*+?{\[])|(?P<flag>\A\(\?i\))"
    r"|(?P<open>\((?:\?(?::|=|!|<=|<!|i:|P<\w{1,40}>)|(?!\?)))|(?P<close>\))|(?P<either>\|)"
    r"|(?P<times>(?:[*+?]|\{(?:\d{1,4}(?:,\d{0,4})?|,\d{1,4})\})\??)|(?P<brace>\{)",
    re.DOTALL,
)
_UNSUPPORTED = (
    "uses a form that is not supported here (back-reference, condition, flag other than (?i), possessive form)"
)


@dataclass(slots=True)
class _Group:
    """How often a group can choose: in finished alternatives, in the present one before its last item, and in that item."""

    finished: int = 0
    before: int = 1
    last: int = 1

    def add(self, choices: int) -> None:
        self.before, self.last = self.before * self.last, choices

    def end_alternative(self) -> None:
        self.finished, self.before, self.last = self.total(), 1, 1

    def total(self) -> int:
        return self.finished + self.before * self.last


def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern; raises ValueError with the reason if it is wrong, unsafe or masks nothing."""
    if len(pattern) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    try:
        expression = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}") from error
    choices = _choices(pattern)
    if choices > MOST_CHOICES:
        raise ValueError(
            f"could take too long: its repetitions multiply to {choices:,}, and {MOST_CHOICES:,} is the most"
        )
    if expression.search(""):
        raise ValueError("matches the empty text")
    return expression


def _choices(pattern: str) -> int:
    groups = [_Group()]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if not token or token.lastgroup == "back":
            raise ValueError(_UNSUPPORTED)
        _read(token, groups)
        at = token.end()
    return groups[0].total()


def _read(token: re.Match[str], groups: list[_Group]) -> None:
    match token.lastgroup:
        case "open":
            groups.append(_Group())
        case "close":
            inner = groups.pop().total()
            groups[-1].add(inner)
        case "either":
            groups[-1].end_alternative()
        case "times":
            groups[-1].last = _repeated(groups[-1].last, token["times"])
        case _:
            groups[-1].add(1)


def _repeated(choices: int, times: str) -> int:
    least, most = _bounds(times)
    # Repeated choices are what grows exponentially; all others only multiply.
    if most > 1 and choices > 1:
        raise ValueError("could take too long: it repeats a group that has repetitions or alternatives inside")
    return choices + 1 if (least, most) == (0, 1) else most - least + 1


def _bounds(times: str) -> tuple[int, int]:
    sign = times[0]
    if sign != "{":
        return {"*": (0, _ENDLESS), "+": (1, _ENDLESS), "?": (0, 1)}[sign]
    least, comma, most = times.strip("{}?").partition(",")
    low = int(least or 0)
    return low, (int(most) if most else low + _ENDLESS) if comma else low
