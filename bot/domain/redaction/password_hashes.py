"""What systems keep of passwords: guessed from, it is as good as the password."""

from bot.domain.redaction.rules import Rule, pattern_rule

_HASHES = r"\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2i?d?|scrypt|pbkdf2[a-z0-9-]*)\$[A-Za-z0-9./$=,+*-]{16,300}"
# As LDAP, Werkzeug and what reads Windows' passwords out write them.
_OTHER_HASHES = (
    (
        r"\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|PBKDF2[\w-]{0,20})\}(?P<secret>[A-Za-z0-9+/=.$]{16,300})",
        "{s",
        "{md5",
        "{crypt",
        "{pbkdf2",
    ),
    (
        r"\b(?:scrypt(?::\d{1,9}){3}|pbkdf2:[a-z0-9:]{3,30})\$(?P<secret>[A-Za-z0-9./+]{8,64}\$[0-9a-f]{32,256})",
        "scrypt:",
        "pbkdf2:",
    ),
    (r"\b[\w.$\\-]{1,64}:\d{3,6}:(?P<secret>[0-9a-f]{32}:[0-9a-f]{32}):::", ":::"),
)


def hash_rules() -> tuple[Rule, ...]:
    """Return the rules by shape."""
    return (
        pattern_rule("password hash", _HASHES, "$"),
        *(pattern_rule("password hash", form, *hints) for form, *hints in _OTHER_HASHES),
    )
