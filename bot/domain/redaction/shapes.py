"""Secrets that are known by their own shape: tokens with a vendor's prefix, private keys, JWTs, webhooks, password hashes."""

import re

from bot.domain.redaction.looks import looks_random, mixes
from bot.domain.redaction.rules import Rule, pattern_rule

# A prefix that stands for nothing else: whatever long token follows it is a secret.
_UNMISTAKABLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Slack token", r"xox[a-z](?:\.xox[a-z])?-|xapp-|xwfp-", ("xox", "xapp-", "xwfp-")),
    ("GitHub token", r"gh[oprsu]_|github_pat_", ("gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_")),
    (
        "GitLab token",
        r"gl(?:pat|dt|ft|soat|rt|ptt|cbt|agent|oas|imt)-",
        ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glptt-", "glcbt-", "glagent-", "gloas-", "glimt-"),
    ),
    (
        "AWS key id",
        r"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)(?=[A-Z0-9]{12,}(?![a-z]))",
        ("akia", "asia", "abia", "acca", "agpa", "aida", "aroa"),
    ),
    ("Google key", r"AIza|ya29\.|GOCSPX-|1//0", ("aiza", "ya29.", "gocspx-", "1//0")),
    ("Stripe key", r"(?:sk|rk|pk)_(?:live|test)_|whsec_", ("k_live_", "k_test_", "whsec_")),
    (
        "API key",
        r"sk-(?:proj|ant|or|svcacct|admin|lf|None)-|aionis_(?:live|test)_(?=[\w-]{4})|gsk_|xai-|pplx-|nvapi-|r8_",
        ("sk-", "aionis_", "gsk_", "xai-", "pplx-", "nvapi-", "r8_"),
    ),
    (
        "package token",
        r"pypi-AgE|dckr_(?:pat|oat)_|rubygems_|oy2(?=[a-z0-9]{43})",
        ("pypi-age", "dckr_", "rubygems_", "oy2"),
    ),
    (
        "cloud token",
        r"do[opr]_v1_|dapi(?=[0-9a-f]{32})|hvs\.|hvb\.|hvr\.|pul-(?=[0-9a-f]{40})|tskey-|pscale_(?:tkn|pw|oauth)_|FlyV1 "
        r"|fm[12]_|sbp_|nfp_|HRKU-|ATATT3|ATBB|ATCTT3",
        (
            "_v1_",
            "dapi",
            "hvs.",
            "hvb.",
            "hvr.",
            "pul-",
            "tskey-",
            "pscale_",
            "flyv1",
            "fm1_",
            "fm2_",
            "sbp_",
            "nfp_",
            "hrku-",
            "atatt3",
            "atbb",
            "atctt3",
        ),
    ),
    (
        "service token",
        r"shp(?:at|ca|pa|ss)_|sq0[a-z]{3}-|NRAK-|NRII-|gl(?:c|sa)_|sntry[su]_|ph[cxs]_(?=\w{30})|PMAK-|lin_(?:api|oauth)_"
        r"|ntn_|figd_|secret_(?=[A-Za-z0-9]{43})|xkeysib-|EAA[A-Z](?=\w{30})|ops_eyJ|AGE-SECRET-KEY-1|dp\.(?:pt|st|ct|sa)\."
        r"|sgp_|key-(?=[0-9a-f]{32}\b)|hf_(?=[A-Za-z0-9]{30})|api_org_(?=\w{30})",
        (
            "shpat_",
            "shpca_",
            "shppa_",
            "shpss_",
            "sq0",
            "nrak-",
            "nrii-",
            "glc_",
            "glsa_",
            "sntrys_",
            "sntryu_",
            "phc_",
            "phx_",
            "phs_",
            "pmak-",
            "lin_api",
            "lin_oauth",
            "ntn_",
            "figd_",
            "secret_",
            "xkeysib-",
            "eaa",
            "ops_eyj",
            "age-secret",
            "dp.",
            "sgp_",
            "key-",
            "hf_",
            "api_org_",
        ),
    ),
)
_BODY = r"[A-Za-z0-9_-]{8,4000}(?:[.%=/+~][A-Za-z0-9_=%-]{6,2000}){0,8}"

