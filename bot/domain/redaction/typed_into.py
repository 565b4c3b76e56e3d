"""What code types into a field of a page or form: `getByLabel('Password').fill('…')`."""

import re
from collections.abc import Iterator

from bot.domain.redaction.key_names import Judge, Strength
from bot.domain.redaction.looks import is_harmless
from bot.domain.redaction.rules import Found

_TYPED = re.compile(
    r"(?P<quote>[\"'`])(?P<field>[^\"'`\n]{2,120})(?P=quote)\]?\s{0,4}\)\s{0,4}\.(?:first\(\)\.|last\(\)\.)?"
    r"(?:fill|type|send_?[kK]eys|set_?[vV]alue|set_?[tT]ext|press_?[sS]equentially|enter_?[tT]ext|clear_and_type)\(\s{0,4}[\"'`](?P<value>[^\"'`\n]{3,400})[\"'`]"
)
_WORDS = re.compile(r"[A-Za-z][A-Za-z_]{2,40}")


def typed_into(text: str, judge: Judge) -> Iterator[Found]:
    """Find such values, where the field is called as a secret is."""
    for match in _TYPED.finditer(text):
        promise = max(map(judge, _WORDS.findall(match["field"])), default=judge(""))
        if promise.strength is Strength.SURE and not is_harmless(match["value"]):
            yield Found(*match.span("value"), promise.kind)
