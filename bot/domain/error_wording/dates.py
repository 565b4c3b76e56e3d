"""Dates, months and days of the week in words: `12 Nov`, `November 12th, 2026`, `on Monday`."""

import re

from bot.domain.text.word_list import words

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DAYS = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
# Words that are something else more often: they count with a capital, and alone only behind a word that a time follows.
_MONTH = rf"(?!(?-i:may|march|mar)\b)(?:{_MONTHS})\.?"
_DAY = rf"(?:(?:{_DAYS})\.?,?\s)?"
_OF_MONTH = r"\d{1,2}(?:st|nd|rd|th)?"
_PLAIN = "january|february|april|june|july|september|october|november|december"
_OTHER = "Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|March|May|August|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_BEFORE = "in|on|for|of|since|until|till|by|from|to|through|between|before|after|during|last|next|this"

# A text without any of these words has no date in words.
CALENDAR = words(
    "mon monday mondays tue tues tuesday tuesdays wed wednesday wednesdays thu thur thurs thursday thursdays fri friday fridays"
    " sat saturday saturdays sun sunday sundays jan january feb february mar march apr april may jun june jul july aug august"
    " sep sept september oct october nov november dec december"
)
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_DAY}{_OF_MONTH}\.?(?:\sof)?[\s-]{_MONTH}(?:,?[\s-]\d{{2,4}})?(?!\w)",
        rf"\b{_DAY}{_MONTH}\s{_OF_MONTH}(?:,?\s\d{{4}})?(?!\w)",
        rf"\b{_MONTH}[\s-]\d{{4}}(?!\w)",
        rf"\b(?:{_PLAIN})\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
        rf"\b(?:{_DAYS})\.?,?\s(?=\d)",
    )
)
_BEHIND = re.compile(rf"\b({_BEFORE}) (?-i:{_OTHER})\b\.?", re.IGNORECASE)


def without_dates(text: str, value: str) -> str:
    """Return a text in which dates, months and days of the week are replaced by `value`. Linear."""
    for pattern in _DATES:
        text = pattern.sub(f" {value} ", text)
    return _BEHIND.sub(rf"\1 {value} ", text)
