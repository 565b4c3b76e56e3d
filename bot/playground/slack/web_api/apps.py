"""`apps.connections.open`."""

import secrets
from typing import Any

from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]


@method("apps.connections.open", caller="app", tier=1)
def open_connection(workspace: Workspace, args: Args) -> Json:
    """Hand out the address of one WebSocket; it can be used once."""
    ticket = secrets.token_urlsafe(18)
    workspace.tickets.add(ticket)
    base = "ws" + workspace.base_url.removeprefix("http")
    return {"url": f"{base}/socket/{ticket}?app_id={workspace.config.app_id}"}
