"""From an HTTP request to Bolt's own kind, with what Bolt overlooks."""

from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import Request


def bolt_request(request: Request, body: bytes) -> AsyncBoltRequest:
    """Return the request as Bolt takes it. `body` is well-formed (`ensure_well_formed`).

    Bolt takes a form with “payload” anywhere in it for an interaction, so that a command with that word in a typed scope or
    URI would be lost: such a form is read here.
    """
    made = to_async_bolt_request(request, body)
    if not made.body and made.raw_body:
        made.body = dict(parse_qsl(made.raw_body, keep_blank_values=True))
        made.context = build_async_context(AsyncBoltContext(), made.body)
    return made
