"""The app is removed from a workspace, or its tokens are revoked: they are erased at once."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    async def on_removed(ack: AsyncAck, body: dict[str, Any]) -> None:
        if reason := removal_in(body):
            await services.leave(reason)
        await ack()


def removal_in(body: dict[str, Any]) -> str:
    """Return which event says that the bot's tokens are gone, "" where none does: revoked ones of people are none of ours."""
    event = body.get("event") or {}
    kind = str(event.get("type"))
    revoked = kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot")
    return kind if revoked or kind == "app_uninstalled" else ""
