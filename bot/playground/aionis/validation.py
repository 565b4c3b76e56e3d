"""Checking requests as the real server does: the issues read like its own (contract, sections 1 and 8.1)."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.playground.aionis.addresses import UUID
from bot.playground.aionis.problems import Issue, invalid_request

M = TypeVar("M", bound=BaseModel)

_EXPECTED = {
    "string_type": "string",
    "int_type": "number",
    "int_from_float": "integer",
    "float_type": "number",
    "bool_type": "boolean",
    "list_type": "array",
    "dict_type": "object",
    "model_type": "object",
}
_BOUNDS = {
    "string_too_short": ("min_length", "String must contain at least {} character(s)"),
    "string_too_long": ("max_length", "String must contain at most {} character(s)"),
    "too_short": ("min_length", "Array must contain at least {} element(s)"),
    "too_long": ("max_length", "Array must contain at most {} element(s)"),
    "greater_than_equal": ("ge", "Number must be greater than or equal to {}"),
    "less_than_equal": ("le", "Number must be less than or equal to {}"),
}


class Request(BaseModel):
    """Base of all request bodies: unknown fields ignored, no conversions (`"true"` is not a boolean)."""

    model_config = ConfigDict(strict=True, extra="ignore", protected_namespaces=())


def _not_null(expected: str) -> BeforeValidator:
    """Return the check that a field is not null: it may be left out, and is `None` to us then, but not sent as null."""

    def refuse(value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("null", "Expected {expected}, received null", {"expected": expected})
        return value

    return BeforeValidator(refuse)


def _check_uuid(value: str | None) -> str | None:
    if value is not None and not UUID.fullmatch(value):
        raise PydanticCustomError("uuid", "Invalid uuid")
    return value


def _check_hash(value: str | None) -> str | None:
    if value is not None and (len(value) != 64 or set(value) - set("0123456789abcdefABCDEF")):
        raise PydanticCustomError("hash", "Invalid")
    return value


def _keep_half_characters(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Check a text whose lone surrogates pydantic would refuse by a stand-in, and keep it as it came, as JavaScript does."""
    if isinstance(value, str) and _HALF.search(value):
        check(_HALF.sub("?", value))
        return value
    return check(value)


_HALF = re.compile("[\ud800-\udfff]")
_as_it_came = WrapValidator(_keep_half_characters)
Text = Annotated[str | None, Field(min_length=1), _not_null("string"), _as_it_came]
AnyText = Annotated[str | None, _not_null("string"), _as_it_came]
Uuid = Annotated[str | None, AfterValidator(_check_uuid), _not_null("string")]
Sha256 = Annotated[str | None, AfterValidator(_check_hash), _not_null("string")]
Object = Annotated[dict[Any, Any] | None, _not_null("object")]  # JSON's keys are texts, of whatever characters
RequiredText = Annotated[str, Field(min_length=1), _as_it_came]
RequiredUuid = Annotated[str, AfterValidator(_check_uuid)]


def parse(model: type[M], body: Any) -> M:
    """Return the request in a body; raises `invalid_request` with one issue for each complaint."""
    try:
        return model.model_validate(body)
    except ValidationError as refused:
        raise invalid_request([_issue(error) for error in refused.errors(include_url=False)]) from None


def _issue(error: ErrorDetails) -> Issue:
    return {"path": ".".join(str(part) for part in error["loc"]), "message": _message(error)}


def _message(error: ErrorDetails) -> str:
    kind, received = error["type"], error["input"]
    if kind == "missing":
        return "Required"
    if kind in _EXPECTED:
        return f"Expected {_EXPECTED[kind]}, received {_js_type(received)}"
    if kind in _BOUNDS:
        bound, sentence = _BOUNDS[kind]
        return sentence.format(error["ctx"][bound])
    if kind == "literal_error":
        expected = error["ctx"]["expected"].replace(", ", " | ").replace(" or ", " | ")
        return f"Invalid enum value. Expected {expected}, received '{received}'"
    return error["msg"]


def _js_type(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", tuple: "array"}
    return names.get(type(value), "object")
