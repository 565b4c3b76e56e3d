"""SSH's public keys and certificates in base64: no secrets, however random they look (RFC 4253 section 6.6, OpenSSH's PROTOCOL).

A blob begins with the length and the name of its algorithm; what follows is known by it. Private keys may begin alike, with more
behind the public part (Dropbear, agents), or with more in it: they are none of these.
"""

import base64
import binascii
import re

# In JSON a slash may be escaped.
BLOB = re.compile(r"(?<![A-Za-z0-9+/])AAAA(?:[A-Za-z0-9+]|\\?/){20,8000}={0,2}")
# Algorithms of security keys, whose names look like API keys.
NAME = re.compile(r"\bsk-(?:ssh-ed25519|ecdsa-sha2-nistp256)(?:-cert-v01)?@openssh\.com\b")
# How the public keys of X.509 begin in base64, as in a DKIM record: the algorithm's name, which private ones have elsewhere.
_DER = (
    "MIGfMA0GCSqGSIb3DQEB",
    "MIIBIjANBgkqhkiG9w0B",
    "MIICIjANBgkqhkiG9w0B",
    "MFkwEwYHKoZIzj0CAQYI",
    "MHYwEAYHKoZIzj0CAQYF",
    "MCowBQYDK2Vw",
)
_CERTIFICATE = "-cert-v01@openssh.com"
_VENDOR = "@openssh.com"

# What follows the name: so many bytes, or a field that begins with its length.
_FIELD = 0
_ED25519, _ED448 = 4 + 32, 4 + 57
_LAYOUTS = {
    "ssh-rsa": (_FIELD,) * 2,
    "ssh-dss": (_FIELD,) * 4,
    "ssh-ed25519": (_ED25519,),
    "ssh-ed448": (_ED448,),
    "sk-ssh-ed25519": (_ED25519, _FIELD),
    "sk-ecdsa-sha2-nistp256": (_FIELD,) * 3,
}
_CURVES = re.compile(r"ecdsa-sha2-[a-z0-9.]{1,40}")
_OF_CURVES = (_FIELD,) * 2
# Around a key in a certificate: a nonce; serial and type, key id, principals, validity, options, extensions, what is reserved,
# the signing key, the signature.
_BEFORE, _BEHIND = (_FIELD,), (8 + 4, _FIELD, _FIELD, 8 + 8, *(_FIELD,) * 5)


def is_public_key(token: str) -> bool:
    """Tell whether a token is the blob of a public key or certificate, whole or cut off."""
    if token.startswith(_DER):
        return True
    if not token.startswith("AAAA"):
        return False
    raw = _decoded(token.replace("\\", ""))
    size = int.from_bytes(raw[:4])
    layout = _layout(raw[4 : 4 + size].decode("latin-1")) if 0 < size < len(raw) - 4 else None
    if layout is None:
        return False
    at = 4 + size
    for part in layout:
        at += part or 4 + int.from_bytes(raw[at : at + 4])
        if at > len(raw):
            return True  # cut off
    return at == len(raw)


def _layout(name: str) -> tuple[int, ...] | None:
    if name.endswith(_CERTIFICATE):
        key = _layout(name.removesuffix(_CERTIFICATE))
        return (*_BEFORE, *key, *_BEHIND) if key else None
    return _LAYOUTS.get(name.removesuffix(_VENDOR)) or (_OF_CURVES if _CURVES.fullmatch(name) else None)


def _decoded(token: str) -> bytes:
    body = token.rstrip("=")
    try:
        return base64.b64decode(body[: len(body) - (len(body) % 4 == 1)] + "==")
    except (binascii.Error, ValueError):
        return b""
