"""Whether a payload is of a form that Slack sends (`payload_forms.py`, `event_forms.py`); others are refused before Bolt."""

from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError
from pydantic_core import from_json
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context

from bot.slack.event_forms import EVENTS, Event
from bot.slack.payload_forms import PAYLOADS, Command, Interaction
from bot.slack.payload_parts import Form, Payload

_MOST_FIELDS = 100  # of a form; a slash command has about fifteen
_JSON = "application/json"
# What Bolt takes from wherever it stands.
_IDS = (
    "enterprise_id",
    "team_id",
    "user_id",
    "channel_id",
    "thread_ts",
    "actor_enterprise_id",
    "actor_team_id",
    "actor_user_id",
    "function_execution_id",
    "function_bot_access_token",
    "response_url",
)


class Malformed(Exception):
    """A request that is not of any form that Slack sends. The message says where, and nothing of what stands there."""


def build_validators() -> None:
    """Build the forms' validators, which the first request would else wait for."""
    forms: set[type[Form]] = {Command, Interaction, Event, *PAYLOADS.values(), *EVENTS.values()}
    for form in forms:
        form.model_rebuild()


def ensure_well_formed(body: bytes, content_type: str) -> None:
    """Raise `Malformed` for a body that is not of any form that Slack sends. Reads it as Bolt will."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
    # A body that begins like JSON is read as such whatever its type says: Bolt does, and what is checked must be what is used.
    if content_type.partition(";")[0] == _JSON or text.startswith("{"):
        _ensure_payload(_json(text))
        return
    try:
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Malformed("the form has too many fields") from error
    if "payload" in form:
        _ensure_payload(_json(form["payload"]))
    elif "ssl_check" not in form:  # Slack's look at the certificate has no command's fields
        _ensure(Command, form, "command")


def ensure_envelope(kind: str, payload: object) -> None:
    """Raise `Malformed` for what a socket brought that is not of any form that Slack sends."""
    if not isinstance(payload, dict):
        raise Malformed("the payload is no JSON object")
    if kind == "slash_commands":
        _ensure(Command, payload, "command")
    else:
        _ensure_payload(payload)


def _json(text: str) -> dict[str, Any]:
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("the payload is not JSON") from error
    if not isinstance(value, dict):
        raise Malformed("the payload is no JSON object")
    return value


def _ensure_payload(payload: dict[str, Any]) -> None:
    kind = payload.get("type")
    if not isinstance(kind, str):
        raise Malformed("the payload has no type")
    _ensure(PAYLOADS.get(kind, Interaction if "user" in payload else Payload), payload, "payload")
    if kind == "event_callback":
        event = payload["event"]
        name = event.get("type")
        _ensure(EVENTS.get(name, Event) if isinstance(name, str) else Event, event, "event")
    elif "event" in payload:  # by this key alone Bolt takes it for an event
        raise Malformed("the payload has an event and is none")
    _ensure_readable(payload)


def _ensure_readable(payload: dict[str, Any]) -> None:
    """Raise `Malformed` for what Bolt itself cannot read: to learn whose a payload is, it looks into fields of every kind."""
    # Bolt makes its own again later: eight microseconds, for a look that both doors, HTTP and sockets, take before Bolt does.
    try:
        context = build_async_context(AsyncBoltContext(), payload)
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise Malformed("the payload does not say whose it is as Slack does") from error
    ids = (context.get(name) for name in _IDS)
    if not all(one is None or isinstance(one, str) for one in ids):
        raise Malformed("the payload has an id that is none")


def _ensure(form: type[Form], value: dict[str, Any], what: str) -> None:
    try:
        form.model_validate(value)
    except ValidationError as invalid:
        place = [str(part) for part in invalid.errors(include_input=False, include_url=False)[0]["loc"]]
        listed = [part if part in form.model_fields else "…" for part in place[:4]]  # keys may be anybody's
        raise Malformed(f"{what}: {'.'.join(listed) or 'its place'} is not as Slack sends it") from invalid
