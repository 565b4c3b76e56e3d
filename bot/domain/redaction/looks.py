"""What a value looks like by itself: drawn at random, like a secret at all, or like something that stands where one would."""

import base64
import binascii
import hashlib
import re
from functools import lru_cache
from itertools import pairwise

from bot.domain.redaction.public_keys import is_public_key
from bot.domain.redaction.references import is_reference
from bot.domain.text.word_list import words

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+|[0-9]+")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T _-]?\d\d.*)?")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=.~%-]+")
_SEPARATORS = re.compile(r"[-_./+=~%:@#]+")
# Parts of names between separators: a word, a number, a word with a number, a bit of a hash.
_PLAIN_PART = re.compile(
    r"[A-Z]?[a-z]*|[A-Z]+|[0-9]+|[0-9a-f]+|[a-z]{1,3}[0-9]{1,6}|[A-Z]{1,4}[0-9]{1,8}|[0-9]{1,4}[a-z]{1,3}"
)
_BASE58_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58 = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}")
_IPFS = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")
_RECORD_ID = re.compile(r"[a-z]{2,10}[_-](?:[0-9]{6,14}[_-])?[A-Za-z0-9]{8,30}|cs_(?:live|test)_[A-Za-z0-9]{20,80}")
_CHECKOUTS = ("cs_live_", "cs_test_")  # sessions of Stripe's, which are no keys
_PATH_WORD = re.compile(r"[A-Za-z]?[a-z]{3,}")
_CHUNKS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_VOWELS = re.compile(r"[aeiouyAEIOUY]")

# Pairs of letters that are common in the words of European languages; two letters drawn at random are one of four in ten.
_PAIRS = words(
    """
    th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro
    ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so
    rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl
    ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep
    tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi rc rr eg au
    ck ew mu br bi pt ak pu rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af
    hu nn eo vo rv nf xp gn sm fl iz ok gl aw ju oa sy sl ps jo lf nv je nk kn gs dy hy ze ks ik dd sw uk ka ko ku
    za zu tz eu ah oh eh sk ja lk rz pf kt lb rb dm
    """
)

