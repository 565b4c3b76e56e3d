"""Socket Mode: the bot's WebSockets, load-balanced, and the envelopes that wait for their acks."""

import asyncio
import contextlib
import json
import secrets
import uuid
from itertools import count
from typing import TYPE_CHECKING, Any

from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.slack.workspace import Workspace

if TYPE_CHECKING:
    from bot.playground.slack.delivery import Retry

Json = dict[str, Any]
_HOST = "applink-local"


class Sockets:
    """All sockets that the bot has open. It is false while there are none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._open: list[WebSocket] = []
        self._leaving: set[WebSocket] = set()
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._turn = count()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def scopes(self) -> list[Scope]:
        """Connections of the open sockets."""
        return [socket.scope for socket in self._open]

    async def serve(self, socket: WebSocket) -> None:
        """Say hello on an accepted socket and take its acks until it closes."""
        self._open.append(socket)
        await socket.send_json(self._hello())
        self._workspace.changes.happened()
        try:
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            self._leaving.discard(socket)
            self._forget(socket)

    async def exchange(self, kind: str, payload: Json, retry: "Retry | None") -> Any:
        """Send one envelope through the socket whose turn it is, and return the payload of its ack."""
        envelope_id = str(uuid.uuid4())
        envelope: Json = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope["retry_attempt"] = retry.number if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        ack = self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await self._open[next(self._turn) % len(self._open)].send_text(json.dumps(envelope))
            return await ack
        finally:
            del self._acks[envelope_id]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to reconnect, as Slack does now and then: `warning`, `refresh_requested` or `link_disabled`.

        Unless it is only warned, nothing more is sent to the sockets that were open; the bot closes them itself.
        """
        for socket in list(self._open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}})
            if reason != "warning":
                self._forget(socket)
                self._leaving.add(socket)

    async def close(self) -> None:
        """Close every socket."""
        for socket in [*self._open, *self._leaving]:
            self._forget(socket)
            with contextlib.suppress(RuntimeError):  # the other side was faster
                await socket.close(1001)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": self._workspace.config.app_id},
            "debug_info": {
                "host": f"{_HOST}-{secrets.token_hex(2)}",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return  # Slack ignores frames that are not acks, such as a client's own pings
        ack = self._acks.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
        if ack and not ack.done():
            ack.set_result(message.get("payload") or "")

    def _forget(self, socket: WebSocket) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._workspace.changes.happened()
