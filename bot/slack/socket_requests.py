"""What Slack sends over a socket: checked for its form as a signed request is, before Bolt or a listener trips over it."""

from time import time

import structlog
from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.payloads import Malformed, ensure_envelope
from bot.slack.socket_client import SocketClient

log = structlog.get_logger(__name__)


class WellFormedEnvelopes(AsyncBaseSocketModeHandler):
    """Bolt's handler, for envelopes of the forms that Slack sends. Others are acked, or they would come again and again."""

    app: AsyncApp
    client: SocketClient

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self.app = app
        self.client = SocketClient(app_token, app.client)
        self.client.socket_mode_request_listeners.append(self.handle)

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        """Answer one envelope."""
        try:
            ensure_envelope(req.type, req.payload)
        except Malformed as malformed:
            log.warning("envelope_malformed", kind=req.type[:40], because=str(malformed))
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        else:
            began = time()
            await send_async_response(client, req, await run_async_bolt_app(self.app, req), began)
