"""A signature of a bundle's hash: an in-toto statement of what was checked (SVR), in a DSSE envelope, beside the ZIP.

The ZIP itself says nothing of it and stays the same bytes for the same state. Keys are PEM: PKCS #8 of an Ed25519, ECDSA or RSA
key, and its public half.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # its public names

from bot.domain.bundle.archive import NotAttested, problems_of
from bot.domain.text.json_text import read_json

SUFFIX = ".intoto.json"  # behind the bundle's own name
MOST_BYTES = 64 * 1024  # of an envelope
_PAYLOAD = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_RESULT = "https://in-toto.io/attestation/svr/v0.2"
_VERIFIER = "urn:aionis-incident-bot:verify:1"
PROPERTIES = ("INCIDENT_BOT_FILES_AS_LISTED", "INCIDENT_BOT_LOG_CHAIN_HOLDS")
_BAD_KEY = (ValueError, TypeError, Error, UnsupportedAlgorithm)


class NotAKey(Exception):
    """A text that is no key of the kind wanted; the message says which kind, and nothing of the text."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A private key, ready to sign."""

    signer: CryptoSigner

    @classmethod
    def of(cls, pem: bytes) -> "Signing":
        """Return the key in a PEM text. Raises `NotAKey`."""
        try:
            return cls(CryptoSigner(load_pem_private_key(pem, password=None)))
        except _BAD_KEY as error:
            raise NotAKey("no PKCS #8 private key in PEM, without a password, of Ed25519, ECDSA or RSA") from error

    def attest(self, bundle: bytes, name: str, *, at: datetime) -> bytes:
        """Check a bundle and return the signed statement that it holds together. Raises `NotAttested` where it does not."""
        if problems := problems_of(bundle):
            raise NotAttested(problems[0])
        return self.sign(hashlib.sha256(bundle).hexdigest(), name, at=at)

    def sign(self, sha256: str, name: str, *, at: datetime) -> bytes:
        """Return the signed statement that a bundle holds together, which whoever asks has checked, by its hash."""
        statement = {
            "_type": _STATEMENT,
            "subject": [{"name": name, "digest": {"sha256": sha256}}],
            "predicateType": _RESULT,
            "predicate": {
                "verifier": {"id": _VERIFIER, "policies": []},
                "timeCreated": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "properties": list(PROPERTIES),
            },
        }
        envelope = Envelope(json.dumps(statement, sort_keys=True).encode(), _PAYLOAD, {})
        envelope.sign(self.signer)
        return json.dumps(envelope.to_dict(), indent=2, sort_keys=True).encode() + b"\n"


def public_key(pem: bytes) -> SSlibKey:
    """Return the public key in a PEM text. Raises `NotAKey`."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem))
    except _BAD_KEY as error:
        raise NotAKey("no public key in PEM of Ed25519, ECDSA or RSA") from error


def attestation_problems(attestation: bytes, bundle: bytes, key: SSlibKey) -> list[str]:
    """Return why a signed statement does not vouch for a bundle, a sentence each; [] where it does."""
    try:
        envelope = Envelope.from_dict(_object(read_json(attestation)))
    except (ValueError, KeyError, TypeError, AttributeError, Error):
        return ["The signature is no DSSE envelope."]
    try:
        envelope.verify([key], 1)
    except (VerificationError, ValueError):
        return ["The signature was not made with this key, or what it signs was altered."]
    return list(_statement_problems(envelope, hashlib.sha256(bundle).hexdigest()))


def _statement_problems(envelope: Envelope, digest: str) -> Iterator[str]:
    """Look at what was signed. Only behind an accepted signature."""
    try:
        statement = _object(read_json(envelope.payload))
        subjects = [str(_object(one)["digest"]["sha256"]) for one in statement["subject"]]
        properties = set(_object(statement["predicate"])["properties"])
    except (ValueError, KeyError, TypeError):
        yield "What is signed is no in-toto statement about a bundle."
        return
    if (envelope.payload_type, statement.get("_type"), statement.get("predicateType")) != (
        _PAYLOAD,
        _STATEMENT,
        _RESULT,
    ):
        yield "What is signed is a statement of another kind."
    if digest not in subjects:
        yield "The signature is for another bundle: its SHA-256 is not this one's."
    if missing := sorted(set(PROPERTIES) - properties):
        yield f"The signature does not say {', '.join(missing)}."


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