# What stands where a secret would: words that say there is none, types, templates of many languages, `your-token-here`, `***`.
_HARMLESS = re.compile(
    r"(?:(?:bearer|basic|token|apikey|digest) {1,4})?(?:null|none|nil|true|false|undefined|yes|no|n/?a|missing|required|optional|invalid|expired|revoked|empty|unset|not|present"
    r"|absent|unknown|redacted|hidden|masked|filtered|removed|denied|failed|ok|valid|enabled|disabled|accepted|declined|shown|on|off|str|string|bytes|secretstr|text|any|object"
    r"|int|integer|number|bool|boolean|date|list|dict|array|map|void|char|optional|default|include|omit|same-origin|changed|unchanged|rejected|refused"
    r"|read|write|\((?:known|sensitive|unchanged|redacted|hidden|none|null|empty|masked)\)?|amd64|arm64|armhf|i386|x86_64|s390x|ppc64(?:le|el)?|[~^<>=]{1,2} {0,1}v?[0-9]{1,4}(?:\.[0-9x*]{1,6}){0,3}(?:-[\w.]{1,20})?|[0-9]{1,3}(?:_[0-9]{3}){1,6}[A-Za-z]{0,3}|wrong|incorrect|correct|unauthorized|forbidden|malformed|unsupported|deprecated|rotated|used|unused|needed|blank|skip|skipped|todo|tbd|fixme|eof|EOL"
    r"|![A-Za-z][\w:/.-]*|<%.*%>|<[^<>]*>|[#%]\{[^{}]*\}|\[[A-Z#_ -]*\]|\$\{[^{}]*\}?|\$\([^()]*\)?|\$[A-Za-z_]\w*|%{1,2}[A-Z_]+%{1,2}|(?:generated? (?:with|by|using)|run [`./]|see (?:the|docs?|https?|README)|openssl rand|uuidgen|pwgen)\b[^\n]{0,60}|\{\{[^{}]*\}\}|\{(?:[A-Za-z_][\w.]*(?:\([^()]*\))?)?(?:![rsa])?\}|(?:\{[A-Za-z_][\w.]*\}[:/@ -]?){2,6}|@[A-Za-z_.]+@|#\{[^{}]*\}|\$\{\{.*|#\{[^{}]*\}#|\(\([\w./-]+\)\)|%[sdrv]|%\([a-z_]*\)s"
    r"|(?:process\.env|os\.environ|os\.getenv)\b[\w.\[(]*|(?:env|secrets|vars?|config|settings|self|ctx|args)[.\[(][\w.]*"
    r"|(?:your|my|the|insert|enter|put|replace|set|add|paste|example|sample|dummy|fake|some|placeholder|change|changeme|xxx+)(?:[-_ ](?:[a-z]{1,20}|[A-Z]{1,20})){0,8}"
    r"|[\w-]{1,20}\*{3,80}|bearer|basic|digest|negotiate|ntlm|hawk|hmac|aws4-hmac-sha256|#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})"
    r"|(?:example|sample|dummy|fake)(?:key|token|secret|password)|[A-Z_-]{2,12}(?:\.{3}|…)|[A-Z]{2,}(?:_[A-Z]+)*_(?:HERE|PLACEHOLDER|GOES_HERE|TODO|ME)|(?:x|X|\*|•|\.|#|_|…|-|\?|0)*)[.!?,:]?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:must|should|shall|cannot|can't|may not|needs? to|is (?:not|too|required|invalid|missing|incorrect|wrong|expired|already)|are (?:not|required)|required|at least"
    r"|characters|does not|do not|don't|was not|has been|have been|invalid|incorrect|missing|please|the (?:user|password|token|key|secret))\b",
    re.IGNORECASE,
)
_WORKING_DIRECTORY = re.compile(r"(?:~?/[\w.@-]+)+/?|[A-Z]:\\[\w.\\ -]*")
# How an expression begins: a call, an index, a chain of attributes, a keyword, a comparison, a PowerShell command.
_CODE = re.compile(
    r"(?:[A-Za-z_$][\w$]*(?:\??\.|::|->))*[A-Za-z_$][\w$]*(?:<[\w<>, .\[\]]{1,60}>)?(?:\(|\[(?![A-Z]{2,}#)|\?\.|!\.)|\([A-Za-z_$][\w$]{0,60}\s{0,4}[:,)]|\(\)"
    r"|(?:[a-z_$][A-Za-z_$]*\.){1,8}[A-Za-z_$]+(?:[;,):\]]+(?:\Z|\s)|\Z)"
    r"|(?:[A-Z][A-Za-z_]*\.){1,8}[A-Z][A-Za-z_]+(?:[;,):\]]+(?:\Z|\s)|\Z)"
    r"|[A-Z][a-z]\w{0,40}<[A-Z&'][\w<>, &']{0,60}>[,;)]?(?=\s|\Z)"
    r"|\$[A-Za-z_]\w{0,60}(?:->|\{)|\({1,4}[A-Za-z_]\w{0,60}\.\w|qr[/{(|]|m/"
    r"|(?:match|try|unsafe|await|new|return|function|lambda|async|yield|typeof|not|if|else|and|or|is|in|for)\b|[!=<>~]=|\(?(?:\.[*+]|\\[SswWdD]|\[\^)|[A-Z][a-z]{1,12}(?:To|From)?-[A-Z][a-z]{1,20}[A-Za-z]{0,20}(?![\w-])|&[a-z_]+\b(?!=)|\*[a-z_]+\b"
)
# Dates, amounts, URLs, tickets, CONSTANTS, mail addresses, versions, dotted names, MAC and IP addresses, host:port, durations, hashes
# with their name, file names, host names, regions of clouds.
_IDENTIFIER = re.compile(
    r"[0-9]{4}-[0-9]{2}-.*|[0-9.,:;%+$€£()/-]+|[0-9.,]+(?:[a-z]{1,3}|%)|[a-z][a-z0-9+.-]*://.*|[A-Z][A-Z0-9]{1,9}-[0-9]{1,8}"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[\w.+*-]+@[\w-]+(?:\.[\w-]+)+|v?[0-9]+(?:\.[0-9]+)++(?:[-+.][\w.+-]*)?|arn:.*|[a-z]+[.:_-][a-z]+(?:[.:_-][a-z]+)*"
    r"|(?:[0-9A-Fa-f]{4,8}:){3,6}[0-9A-Fa-f]{4,8}"
    r"|(?:keyid:)?(?:[0-9a-fA-F]{2}:)+[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}|[\w.-]{1,80}:[0-9]{2,5}|0x[0-9a-fA-F]{1,16}|[a-z_.-]{2,30}=[0-9.]{1,12}|[0-9]{1,2}[hH][0-9]{0,2}|(?:[0-9]{1,6}(?:ms|us|ns|min|[smhdw])){1,4}|(?:sha|SHA|md5|MD5)-?[0-9]{0,3}[:=-].*"
    r"|(?:[\w-]+\.)+(?:py|js|ts|tsx|jsx|go|rb|rs|java|kt|c|h|cpp|cs|php|sh|sql|json|ya?ml|toml|ini|conf|cfg|env|txt|md|csv|tsv|log|html?|css|xml|lock|pem|key|crt|cer|gz|zip|tar|png|jpe?g|svg|pdf|com|org|net|io|dev|local|internal|example)"
    r"|(?:us|eu|ap|sa|ca|me|af|il|cn|mx)(?:-gov)?-[a-z]{4,9}-?[0-9][a-z]?"
    r"|(?:h1|sha256|sha512|sha1|md5|crc32|etag):\S*|cs_(?:live|test)_[A-Za-z0-9]{8,100}"
)
_STARS = re.compile(r"[*•]|x{4,}|\.{3}|…")
_LEFT_OF_IT = 14
_LEAST_CHANGES = 0.34
_LONG_NAME = 24


