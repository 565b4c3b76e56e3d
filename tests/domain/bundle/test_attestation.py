"""The signature of a bundle: it vouches for these bytes, by this key, and for nothing else."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.bundle.archive import NotAttested, problems_of
from bot.domain.bundle.attestation import Signing, attestation_problems, public_key
from tests.domain.bundle.test_bundle import bundle

AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
BUNDLE = bundle()
KEPT = Path(__file__).parent / "kept"


def pems(key: Any) -> tuple[bytes, bytes]:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


PRIVATE, PUBLIC = pems(Ed25519PrivateKey.generate())


def signed(private: bytes = PRIVATE) -> bytes:
    return Signing.of(private).attest(BUNDLE, "INC-TEST.zip", at=AT)


@pytest.mark.parametrize(
    "made", [Ed25519PrivateKey.generate, lambda: generate_private_key(SECP256R1()), lambda: generate_rsa(65537, 2048)]
)
def test_each_kind_of_key_vouches_for_the_bundle(made: Callable[[], Any]) -> None:
    private, public = pems(made())
    assert attestation_problems(signed(private), BUNDLE, public_key(public)) == []


def test_it_is_an_in_toto_statement_of_the_hash() -> None:
    envelope = json.loads(signed())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert statement["subject"][0]["name"] == "INC-TEST.zip"
    assert statement["predicate"]["timeCreated"] == "2026-11-25T04:00:00Z"


def altered(change: Callable[[dict[str, Any]], None]) -> bytes:
    envelope = json.loads(signed())
    change(envelope)
    return json.dumps(envelope).encode()


def _other_payload(envelope: dict[str, Any]) -> None:
    envelope["payload"] = base64.b64encode(b"{}").decode()


@pytest.mark.parametrize(
    ("attestation", "content", "key", "said"),
    [
        (signed(), BUNDLE + b"x", PUBLIC, "another bundle"),
        (signed(), BUNDLE, pems(Ed25519PrivateKey.generate())[1], "not made with this key"),
        (altered(_other_payload), BUNDLE, PUBLIC, "altered"),
        (altered(lambda envelope: envelope.update(signatures=[])), BUNDLE, PUBLIC, "not made with this key"),
        (altered(lambda envelope: envelope.update(signatures=[{"keyid": 1, "sig": 2}])), BUNDLE, PUBLIC, "no DSSE"),
        (altered(lambda envelope: envelope.update(payload="%")), BUNDLE, PUBLIC, ""),
        (b"[]", BUNDLE, PUBLIC, "no DSSE"),
        (b"not json", BUNDLE, PUBLIC, "no DSSE"),
    ],
)
def test_nothing_else_is_vouched_for(attestation: bytes, content: bytes, key: bytes, said: str) -> None:
    problems = attestation_problems(attestation, content, public_key(key))
    assert problems
    assert said in problems[0]


def test_a_bundle_that_does_not_hold_together_is_not_signed() -> None:
    with pytest.raises(NotAttested):
        Signing.of(PRIVATE).attest(BUNDLE[:-30], "INC-TEST.zip", at=AT)


def test_the_command_checks_it_with_the_key(tmp_path: Path) -> None:
    zipped, key = tmp_path / "INC-TEST.zip", tmp_path / "signing.pub"
    zipped.write_bytes(BUNDLE)
    key.write_bytes(PUBLIC)

    def said(*more: str, code: int) -> str:
        result = CliRunner().invoke(app, ["verify", str(zipped), *more])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    assert "nobody vouches for this bundle" in said("--key", str(key), code=1)
    (tmp_path / "INC-TEST.zip.intoto.json").write_bytes(signed())
    assert "was signed with signing.pub" in said("--key", str(key), code=0)
    assert "was not looked at" in said(code=0)
    key.write_bytes(PRIVATE)
    assert "no public key" in said("--key", str(key), code=2)


def test_bundles_of_the_first_version_still_verify() -> None:
    assert problems_of((KEPT / "bundle-0.1.zip").read_bytes()) == []
