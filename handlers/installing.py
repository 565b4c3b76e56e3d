"""The app is removed from a workspace, or its tokens are revoked: they are erased at once."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners of this feature."""

    @app.event("app_uninstalled")
    async def on_uninstalled(ack: AsyncAck) -> None:
        await services.leave("app_uninstalled")
        await ack()

    @app.event("tokens_revoked")
    async def on_revoked(ack: AsyncAck, event: dict[str, Any]) -> None:
        if (event.get("tokens") or {}).get("bot"):  # those of people are none of ours
            await services.leave("tokens_revoked")
        await ack()