def is_harmless(value: str) -> bool:
    """Tell whether a value says that there is no secret, or where one is kept: empty, `null`, `***`, `${TOKEN}`, `op://…`."""
    return (
        (len(value) < 80 and _HARMLESS.fullmatch(value) is not None)
        or _is_starred(value)
        or (is_reference(value) and not has_drawn_part(value))
    )


def _is_starred(value: str) -> bool:
    """Tell a secret of which stars were left before it came here: `sk_live_********4242`."""
    return any(stars in value for stars in ("***", "•••", "xxxxxxxx")) and len(_STARS.sub("", value)) <= _LEFT_OF_IT


def is_sentence(value: str) -> bool:
    """Tell whether a value is a sentence about a secret, such as `must be at least 12 characters`."""
    return " " in value and len(value) < 400 and _SENTENCE.search(value) is not None


def is_directory(value: str) -> bool:
    """Tell whether a value is an absolute path, as under the `PWD` of a shell."""
    return len(value) < 300 and _WORKING_DIRECTORY.fullmatch(value) is not None


def is_code(value: str) -> bool:
    """Tell whether an unquoted value is code that gets the secret from elsewhere: a call, an attribute, an expression."""
    return _CODE.match(value[:200]) is not None


def looks_random(token: str, least: int) -> bool:
    """Tell whether a token of at least `least` characters was drawn at random rather than named.

    Random text changes between upper case, lower case and digits at every second or third character; names do not. Hashes,
    UUIDs, ULIDs, times, public keys, record ids and base64 of readable text are no secrets.
    """
    if len(token) < least or not _TOKEN.fullmatch(token) or _is_hash_or_id(token) or _is_named(token):
        return False
    if len(set(token)) < min(10, len(token) * 2 // 3) or _changes(token) < _LEAST_CHANGES:
        return False
    if len(token) >= _LONG_NAME and is_wordy(token):
        return False  # `V1ValidatorWithValuesAndKwargs`
    # What is base64 of a text is judged by the text (`encoded.py`).
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token) and not is_readable(token)


