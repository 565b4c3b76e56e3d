"""Answers as they come: read into their models, and refused where they are none, or are about another tenancy."""

import asyncio
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot import errors
from bot.aionis.transport import Reply, is_quotable
from bot.domain.access.tenancy import Tenancy
from bot.domain.run.record_uris import record_uris
from bot.domain.run.resolved_records import Resolved
from bot.domain.run.uris import AionisUri, is_foreign, uri_of
from bot.domain.text.json_text import has_non_numbers, mended

T = TypeVar("T", bound=BaseModel)
_LARGE = 512 * 1024  # bytes from which reading an answer would keep the event loop, and every ack, for ten milliseconds
_PAYLOADS = ("node", "edge", "commit", "decision")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer: the record, the request id to quote, and the body as it came, with what is no Unicode replaced."""

    value: T
    request_id: str
    body: bytes


async def read_own(reply: Reply, model: type[T], tenancy: Tenancy, *, subject: str) -> Answer[T]:
    """Return an answer as its model, once it is sure to be the tenancy's; a large one is read beside the event loop."""

    def read() -> Answer[T]:
        answer = parse(reply, model, subject=subject)
        refuse_other_tenancy(answer, tenancy, subject)
        return answer

    # Not elsewhere for its speed: the thread gives way to the loop between two records.
    return read() if len(reply.body) < _LARGE else await asyncio.to_thread(read)


def parse(reply: Reply, model: type[T], *, subject: str) -> Answer[T]:
    """Return an answer as its model; raises `AnswerNotUnderstood` where it is none."""
    body = reply.body
    try:
        if has_non_numbers(body):
            raise answer_not_understood(subject, "the body: NaN and Infinity are no JSON", reply.request_id)
        try:
            value = model.model_validate_json(body)
        except ValidationError as invalid:
            if invalid.errors(include_input=False, include_url=False)[0]["type"] != "json_invalid":
                raise
            body = mended(body)  # a lone surrogate, anywhere, is refused by the parser: one field must not hide a run
            value = model.model_validate_json(body)
    except ValidationError as invalid:
        raise answer_not_understood(subject, complaint(invalid), reply.request_id) from invalid
    return Answer(value, _tutorial_request_id(value) or reply.request_id, body)


def complaint(invalid: ValidationError) -> str:
    """Return the first thing that is wrong with an answer, and where."""
    first = invalid.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the body"
    return f"{place}: {first['msg'][:120]}"


def answer_not_understood(subject: str, why: str, request_id: str) -> errors.AnswerNotUnderstood:
    """Return the refusal of an answer, with why it is none."""
    return errors.AnswerNotUnderstood(
        f"The answer of Aionis for {subject} is not understood ({why}).", request_id=request_id
    )


def _tutorial_request_id(value: BaseModel) -> str | None:
    request_id = getattr(value, "request_id", None)
    return request_id if isinstance(request_id, str) and is_quotable(request_id) else None


def with_payload(resolved: Resolved, uri: AionisUri) -> Resolved:
    """Take the tutorial's `resolved` payload where the real key is missing."""
    if resolved.kind is not None or resolved.resolved is None:
        return resolved
    key = uri.type if uri.type in _PAYLOADS else "node"
    return Resolved.model_validate({**resolved.model_dump(exclude={"resolved"}), key: resolved.resolved})


def refuse_other_tenancy(answer: Answer[T], tenancy: Tenancy, subject: str) -> None:
    """Refuse an answer that is about another tenancy, does not say whose it is, or names records of another one."""
    value = answer.value
    named = (getattr(value, "tenant_id", None), getattr(value, "scope", None))
    # By one pattern first, and parsed only where that differs: a long run names tens of thousands.
    own = re.compile(re.escape(str(uri_of(tenancy, "", ""))[:-1]) + r"[a-z_]+/[0-9A-Za-z_-]+")
    # What does not say whose it is is not taken for ours: Aionis Lite is known to answer with another tenant's run.
    if None in named:
        what = f"Aionis does not say whose its answer for {subject} is; it is not shown."
    elif named != (tenancy.tenant_id, tenancy.scope):
        what = f"Aionis answered for {subject} with data of another tenant or scope; it is not shown."
    elif any(not own.fullmatch(uri) and is_foreign(uri, tenancy) for uri in record_uris(value)):
        what = f"Aionis answered for {subject} with records of another tenant or scope; it is not shown."
    else:
        return
    raise errors.TenancyViolation(what, request_id=answer.request_id)
