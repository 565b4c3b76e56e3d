"""Aionis' answers as evidence keeps them: masked, with where and which rule, when they were read, and the id to quote."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.redaction import installed
from bot.domain.text.json_text import read_json

LARGEST = 4 * 2**20  # characters of one masked answer; a larger one is kept by its hash alone


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


def keep_answer(*, path: str, asked: dict[str, Any], request_id: str, read_at: datetime, body: bytes) -> KeptAnswer:
    """Return an answer as evidence keeps it. Slow for megabytes: call it outside of the event loop."""
    redacted = installed().redact_value(read_json(body))
    omitted = len(json.dumps(redacted.value, ensure_ascii=False)) > LARGEST
    return KeptAnswer(
        path=path,
        asked=installed().value(asked),
        request_id=request_id,
        read_at=read_at,
        sha256=hashlib.sha256(body).hexdigest(),
        omitted=omitted,
        answer=None if omitted else redacted.value,
        masked=tuple(Masking(path=found.path, offset=found.offset, rule=found.rule) for found in redacted.findings),
    )
