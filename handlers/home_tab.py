"""The Home tab, made anew whenever somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.jobs.home_tab import HomeJob
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    @app.event("app_home_opened")
    async def on_opened(ack: AsyncAck, event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            await enqueue(services, HomeJob(user=event["user"]), key=body["event_id"])
        await ack()