def has_drawn_part(path: str) -> bool:
    """Tell whether a part between slashes and the like was drawn at random, of upper and lower case or behind a key's prefix."""
    return any(
        (looks_random(part, 12) and part != part.lower()) or _KEY_PREFIX.match(part) for part in _PATH_PARTS.split(path)
    )


def mixes(text: str) -> bool:
    """Tell whether a short word mixes letters with digits or signs, as a password does and a word of a sentence does not."""
    digits = any(char.isdigit() for char in text)
    turns = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return turns > 2 or (digits and any(char.isalpha() for char in text))


@lru_cache(maxsize=2048)
def is_opaque(token: str, least: int = 6, *, hashes: bool = True) -> bool:
    """Tell whether a token could be a secret at all: no word, number, name, path, address, version or placeholder.

    `hashes` says whether UUIDs and long hexadecimal numbers count as opaque, which they do behind a secret's name.
    """
    if len(token) < least or is_harmless(token) or any(char.isspace() for char in token):
        return False
    if UUID.fullmatch(token) or (len(token) >= 16 and _HEX.fullmatch(token)):
        return hashes and not (token.isdigit() and len(token) < 24)
    if _IDENTIFIER.fullmatch(token) or is_path(token) or _ULID.fullmatch(token):
        return False
    if not mixes(token) and not _has_odd_signs(token):
        return len(token) >= 20 and token.isascii() and token.isalnum() and not is_wordy(token)
    return not is_wordy(token) and not is_numbered(token)


def is_identifier(token: str) -> bool:
    """Tell whether a token has the form of something that is named, counted or addressed."""
    return is_named(token) or UUID.fullmatch(token) is not None


def is_named(token: str) -> bool:
    """Tell whether a token has the form of something that is named, counted or addressed; UUIDs and hashes aside."""
    return (_IDENTIFIER.fullmatch(token) is not None and not (len(token) >= 16 and _HEX.fullmatch(token))) or is_path(
        token
    )


def is_wordy(token: str) -> bool:
    """Tell whether words make up most of a token, as in class names and slugs."""
    letters = sum(len(chunk) for chunk in _CHUNKS.findall(token) if len(chunk) >= 4 and _is_word(chunk))
    return letters >= 0.6 * len(token)


def _is_word(chunk: str) -> bool:
    """Tell whether letters follow one another as in words: with vowels among them, and in pairs that are common."""
    lowered = chunk.lower()
    vowels = len(_VOWELS.findall(chunk))
    common = sum(a + b in _PAIRS for a, b in pairwise(lowered))
    return 0.2 * len(chunk) <= vowels <= 0.75 * len(chunk) and common >= 0.75 * (len(chunk) - 1)


def _has_odd_signs(token: str) -> bool:
    """Tell whether signs stand inside of a token that no name or sentence has there."""
    return any(char in "#!$%^&*+=~?@|\\" for char in token[1:-1]) and any(char.isalpha() for char in token)


def is_chosen(text: str) -> bool:
    """Tell whether a text is built as people build passwords: `tulip42`, `Tulip-rain42!`."""
    signed = text.isalnum() or any(char in "!#$%^&*?@" for char in text) or not is_numbered(text)
    return (
        len(text) >= 8 and " " not in text and (text.isdigit() or (mixes(text) and signed and not is_identifier(text)))
    )


