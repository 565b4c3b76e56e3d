"""Making text from outside safe to show: masked, literal, bounded, and saying what was cut.

Whatever comes from Aionis or from people goes through `outside` (or `outside_json`) and then only into places that Slack does
not parse: rich text, plain text with emoji off, or a code span made by `code_span`.
"""

import json
import re
import unicodedata
from datetime import datetime
from typing import Any

from bot.domain.redaction.findings import cut_after, outside_mark
from bot.domain.text.visible import visible
from bot.runtime.masking import mask_text, mask_value

_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:)")
_WORD_JOINER = "\u2060"  # shown as nothing; behind a colon it keeps the name from being an emoji
_NARROW_FROM = 1_000  # characters that are looked at
_SHORT_WORD = 9
_WIDE, _BROAD = (
    2.0,
    1.6,
)  # ordinary letters that a wide one takes the room of, and a broad one where letters are not all alike


def outside(text: str, limit: int, *, one_line: bool = False) -> str:
    """Return outside text masked, with hidden characters made visible, cut to `limit` characters ("… [+N]" says how much)."""
    shown = visible(mask_text(text).replace("\r\n", "\n"))
    if one_line:
        shown = " ".join(shown.split())
    return cut(shown, limit) or "(empty)"


def outside_json(value: Any, limit: int) -> str:
    """Return a JSON value from outside on one line, with secrets masked by key and shape, cut to `limit` characters."""
    if isinstance(value, str):
        return outside(value, limit)
    text = json.dumps(mask_value(value), ensure_ascii=False, separators=(", ", ": "), default=str)
    return cut(visible(text), limit)


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, ending in how many are not shown; those that masking cut before are counted, too."""
    if len(text) <= limit:
        return text
    for width in range(8, 16):
        kept = outside_mark(text, limit - width)
        mark = f"… [+{cut_after(text, kept):,}]"
        if len(mark) <= width:
            return text[:kept] + mark
    raise AssertionError("no text is long enough to come here")


def narrow(text: str, width: int, *, code: bool = False) -> str:
    """Return outside text on one line, cut by an ellipsis where it is wider than so many ordinary letters.

    For what has to fit a screen whatever the value, and stands whole somewhere else. In `code` all but wide letters are alike.
    """
    shown = outside(text, _NARROW_FROM, one_line=True)
    room = float(width)
    for place, letter in enumerate(shown):
        broad = not code and (letter.isupper() or letter in "mw@%")
        room -= _WIDE if unicodedata.east_asian_width(letter) in "WF" else _BROAD if broad else 1
        if room < 0:
            return f"{_whole_words(shown[: max(place - 1, 1)])}…"
    return shown


def _whole_words(begun: str) -> str:
    """Return a beginning of a text without its last word, which is cut, where that is short."""
    words, blank, last = begun.rpartition(" ")
    return words if blank and len(last) <= _SHORT_WORD else begun.rstrip()


def escape(text: str) -> str:
    """Escape for mrkdwn, and keep `:names:` from becoming emoji. For the fallback text, which Slack always parses."""
    # These three and no others: Slack would show any other entity as it is written.
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _EMOJI_NAME.sub(f":{_WORD_JOINER}", text)


def code_span(text: str) -> str:
    """Return a mrkdwn code span of a short text; backticks, which would end it, become apostrophes."""
    return f"`{escape(text.replace('`', '’'))}`"


def linked(words: str, link: str | None) -> str:
    """Return our own words as a mrkdwn link; just the words where Slack did not say where they lead."""
    return f"<{link}|{words}>" if link else words


def mrkdwn_time(moment: datetime) -> str:
    """Return a time that Slack shows in the reader's own zone."""
    if moment.timestamp() < 0:  # Slack's dates begin in 1970
        return utc(moment)
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time_secs}}|{utc(moment)}>"


def utc(moment: datetime) -> str:
    """Return a time in words for where Slack cannot localise it, such as `2026-11-23 00:07:13 UTC`."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(seconds: float | None) -> str:
    """Return a duration in words: `806 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`, `3 h`, `3 d 4 h`; "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return _parts(minutes, "min", rest, "s")
    hours, minutes = divmod(minutes, 60)
    return _parts(hours, "h", minutes, "min") if hours < 48 else _parts(hours // 24, "d", hours % 24, "h")


def _parts(large: int, unit: str, small: int, its_unit: str) -> str:
    return f"{large} {unit} {small} {its_unit}" if small else f"{large} {unit}"


def age(seconds: float | None) -> str:
    """Return how long something has been so, in words: `less than a minute`, `14 min`, `2 h 5 min`; "" where not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return "less than a minute"
    return f"{int(seconds) // 60} min" if seconds < 3600 else duration(seconds)
