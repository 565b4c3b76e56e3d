"""What stands where a secret would, and is none: words that say so, templates, examples, stars, sentences."""

import re

from bot.domain.redaction.wordy import is_wordy

# What stands where a secret would: words that say there is none, types, templates of many languages, `your-token-here`, `***`.
_HARMLESS = re.compile(
    r"(?:(?:bearer|basic|token|apikey|digest) {1,4})?(?:null|none|nil|true|false|undefined|yes|no|n/?a|missing|required|optional|invalid|expired|revoked|empty|unset|not|present"
    r"|absent|unknown|redacted|hidden|masked|filtered|removed|denied|deny|granted|sent|pending|failed|ok|valid|enabled|disabled|accepted|declined|shown|on|off|str|string|bytes|secretstr|text|any|object"
    r"|int|integer|number|bool|boolean|date|list|dict|array|map|void|char|default|include|omit|same-origin|changed|unchanged|rejected|refused"
    r"|read|write|\((?:known|sensitive|unchanged|redacted|hidden|none|null|empty|masked)\)?|amd64|arm64|armhf|i386|x86_64|s390x|ppc64(?:le|el)?|[~^<>=]{1,2} {0,1}v?[0-9]{1,4}(?:\.[0-9x*]{1,6}){0,3}(?:-[\w.]{1,20})?|[0-9]{1,3}(?:_[0-9]{3}){1,6}[A-Za-z]{0,3}|wrong|incorrect|correct|unauthorized|forbidden|malformed|unsupported|deprecated|rotated|used|unused|needed|blank|skip|skipped|todo|tbd|fixme|eof|EOL"
    r"|![A-Za-z][\w:/.-]*|<%.*%>|<[^<>]*>|[#%]\{[^{}]*\}|\[[A-Z#_ -]*\]|\$\{[^{}]*\}?|\$\([^()]*\)?|\$[A-Za-z_]\w*|%{1,2}[A-Z_]+%{1,2}|(?:generated? (?:with|by|using)|run [`./]|see (?:the|docs?|https?|README)|openssl rand|uuidgen|pwgen)\b[^\n]{0,60}|\{\{[^{}]*\}\}|\{(?:[A-Za-z_][\w.]*(?:\([^()]*\))?)?(?:![rsa])?\}|(?:\{[A-Za-z_][\w.]*\}[:/@ -]?){2,6}|@[A-Za-z_.]+@|\$\{\{.*|#\{[^{}]*\}#|\(\([\w./-]+\)\)|%[sdrv]|%\([a-z_]*\)s"
    r"|(?:process\.env|os\.environ|os\.getenv)\b[\w.\[(]*|(?:env|secrets|vars?|config|settings|self|ctx|args)[.\[(][\w.]*[)\]]?"
    r"|(?:your|my|the|insert|enter|put|replace|set|add|paste|example|sample|dummy|fake|some|placeholder|change|changeme|xxx+)(?:[-_ ](?:[a-z]{1,20}|[A-Z]{1,20})){0,8}"
    r"|[\w-]{1,20}\*{3,80}|bearer|basic|digest|negotiate|ntlm|hawk|hmac|aws4-hmac-sha256|#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})"
    r"|(?:example|sample|dummy|fake)(?:key|token|secret|password)|[A-Z_-]{2,12}(?:\.{3}|…)|[A-Z]{2,}(?:_[A-Z]+)*_(?:HERE|PLACEHOLDER|GOES_HERE|TODO|ME)|(?:x|X|\*|•|\.|#|_|…|-|\?|0)*)[.!?,:]?",
    re.IGNORECASE,
)
# What scanners and audit logs leave of a value, and what a key's prefix is written with in examples: `xoxb-XXXX-xxxx`.
_LEFT_OF_A_VALUE = re.compile(
    r"hmac-sha[0-9]{1,3}[:=][0-9a-f]{8,128}|(?:[A-Za-z0-9]{1,12}[-_.]){1,4}(?:[xX*.…_-]{3,200}|(?i:your|my)[-_][\w-]{1,60})|[a-z]{2,4}[-_]"
    r"|(?:xox[a-z]|sk|pk|rk|ghp|glpat)[-_][a-z]{2,14}(?:[-_][a-z]{2,14}){0,4}|\S{8,80}EXAMPLE(?:KEY|TOKEN)?|-----BEGIN [A-Z ]{3,40}-----(?:\\n|\s){0,4}(?:REDACTED|[.x*…]{3,20}|<[^<>]{1,40}>)(?:\\n|\s){0,4}-----END [A-Z ]{3,40}-----(?:\\n|\s)?|\\{0,2}(?:033|x1[bB]|e)\[[0-9;]{0,12}m"
)
_NOUNS = re.compile(
    r"(?i:password|passwd|passphrase|passcode|secret|token|pass|pwd|api[-_]?key|(?:secret|access|private)[-_]?key|credentials?|key|auth|cookies?|tokens|secrets|(?:base64|utf-?8|url|hex)[- ]?encoded|(?:insert|enter|your)[a-z]{2,40}here)"
)
# `2.0.30`, `npm:^4.1.4`, `grpcio==1.80.0`, `httpx<0.28`
_VERSION = re.compile(
    r"v?[0-9]{1,4}(?:\.[0-9]{1,6}){2,3}(?:[-+(][\w.@/()+ -]{0,60})?|npm:[~^<>=]{0,2}[0-9][\w.-]{0,30}"
    r"|[A-Za-z][\w.-]{1,50}(?:\[[\w,-]{1,40}\])?(?:[=<>~!]=|[<>])[0-9][\w.*+-]{0,30}"
)
_LEFT_OUT = re.compile(r"[A-Za-z0-9_-]{1,8}(?:\.{3}|…)[\w-]{0,10}(?:(?:\.{3}|…)[\w-]{0,12})?")
# What is put in when it runs, in the templates of many languages.
_TEMPLATE = re.compile(
    r"\$\{\{[^{}\n]{0,80}\}\}|\$\{[^{}\n]{0,80}\}|\{\{[^{}\n]{0,80}\}\}|#\{[^{}\n]{0,80}\}|<[%?][^%\n]{0,80}[%?]>|\$\([^()\n]{0,80}\)?"
    r"|(?<![\w$])\${1,2}[A-Z_][A-Z0-9_]{1,40}(?![A-Za-z0-9])|(?<![\w%])%[sdvq](?![\w%])|<[A-Za-z][\w .-]{0,60}>|(?<![\w{])\{[A-Za-z_][^{}\n]{0,80}(?:\}|\Z)"
)
_DEFAULTED = re.compile(r"[-=?+]?(?:\$\{[A-Z_][A-Z0-9_]{0,60}(?::?[-=?+])?){1,4}\}{0,4}")
_PARTS = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[!#^*&~]")
_LONGEST_NUMBER = 5
# Letters as HTML writes them: what they stand for is read in another view.
_ENTITY = re.compile(r"&(?:#[0-9]{2,3}|#x[0-9a-fA-F]{2,3}|quot|lt|gt|apos|nbsp)(?![A-Za-z0-9])")
_SENTENCE = re.compile(
    r"\b(?:must|should|shall|cannot|can't|may not|needs? to|is (?:not|too|required|invalid|missing|incorrect|wrong|expired|already)|are (?:not|required)|required|at least"
    r"|characters|does not|do not|don't|was not|has been|have been|invalid|incorrect|missing|please|the (?:user|password|token|key|secret))\b",
    re.IGNORECASE,
)
_STARS = re.compile(r"[*•]|x{4,}|\.{3}|…")
_LEFT_OF_IT = 14


def is_placeholder(value: str) -> bool:
    """Tell whether a value says that there is no secret: empty, `null`, `***`, `${TOKEN}`, `your-key-here`."""
    value = value.strip("\\\"'") or value
    return (
        (
            len(value) < 80
            and (_HARMLESS.fullmatch(value) or _NOUNS.fullmatch(value) or _VERSION.fullmatch(value)) is not None
        )
        or _is_starred(value)
        or (_LEFT_OF_A_VALUE.fullmatch(value) or _LEFT_OUT.fullmatch(value)) is not None
        or ("&" in value and _ENTITY.search(value) is not None)
        or _is_filled_in(value)
    )


def _is_filled_in(value: str) -> bool:
    """Tell a value that is made of templates, with nothing but words between them: `deps-${{ runner.os }}-npm`."""
    if len(value) > 400 or not any(sign in value for sign in "${%<"):
        return False
    left, templates = _TEMPLATE.subn(" ", value)
    if not templates:
        return _DEFAULTED.fullmatch(value) is not None
    return not _SIGNS.search(left) and all(
        (part.isdigit() and len(part) <= _LONGEST_NUMBER) or len(part) < 4 or (part.isalpha() and is_wordy(part))
        for part in _PARTS.findall(left)
    )


def _is_starred(value: str) -> bool:
    """Tell a secret of which stars were left before it came here: `sk_live_********4242`."""
    return any(stars in value for stars in ("***", "•••", "xxxxxxxx")) and len(_STARS.sub("", value)) <= _LEFT_OF_IT


def is_sentence(value: str) -> bool:
    """Tell whether a value is a sentence about a secret, such as `must be at least 12 characters`."""
    return " " in value and len(value) < 400 and _SENTENCE.search(value) is not None
