"""SSH's public keys and certificates are shown whatever kind they are; private keys that begin alike are not."""

import base64
from random import Random

import pytest

from bot.runtime.masking import mask_text, mask_value

DRAWN = Random(7)  # noqa: S311 the same keys in every run
VENDOR = "@openssh.com"


def field(content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return len(raw).to_bytes(4) + raw


def drawn(size: int) -> bytes:
    return field(DRAWN.randbytes(size))


def ecdsa(bits: int, size: int) -> bytes:
    return field(f"nistp{bits}") + drawn(size)


KEYS = {
    "ssh-rsa": drawn(3) + drawn(385),
    "ssh-dss": drawn(129) + drawn(21) + drawn(128) + drawn(128),
    "ssh-ed25519": drawn(32),
    "ssh-ed448": drawn(57),
    "ecdsa-sha2-nistp256": ecdsa(256, 65),
    "ecdsa-sha2-nistp384": ecdsa(384, 97),
    "ecdsa-sha2-nistp521": ecdsa(521, 133),
    "sk-ssh-ed25519@openssh.com": drawn(32) + field("ssh:"),
    "sk-ecdsa-sha2-nistp256@openssh.com": ecdsa(256, 65) + field("ssh:"),
}


def certificate(kind: str, key: bytes) -> tuple[str, bytes]:
    held = DRAWN.randbytes(12) + field("ci") + field("root") + DRAWN.randbytes(16) + drawn(0) + drawn(80) + drawn(0)
    signed = held + field(field("ssh-ed25519") + drawn(32)) + field(field("ssh-ed25519") + drawn(64))
    return f"{kind.removesuffix(VENDOR)}-cert-v01{VENDOR}", drawn(32) + key + signed


PUBLIC = [*KEYS.items(), *(certificate(kind, key) for kind, key in KEYS.items())]


@pytest.mark.parametrize(("kind", "key"), PUBLIC, ids=[kind for kind, _ in PUBLIC])
def test_every_kind_of_public_key_is_shown(kind: str, key: bytes) -> None:
    blob = base64.b64encode(field(kind) + key).decode()
    line = f"{kind} {blob} ci@example.com"
    for text in (line, blob, f"key={blob}", f"[git.example.com]:22 {line}", f"refused: {line[: len(line) // 2]}"):
        assert mask_text(text) == text
    for value in ({"public_key": blob}, {"authorized_keys": [line]}, {"ssh_public_key": blob.replace("/", "\\/")}):
        assert mask_value(value) == value


PRIVATE = {  # as Dropbear and agents write them
    "ssh-rsa": KEYS["ssh-rsa"] + drawn(384) + drawn(193) + drawn(193),
    "ssh-dss": KEYS["ssh-dss"] + drawn(20),
    "ssh-ed25519": drawn(64),
    "ecdsa-sha2-nistp256": KEYS["ecdsa-sha2-nistp256"] + drawn(32),
}


@pytest.mark.parametrize(("kind", "key"), PRIVATE.items(), ids=PRIVATE)
def test_a_private_key_that_begins_as_a_public_one_is_masked(kind: str, key: bytes) -> None:
    blob = base64.b64encode(field(kind) + key).decode()
    assert blob not in mask_text(f"loaded {blob} from disk")
    assert blob not in str(mask_value({"note": blob}))


def test_what_stands_behind_a_public_key_is_not_covered_by_it() -> None:
    blob = base64.b64encode(field("ssh-ed25519") + drawn(32)).decode()
    secret = base64.b64encode(DRAWN.randbytes(30)).decode()
    assert secret not in mask_text(f"ssh-ed25519 {blob} token={secret}")
    assert secret not in mask_text(f"ssh-ed25519 {blob}{secret}")


def test_a_private_key_without_its_frame_is_masked_whole() -> None:
    # PKCS #1: a sequence, version 0, and an integer of 257 bytes; slashes among words divide no key.
    start = base64.b64encode(bytes.fromhex("308204a40201000282010100")).decode()
    blob = (
        start
        + base64.b64encode(DRAWN.randbytes(60)).decode()
        + "/end/"
        + base64.b64encode(DRAWN.randbytes(90)).decode()
    )
    assert mask_text(f"loaded {blob} from disk") == "loaded [masked: secret] from disk"
