"""Behind the door: what Slack signed and cannot have meant is answered with 400, before Bolt or a listener trips over it."""

import structlog
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


class WellFormedRequests:
    """ASGI layer behind `SignedRequests`, which bounds the body: 400 for what is not of any form that Slack sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # Forty models, which no start has to wait for: the app imports them when the start is over.
        from bot.slack.payloads import Malformed, ensure_well_formed  # noqa: PLC0415

        message = await receive()  # the layer before has the whole body in one message
        body = message.get("body", b"")
        try:
            ensure_well_formed(body, Headers(scope=scope).get("content-type", ""))
        except Malformed as malformed:
            log.warning("request_malformed", because=str(malformed))
            answer = JSONResponse({"error": "not understood"}, 400)
            await answer(scope, receive, send)
            return

        unread = [message]

        async def again() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, again, send)
