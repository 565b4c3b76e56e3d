"""Keys of services that no list knows: a prefix, as services write one before their keys, and what was drawn at random.

Ids of records are written so, too (`msg_…`, `call_…`, `req_…`); of the ids that agents, clouds and payments give out, none has more
than 27 letters and digits of both cases, or 36 in lower case behind another word than that of a record.
"""

import re
from collections.abc import Iterator

from bot.domain.redaction.looks import looks_random
from bot.domain.redaction.randomness import is_explained
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.wordy import is_wordy
from bot.domain.text.word_list import words

_BODY = re.compile(r"(?<=[a-z0-9])[_-](?P<body>[A-Za-z0-9]{28,200})(?![A-Za-z0-9_/+=-])(?!\.[a-z])")
_PREFIX = re.compile(r"(?<![A-Za-z0-9_.+@%#$-])[a-z][a-z0-9]{1,11}(?:[_-][a-z0-9]{1,10}){0,2}\Z")
_WIDEST = 36
_HEX = re.compile(r"[0-9a-f]+")
_BASE32 = re.compile(r"[a-z2-7]+")
_LEAST_LOWER = 32
_HEXADECIMAL = (40, 64)  # lengths of keys; ids of 32, 48 and 50 hexadecimal digits are common
_LEAST_DIGITS = 0.08
# Of what records, files and versions are called, and how that is cut short.
_RECORDS = words(
    """
    req request resp res response msg message run step thread asst item call toolu tooluse srvtoolu mcptoolu tool chatcmpl cmpl
    compl gen generation event evt ev trace span sess session conv conversation file files user usr cus customer sub subscription
    pi ch re price prod product promo in ii seti pm src acct account txn tr order ord id uid gid job task build deploy dpl
    deployment rel release commit tree blob pack image img layer chunk main vendor app bundle asset cache node pod rs
    container cntr cluster vpc ami vol snap sg eni rtb subnet lambda batch org proj project team ws workspace chan channel
    room doc page block modules pnpm yarn npm deps lock hash sha sha1 sha256 sha384 sha512 md5 etag rev version vs vector ft
    model video vid audio clip track album photo media upload obj object record row rec tbl table view fld fs fc fp ci ig
    mcp mcpl tso tsc cmp cfile pmpt skill browser visitor device client invoice inv quote payout po dp card ba mandate setup link
    plink cs webhook we hook ep endpoint notification notif alert incident inc ticket tkt case chat comment reaction status
    diff index func function query view group role policy rule test fixture snapshot tmp temp dir volume network
    """
)


def prefixed_rule() -> Rule:
    """Return the rule, which is not tried under a name such as `hash` or `cursor`."""
    return Rule(frozenset({"API key"}), _prefixed, hints=("_", "-"), by_look=True)


def _prefixed(text: str) -> Iterator[Found]:
    for match in _BODY.finditer(text):
        prefix = _PREFIX.search(text, max(0, match.start() - _WIDEST), match.start())
        if not prefix or is_explained(text[: prefix.start()][-60:]):
            continue
        parts = re.split(r"[_-]", prefix[0])
        if _RECORDS.isdisjoint(parts) and _is_key(match["body"], snake=match[0][0] == "_"):
            yield Found(prefix.start(), match.end(), "API key")


def _is_key(body: str, *, snake: bool) -> bool:
    if body != body.lower():
        return body != body.upper() and looks_random(body, 24)
    if _HEX.fullmatch(body):
        return snake and len(body) in _HEXADECIMAL and not body.isdigit()
    digits = sum(map(str.isdigit, body)) / len(body)
    return len(body) >= _LEAST_LOWER and digits >= _LEAST_DIGITS and not _BASE32.fullmatch(body) and not is_wordy(body)