# A prefix that names also begin with (`sk-learn`, `npm_config_registry`): what follows it must look drawn at random.
_MISTAKABLE: tuple[tuple[str, ...], ...] = (
    ("API key", r"sk-[A-Za-z0-9_-]{16,2000}", "sk-"),
    ("package token", r"npm_[A-Za-z0-9]{16,80}", "npm_"),
    ("package token", r"pypi-[A-Za-z0-9_-]{16,2000}", "pypi-"),
    ("API key", r"hf_[A-Za-z0-9]{16,80}", "hf_"),
    ("API key", r"re_[A-Za-z0-9_]{20,80}", "re_"),
    ("SendGrid key", r"SG\.[A-Za-z0-9_-]{12,80}\.[A-Za-z0-9_-]{12,120}", "sg."),
    ("service token", r"sl\.[A-Za-z0-9_-]{24,2000}", "sl."),
    ("service token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", "pat"),
    ("cloud token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,100}", "atlasv1"),
    (
        "API key",
        r"(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "sdk-",
        "mob-",
        "api-",
    ),
)
_START = r"(?<![A-Za-z0-9])"

_PEM = (
    r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}(?:PRIVATE KEY|ENCRYPTED KEY)(?: BLOCK)? ?-{4,5}"
    r"[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]{0,40}(?:PRIVATE KEY|ENCRYPTED KEY)(?: BLOCK)? ?-{4,5}|\Z)"
)
_PUTTY = r"PuTTY-User-Key-File-\d:[\s\S]*?(?:Private-MAC:[^\n\\]*|\Z)"
_HASHES = r"\$(?:1|2[abxy]?|5|6|7|y|gy|argon2i?d?|scrypt|pbkdf2[a-z0-9-]*)\$[A-Za-z0-9./$=,+*-]{16,300}"
_WEBHOOKS = (
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9_/-]{8,300})",
    r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{1,30}/(?P<secret>[A-Za-z0-9_-]{16,200})",
    r"[\w-]{0,60}\.?webhook\.office\.com/(?P<secret>[A-Za-z0-9_@/-]{20,600})",
    r"api\.telegram\.org/(?:file/)?bot(?P<secret>\d{6,12}:[A-Za-z0-9_-]{30,50})",
)


def shape_rules() -> tuple[Rule, ...]:
    """Return the rules by shape, the most telling first."""
    return (
        pattern_rule("private key", _PEM, "private key", "encrypted key"),
        pattern_rule("private key", _PUTTY, "putty-user-key-file"),
        *(pattern_rule("webhook", pattern, "webhook", "hooks.slack", "api.telegram") for pattern in _WEBHOOKS),
        pattern_rule(
            "JWT",
            _START + r"ey[JK][A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{4,16000}(?:\.[A-Za-z0-9_-]*){0,3}",
            "eyj",
            "eyk",
        ),
        *(pattern_rule(kind, f"{_START}(?:{prefix}){_BODY}", *hints) for kind, prefix, hints in _UNMISTAKABLE),
        *(pattern_rule(kind, _START + shape, *hints, accepts=_is_drawn) for kind, shape, *hints in _MISTAKABLE),
        pattern_rule("bot token", r"(?<![\w-])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])"),
        pattern_rule("client secret", r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", "q~"),
        pattern_rule("Artifactory key", _START + r"AKC[a-zA-Z0-9]{20,200}"),
        pattern_rule("password hash", _HASHES, "$"),
    )


def _is_drawn(token: str) -> bool:
    body = re.split(r"[-_.]", token, maxsplit=1)[1]
    return looks_random(body, 12) or (mixes(body) and len(body) >= 32 and not re.search(r"[a-z]{5,}", body))
