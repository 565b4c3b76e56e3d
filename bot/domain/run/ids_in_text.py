"""Which runs and records a text names, such as a message that somebody wrote for people."""

import re

from bot.domain.run.record_references import OF_RECORD, clean, with_schemes
from bot.domain.run.run_ids import BEGINNING, RUN_LINK
from bot.domain.text.typed import readable, typed, with_plain_dashes, with_plain_ids
from bot.ids import UUID_PATTERN, as_beginning, as_uuid

_IN_TEXT = re.compile(
    rf"{RUN_LINK.pattern}|(?:aionis|memory)://[^\s<>|`'\"]{{1,600}}?{UUID_PATTERN}|{UUID_PATTERN}", re.IGNORECASE
)
_ID_LENGTH = 36


def find_references(text: str) -> list[str]:
    """Return the run ids and URIs in a message's text, in order, without repeats.

    Ids are recognised with whatever dashes, and given in lower case; tenant and scope of a URI stay as they are. Of a run's link
    the run counts alone.
    """
    text = with_schemes(readable(text))
    plain = with_plain_dashes(text)
    found = (match.group(1) or clean(_as_written(text, match)) for match in _IN_TEXT.finditer(plain))
    return list(dict.fromkeys(as_uuid(one) or one for one in found))


def find_named(text: str) -> list[str]:
    """Return the run ids and URIs that a message is asked about: where it names none, ids without dashes count.

    Traces have such ids, too, so that they are none while anything better is there.
    """
    found = find_references(text)
    dashed = "" if found else with_plain_ids(readable(text))
    return find_references(dashed) if dashed and dashed != with_plain_dashes(readable(text)) else found


def names_something(text: str) -> bool:
    """Tell whether a typed text names a run or a record. A beginning of an id has a digit and a letter, or stands alone."""
    plain = with_plain_ids(typed(text))
    beginnings: list[str] = BEGINNING.findall(plain)
    likely = any(re.search("[0-9]", one) and re.search("[a-fA-F]", one) for one in beginnings)
    return likely or bool(_IN_TEXT.search(plain) or (beginnings and as_beginning(clean(plain))))


def _as_written(text: str, match: re.Match[str]) -> str:
    """Return a URI with its tenant and scope as they were written, and its id with plain dashes; an id as it was found."""
    if not OF_RECORD.match(match.group()):
        return match.group()
    id_ = match.end() - _ID_LENGTH
    return text[match.start() : id_] + match.group()[-_ID_LENGTH:]
