"""Aionis' answers as evidence keeps them: masked, with where and which rule, when they were read, and the id to quote."""

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.text.json_text import read_json
from bot.runtime.masking import in_use, is_clean

LARGEST = 4 * 2**20  # characters of one masked answer; a larger one is kept by its hash alone
_SURELY_KEPT = LARGEST // 100  # bytes: a mark is not a hundred times as long as what it replaces


class Masking(BaseModel):
    """Where a value was masked, and by which rule; never the value. `path` leads to it in the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: tuple[str | int, ...]
    offset: int = Field(description="Characters before it in the masked text at that path")
    rule: str


class KeptAnswer(BaseModel):
    """One answer of Aionis that was used."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: str = Field(description="The endpoint, such as /v1/memory/resolve")
    asked: dict[str, Any] = Field(description="The request's body beyond tenancy and consumer ids")
    request_id: str = Field(description="The x-request-id to quote")
    read_at: datetime = Field(description="When the answer came, in UTC")
    sha256: str = Field(description="SHA-256 of the answer as it came, before masking")
    omitted: bool = Field(description="Whether the answer is left out because it is too large")
    answer: Any = Field(description="The answer, masked; null where it is omitted")
    masked: tuple[Masking, ...] = Field(description="What was masked in it")

    def as_json(self) -> dict[str, Any]:
        """Return it as the bundle has it."""
        return self.model_dump(mode="json")


def keep_answer(*, path: str, asked: dict[str, Any], request_id: str, read_at: datetime, body: bytes) -> KeptAnswer:
    """Return an answer as evidence keeps it. Slow for megabytes: call it outside of the event loop."""
    digest = hashlib.sha256(body)
    value = read_json(body)
    masked: tuple[Masking, ...] = ()
    if not is_clean(digest.digest()):
        redacted = in_use().redact_value(value)
        value = redacted.value
        masked = tuple(Masking(path=found.path, offset=found.offset, rule=found.rule) for found in redacted.findings)
    # Behind the masking, which may make it longer: what counts is what would be stored.
    omitted = len(body) > _SURELY_KEPT and len(json.dumps(value, ensure_ascii=False)) > LARGEST
    return KeptAnswer(
        path=path,
        asked=in_use().value(asked),
        request_id=request_id,
        read_at=read_at,
        sha256=digest.hexdigest(),
        omitted=omitted,
        answer=None if omitted else value,
        masked=masked,
    )


@dataclass(frozen=True, slots=True)
class PackedAnswer:
    """An answer as it is stored: `text` packed, under a name that the same answer to the same question has, too."""

    name: str
    text: str
    rules: Mapping[str, int]  # how often each has masked something in it


class StoredAnswer:
    """An answer that is unpacked anew each time its content is looked at, so that many of them need the memory of one.

    `size` is how many bytes it has unpacked.
    """

    def __init__(self, text: str) -> None:
        content = _inflated(text)
        self.size = len(content)
        whole = KeptAnswer.model_validate_json(content)
        self.text = text
        self._facts = whole.model_copy(update={"answer": None})

    @property
    def path(self) -> str:
        """Return the endpoint."""
        return self._facts.path

    @property
    def asked(self) -> dict[str, Any]:
        """Return the request's body."""
        return self._facts.asked

    @property
    def request_id(self) -> str:
        """Return the id to quote."""
        return self._facts.request_id

    @property
    def read_at(self) -> datetime:
        """Return when the answer came."""
        return self._facts.read_at

    @property
    def omitted(self) -> bool:
        """Tell whether the answer was too large to be kept."""
        return self._facts.omitted

    @property
    def sha256(self) -> str:
        """Return the hash of the answer as it came."""
        return self._facts.sha256

    @property
    def masked(self) -> tuple[Masking, ...]:
        """Return what was masked in it."""
        return self._facts.masked

    @property
    def packed(self) -> PackedAnswer:
        """Return it as another incident may store it, too."""
        return PackedAnswer(_name(self._facts), self.text, {})

    @property
    def answer(self) -> Any:
        return unpack(self.text).answer

    def as_json(self) -> dict[str, Any]:
        """Return it as the bundle has it."""
        return unpack(self.text).as_json()

    def left_out(self) -> KeptAnswer:
        """Return all but the answer itself."""
        return self._facts.model_copy(update={"omitted": True})


Kept = KeptAnswer | StoredAnswer


def stored_answers(texts: Iterable[str]) -> list[StoredAnswer]:
    """Return stored answers in the order they were read. Slow for megabytes."""
    return sorted(
        map(StoredAnswer, texts), key=lambda answer: (answer.read_at, answer.sha256, answer.path, answer.text)
    )


def pack(answer: KeptAnswer) -> PackedAnswer:
    """Return an answer as it is stored. Slow for megabytes."""
    content = answer.model_dump_json().encode()
    return PackedAnswer(_name(answer), deflated(content), Counter(one.rule for one in answer.masked))


def _name(answer: KeptAnswer) -> str:
    # Without the time and the request id: a job that is done again keeps the same answer once.
    same = json.dumps([answer.path, answer.asked, answer.sha256], sort_keys=True)
    return hashlib.sha256(same.encode()).hexdigest()[:32]


def deflated(content: bytes) -> str:
    """Return bytes as Redis keeps them in a text."""
    return base64.b64encode(zlib.compress(content)).decode()


def unpack(text: str) -> KeptAnswer:
    return KeptAnswer.model_validate_json(_inflated(text))


def _inflated(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))