def is_numbered(token: str) -> bool:
    """Tell whether a token is words and numbers between separators: `gpt-4o-2024-08-06`, `orders-26`, `payments-api-9j94ck82lx-hcz7r`."""
    if token[-1:] in _ENDS_OF_PASSWORDS and len(token) >= 8 and mixes(token):
        return False
    parts = [part for part in _SEPARATORS.split(token) if part]
    plain = [
        part
        for part in parts
        if _NUMBERED_PART.fullmatch(part) and (part.isdigit() or len(part) < 5 or _is_word_like(part))
    ]
    if len(parts) == 1:
        return len(plain) == 1 and len(token) < 8
    return len(plain) == len(parts) or (
        len(parts) >= 3
        and "-" in token
        and token.islower()
        and all(len(part) <= 10 for part in parts)
        and _is_word(parts[0])
        and _is_word_like(parts[0])
    )


_PATH_PARTS = re.compile(r"[/:#?&=]+")
_KEY_PREFIX = re.compile(r"[a-z]{2,12}[_-](?:[a-z]{2,8}[_-])?[A-Za-z0-9]{20,}\Z")
_ENDS_OF_PASSWORDS = frozenset("#%@~+")
_NUMBERED_PART = re.compile(r"[A-Za-z]?[a-z]{1,20}|[A-Z]{1,12}|[0-9]{1,10}|v?[0-9]{1,4}[a-z]?|[A-Za-z]{1,4}[0-9]{1,4}")


def _is_word_like(part: str) -> bool:
    return not part.isalpha() or len(part) < 4 or _is_word(part)


def _is_hash_or_id(token: str) -> bool:
    return (
        token.startswith(_CHECKOUTS)
        or any(shape.fullmatch(token) for shape in (UUID, _HEX, _ULID, _TIME))
        or is_public_key(token)
    )


def _is_named(token: str) -> bool:
    parts = [part for part in _SEPARATORS.split(token) if part]
    return all(_PLAIN_PART.fullmatch(part) or UUID.fullmatch(part) for part in parts)


def is_record_id(token: str) -> bool:
    """Tell whether a token is built like a record's id: a short word, then at most 30 characters (`call_…`, `chatcmpl-…`)."""
    return _RECORD_ID.fullmatch(token) is not None


def is_address(token: str) -> bool:
    """Tell whether a token is base58 that says so itself: a Bitcoin address, by its checksum, or IPFS' name of a file."""
    if _IPFS.fullmatch(token):
        return _base58(token, 34)[:2] == b"\x12\x20"
    raw = _base58(token, 25) if _BASE58.fullmatch(token) else b""
    return bool(raw) and hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _base58(token: str, length: int) -> bytes:
    number = 0
    for char in token:
        number = number * 58 + _BASE58_DIGITS.index(char)
    return number.to_bytes(length, "big") if number >> 8 * length == 0 else b""


def is_path(token: str) -> bool:
    """Tell whether slashes divide a token into parts of which some are words."""
    parts = token.split("/")
    return len(parts) > 1 and any(_PATH_WORD.fullmatch(part) for part in parts)


def _changes(token: str) -> float:
    """Return how many neighbours differ in kind (upper, lower, digit), as a share of all neighbours."""
    pairs = [(a, b) for a, b in pairwise(token) if a.isalnum() and b.isalnum()]
    return sum(_class(a) != _class(b) for a, b in pairs) / len(pairs) if pairs else 0.0


def _class(char: str) -> int:
    return 2 if char.isdigit() else int(char.isupper())


def is_readable(token: str) -> bool:
    """Tell whether a token is base64 of readable text."""
    plain = decoded(token)
    readable = sum(32 <= byte < 127 or byte in b"\n\r\t" for byte in plain)
    return bool(plain) and readable >= 0.95 * len(plain)


def decoded(token: str) -> bytes:
    """Return what a token is base64 of, or nothing where it is no base64."""
    try:
        return base64.b64decode(token.rstrip("=").replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        return b""
