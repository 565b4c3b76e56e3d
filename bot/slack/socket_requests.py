"""What Slack sends over a socket: checked for its form as a signed request is, before Bolt or a listener trips over it."""

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.payloads import Malformed, ensure_envelope

log = structlog.get_logger(__name__)


class WellFormedEnvelopes(AsyncSocketModeHandler):
    """Bolt's handler, for envelopes of the forms that Slack sends. Others are acked, or they would come again and again."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Answer one envelope."""
        try:
            ensure_envelope(req.type, req.payload)
        except Malformed as malformed:
            log.warning("envelope_malformed", kind=req.type[:40], because=str(malformed))
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        else:
            await super().handle(client, req)
