"""Secrets that are known by their own shape: rows of `kinds.py`, and what a prefix and an alphabet do not tell."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.domain.redaction.kinds import CLEAR, MIXED
from bot.domain.redaction.looks import is_harmless, looks_random, mixes
from bot.domain.redaction.password_hashes import hash_rules
from bot.domain.redaction.rules import Found, Rule, anything, pattern_rule
from bot.domain.redaction.tree import beginnings
from bot.domain.redaction.wordy import is_wordy

START = r"(?<![A-Za-z0-9])"
_REST = r"[A-Za-z0-9_-]{0,4000}(?:[.%=/+~:!$][A-Za-z0-9_=%+-]{4,2000}){0,8}=*"
# What services write before a key of any vendor: `acme_live_…`, `acme-pat-…`, `sk_1x1_…`.
_SELF_TOLD = (
    r"(?<![A-Za-z0-9]_)(?!cs_)(?:[a-z][a-z0-9]{1,11}[_-]){0,2}"
    r"(?:live[_-]|test[_-]|prod[_-]|production[_-]|sandbox[_-]|secret[_-]|sec[_-]|pat[_-]|sat[_-]|oat[_-]|sk[_-]|(?:token|key)[_-](?=[a-f0-9]{0,40}[g-zA-Z]))"
    r"(?:[a-z0-9]{1,8}_)?(?P<body>[A-Za-z0-9]{18,200})(?![A-Za-z0-9_-])"
)
# What a vendor that nobody has listed writes before its keys: a few consonants that end in `k`, as in `gsk_`, `tk_`, `ctk_v2_`.
_K_PREFIXED = (
    r"(?<![A-Za-z0-9_.-])(?!(?:tsk|blk|lnk|trk|chk|stk|dsk|wk|bk|pk|bnk|bkmk|mk|ntwk|clk|rsk|ask|ink|elk|oak|ok|uk|irk|ark|apk|sdk)[_-])"
    r"[aeiou]?[b-df-hj-np-tv-xz]{0,4}k[_-](?:(?:v\d|live|test|prod|dev|eu|us)[_-]){0,2}(?P<body>[A-Za-z0-9]{18,200})(?![A-Za-z0-9_-])"
)
_GROUPS = r"(?:[A-Z]{2,10}-)?(?P<body>(?:[A-Z0-9]{5,8}-){3,7}[A-Z0-9]{5,8})(?![A-Za-z0-9-])"
_WEBHOOKS = (
    r"(?i:contribsys(?:__|\.)com)[\"']?\s{0,4}[=:]\s{0,4}[\"']?(?P<secret>[0-9a-f]{8}:[0-9a-f]{8})",
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9_/-]{8,300})",
    r"discord(?:app)?\.com/api/(?:v\d{1,3}/)?webhooks/\d{1,30}/(?P<secret>[A-Za-z0-9_-]{12,200})",
    r"webhook\.office\.com/(?P<secret>[A-Za-z0-9_@/-]{20,600})",
    # Ways into chains, whose last part is the key.
    r"(?:infura\.io/(?:ws/)?v3|\.quiknode\.pro|rpc\.ankr\.com/\w{2,30}|go\.getblock\.io)/(?P<secret>[0-9a-f]{32,64})",
    # Where logs are sent to.
    r"(?:loggly\.com/(?:inputs|bulk)|datadoghq\.(?:com|eu)/v1/input)/(?P<secret>[0-9a-f-]{32,36})",
    r"openweathermap\.org/[^\s\"']{1,200}?[?&]appid=(?P<secret>[0-9a-f]{32})",
    r"api\.telegram\.org/(?:file/)?bot(?P<secret>\d{6,12}:[A-Za-z0-9_-]{20,60})",
    r"(?:outlook\.office\.com/webhook|chat\.googleapis\.com/v1/spaces|hooks\.zapier\.com/hooks/catch|maker\.ifttt\.com/trigger"
    r"|logic\.azure\.com(?::443)?/workflows|hook\.(?:eu|us)\d?\.make\.com|events\.pagerduty\.com/integration)"
    r"/(?P<secret>[A-Za-z0-9_@/?&=%.-]{12,600})",
)
# Name, expression, and hints without which it cannot match.
_FORMS: tuple[tuple[str, ...], ...] = (
    ("JWT", r"ey[JK][A-Za-z0-9_-]{8,1000}+\.[A-Za-z0-9_-]{4,16000}+(?:\.[A-Za-z0-9_-]*+){0,3}", "eyJ", "eyK"),
    ("JWT", r"ewog[A-Za-z0-9_-]{8,1000}+={0,2}\.[A-Za-z0-9_-]{4,16000}+={0,2}(?:\.[A-Za-z0-9_-]*+){0,3}", "ewog"),
    ("SendGrid key", r"SG\.[A-Za-z0-9_=.-]{20,200}", "SG."),
    ("Airtable token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{16,64}", "pat"),
    ("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{10,100}", ".atlasv1."),
    ("Discord token", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{10,60}", "."),
    ("Resend key", r"re_[A-Za-z0-9]{7,9}_[A-Za-z0-9]{14,40}", "re_"),
    ("1Password key", r"A3-[A-Z0-9]{6,22}-[A-Z0-9]{5,28}(?:-[A-Z0-9]{2,22}){1,5}", "A3-"),
    ("Mailchimp key", r"[0-9a-f]{32,48}-us[0-9]{1,2}", "-us"),
    ("Mailgun key", r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![0-9a-f-])", "-"),
    ("Telegram token", r"\d{8,10}:A[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])", ":A"),
    ("Azure secret", r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{20,34}", "Q~"),
    ("Salesforce session", r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{16,160}", "!A"),
    ("Facebook token", r"\d{13,17}(?:\||%7C|%)[A-Za-z0-9_-]{20,60}(?![A-Za-z0-9])", "|", "%"),
    ("Adyen key", r"AQE[A-Za-z0-9+/]{20,300}[A-Za-z0-9+/=]{0,4}-[^\s\"'`\\]{8,100}", "AQE"),
    ("New Relic key", r"[0-9a-f]{32,36}NRAL", "NRAL"),
    ("MaxMind key", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{20,34}_mmk", "_mmk"),
    ("Intercom token", r"dG9rO[A-Za-z0-9+/_-]{30,200}={0,2}", "dG9rO"),
    ("Ghost key", r"[0-9a-f]{24}:[0-9a-f]{64}", ":"),
    ("Asana token", r"\d/\d{13,20}(?:/\d{13,20})?:[0-9a-f]{24,40}", "/"),
    ("Azure storage key", r"(?<![-:+/=])[A-Za-z0-9+/]{86}==", "=="),
    ("AWS key id", r"AKIA(?=[A-Z]{0,9}[0-9])[A-Z0-9]{6,20}(?![A-Za-z0-9])", "AKIA"),
    ("AWS key id", r"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA)[A-Z0-9]{12,20}(?![A-Za-z0-9])", "AKIA", "ASIA", "ABIA", "ACCA", "AGPA", "AIDA", "AROA", "ANPA", "ANVA", "AIPA"),
    ("ClickUp token", r"pk_\d{6,10}_[A-Z0-9]{20,40}", "pk_"),
    ("Kubernetes token", r"(?<=\s)[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9.])", "."),
    ("Okta token", r"00[A-Za-z0-9_-]{38,42}(?![A-Za-z0-9_-])", "00"),
    ("Fly token", r"FlyV1 [A-Za-z0-9+/_,=-]{20,4000}", "FlyV1"),
    ("Bitwarden token", r"0\.[0-9a-f-]{36}\.[A-Za-z0-9]{20,40}:[A-Za-z0-9+/]{20,40}={0,2}", "0."),
    ("Dynatrace token", r"dt0[a-zA-Z]\d\d\.[A-Z0-9]{12,30}(?:\.[A-Z0-9]{16,80})?", "dt0"),
    ("Twitch key", r"live_\d{6,14}_[A-Za-z0-9]{18,60}", "live_"),
    ("API key", r"sk_\d{3,8}_\d{3,10}_[0-9a-f]{24,64}", "sk_"),
    ("API key", r"API_KEY[0-9A-Z]{32}(?![A-Za-z0-9_])", "API_KEY"),
    ("AWS key id", r"A3T[A-Z0-9](?=[A-Z]{0,15}[0-9])[A-Z0-9]{16}(?![A-Za-z0-9])", "A3T"),
    ("Vault token", r"s\.[A-Za-z0-9]{24}(?![A-Za-z0-9(.])", "s."),
    ("Zoho token", r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}", "1000."),
    ("Authress key", r"(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{8,32}\.[A-Za-z0-9+/_=-]{16,120}", ".acc"),
    ("Lob key", r"(?<!cs_)(?:live|test)_(?:pub_)?[0-9a-f]{20,40}", "live_", "test_"),
    ("account's token", r"AC[0-9a-f]{32}:(?P<secret>[0-9a-f]{32})", "AC"),
    ("UptimeRobot key", r"[um]\d{4,9}-[0-9a-f]{20,34}(?![0-9a-f-])", "-"),
    ("Jenkins token", r"11[0-9a-f]{32}(?![A-Za-z0-9])", "11"),
    ("fal key", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}(?![0-9a-f])", ":"),
    ("Convex key", r"(?:prod|dev|preview):[a-z]{3,20}-[a-z]{3,20}-\d{1,4}\|[A-Za-z0-9+/=]{30,200}", "|"),
    ("Unleash token", r"(?<!\*)(?:[a-z][\w-]{0,30}|\*):(?:development|production|staging|test)\.[0-9a-f]{32,64}", ":dev", ":prod", ":stag", ":test"),
    # Letters of both cases: `<trace id>.<span id>` and `<hash>.<name of a picture>` are none.
    ("Zhipu key", r"[0-9a-f]{32}\.(?=[a-z0-9]{0,15}[A-Z])(?=[A-Z0-9]{0,15}[a-z])[A-Za-z0-9]{16}(?![A-Za-z0-9]|\.[A-Za-z0-9])", "."),
    ("service key", r"(?:[a-z]{2,12}[_-])?(?:api[_-]?key|secret|pat)[_-][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "key", "secret", "pat"),
    ("prefixed key", _K_PREFIXED, "k_", "k-"),
    ("license key", _GROUPS, "-"),
    ("API key", _SELF_TOLD, "live", "test", "prod", "sandbox", "sec", "token", "key", "pat", "sk", "sat", "oat"),
)  # fmt: skip
_WEBHOOK_HINTS = (
    "contribsys",
    "webhook",
    "hooks.",
    "api.telegram",
    "infura",
    "quiknode",
    "ankr",
    "getblock",
    "openweathermap",
    "loggly",
    "datadoghq",
    "googleapis",
    "ifttt",
    "logic.azure",
    "make.com",
    "pagerduty",
)
_ENVIRONMENTS = ("live_", "test_")
_OF_AN_ID = re.compile(r"(?<![A-Za-z0-9])cs_\Z")
_EXAMPLE = re.compile(r"(?i:(?:\A|[-_])your[-_]|[-_]here\Z|placeholder|x{5}|y{5})")
_SHORT = 1_000
_WORDS = re.compile(r"[a-z]+(?:[-_][a-z]+)+|[A-Z]+(?:[-_][A-Z]+)+")


# One at a time, when a token begins as the row says: to compile some hundred at import would be a tenth of a start.
_compiled = functools.cache(re.compile)


@dataclass(frozen=True, slots=True)
class Shape:
    """A row of the table, ready to be tried where a token begins; `source` is the expression of `form`."""

    kind: str
    source: str
    accepts: Callable[[str], bool]

    @property
    def form(self) -> re.Pattern[str]:
        """Return the expression compiled."""
        return _compiled(self.source)


def shape_rules() -> tuple[Rule, ...]:
    """Return the rules by shape, the most telling first."""
    return (
        *(pattern_rule("webhook", pattern, *_WEBHOOK_HINTS, accepts=_is_drawn_hook) for pattern in _WEBHOOKS),
        pattern_rule(
            "AWS key id",
            r"(?<=[A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])",
            "AKIA",
            "ASIA",
            accepts=_is_id,
            exact=True,
        ),
        *(
            pattern_rule(name, START + form, *hints, accepts=_ACCEPTS.get(name, _is_real), exact=True)
            for name, form, *hints in _FORMS
        ),
        Rule(frozenset(name for name, *_ in (*CLEAR, *MIXED)), _prefixed, hints=("",)),
        *hash_rules(),
    )


def has_prefix(text: str) -> bool:
    """Tell whether a token in a text begins as a credential of some kind does, or the text is too short to ask."""
    return len(text) <= _SHORT or any(True for _ in _candidates(text)) or any(hint in text for hint in _TELLING_HINTS)


def _candidates(text: str) -> Iterator[tuple[int, tuple[Shape, ...]]]:
    """Yield where tokens begin with a prefix of the table, and the rows to try there, those with longer prefixes first."""
    for match in _BEGINNINGS.finditer(text):
        at = match.start()
        if text.startswith(_ENVIRONMENTS, at) and _OF_AN_ID.search(text, max(0, at - 4), at):
            continue  # a session of Stripe's Checkout
        glued = text[max(0, at - 1) : at].isascii() and text[max(0, at - 1) : at].isalnum()
        shapes = [
            _stricter(shape) if glued else shape
            for size in _PREFIX_SIZES
            if (rows := _SHAPES.get(prefix := text[at : at + size])) and not (glued and prefix not in _GLUED)
            for shape in rows
        ]
        if shapes:
            yield at, tuple(shapes)


def _stricter(shape: Shape) -> Shape:
    return Shape(shape.kind, shape.source, _is_drawn)


def _prefixed(text: str) -> Iterator[Found]:
    done: dict[re.Pattern[str], int] = {}  # no row reads a character twice, lest hostile texts take quadratic time
    for at, shapes in _candidates(text):
        for shape in shapes:
            match = shape.form.match(text, at) if done.get(shape.form, 0) <= at else None
            if match:
                done[shape.form] = match.end()
                if shape.accepts(match["body"]):
                    yield Found(*match.span(), shape.kind)
                    break  # the first row that fits has the longest prefix, and names it best


def _is_drawn_hook(secret: str) -> bool:
    """Tell a webhook's own part from the x's of an example."""
    return len(set(secret.rstrip("/").rpartition("/")[2].partition("?")[0])) > 3 or "sig=" in secret


def _is_id(token: str) -> bool:
    return not token.endswith("EXAMPLE")  # as the key ids in AWS' own documentation do


def _is_real(body: str) -> bool:
    """Tell a key from the prose that describes one: `sk_live_xxxxxxxx`, `ghp_your_token_here`."""
    if is_harmless(body) or _EXAMPLE.search(body) or len(set(body)) <= 3 or _WORDS.fullmatch(body):
        return False
    return not is_wordy(body) or (any(char.isdigit() for char in body) and not _is_slug(body)) or _turns(body)


def _turns(body: str) -> bool:
    return body != body.lower() and body != body.upper() and not body.istitle()


def _is_drawn(body: str) -> bool:
    return (looks_random(body, 12) and not _EXAMPLE.search(body)) or (
        len(body) >= 12
        and mixes(body)
        and not is_wordy(body)
        and len(set(body)) > 5
        and not _is_slug(body)
        and not _EXAMPLE.search(body)
    )


def _is_slug(body: str) -> bool:
    return re.search(r"[A-Za-z]{2,}[-_./][A-Za-z]{2,}", body) is not None and is_wordy(re.sub(r"[\d]", "", body))


def _is_grouped(body: str) -> bool:
    """Tell the groups of a license key, which mix letters and digits, from words, numbers and UUIDs in capitals."""
    groups = body.split("-")
    mixed = sum(not group.isalpha() and not group.isdigit() for group in groups)
    return len(set(map(len, groups))) == 1 and mixed >= len(groups) - 1 and any(char > "F" for char in body)


_ACCEPTS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(
        ("Discord token", "Kubernetes token", "Vault token", "Salesforce session", "Telegram token", "Resend key"),
        _is_drawn,
    ),
    "Azure storage key": lambda token: looks_random(token, 60),
    "Okta token": lambda token: looks_random(token, 30) and token != token.lower() and token != token.upper(),
    "AWS key id": _is_id,
    "prefixed key": lambda body: (
        any(char.isdigit() for char in body) and any(char.isalpha() for char in body) and not is_wordy(body)
    ),
    "license key": _is_grouped,
    "account's token": anything,
    "UptimeRobot key": anything,
    "Jenkins token": anything,
    "fal key": anything,
    "service key": anything,
    "Unleash token": anything,
    "API key": lambda body: any(char.isdigit() for char in body) and _is_drawn(body),
}


# Prefixes of keys that are also parts of names.
_ALSO_WORDS = frozenset({"pat.", "sat.", "mfa.", "amzn.", "oauth:", "aph0_"})


def _shapes() -> dict[str, tuple[Shape, ...]]:
    """Return the rows of the table by their prefixes."""
    shapes: dict[str, tuple[Shape, ...]] = {}
    for rows, accepts in ((CLEAR, _is_real), (MIXED, _is_drawn)):
        for name, prefixes, alphabet, least in rows:
            source = rf"(?:{_either(prefixes.split())})(?P<body>{alphabet}{{{least},4000}}{_REST})"
            for prefix in prefixes.split():
                shapes[prefix] = (*shapes.get(prefix, ()), Shape(name, source, accepts))
    return shapes


def _either(prefixes: Iterable[str]) -> str:
    return "|".join(re.escape(prefix) for prefix in sorted(prefixes, key=len, reverse=True))


_SHAPES = _shapes()
_TELLING_HINTS = tuple(hint for _, _, *hints in _FORMS for hint in hints if len(hint) > 2)
_PREFIX_SIZES = sorted({len(prefix) for prefix in _SHAPES}, reverse=True)
# Prefixes that no word ends in: they are known, too, where a letter is stuck to them (`keyghp_…`).
_GLUED = frozenset(
    prefix
    for _, prefixes, *_ in CLEAR
    for prefix in prefixes.split()
    if (len(prefix) > 4 and prefix[-1] in "-_.$" and prefix not in _ALSO_WORDS)
    or prefix in {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "gsk_", "AIza"}
)
_BEGINNINGS = re.compile(f"{START}{beginnings(_SHAPES)}|{beginnings(_GLUED)}")
