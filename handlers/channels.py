"""What happens to channels: one that comes back, has the bot invited again or gets another id has its incidents go on.

One that becomes shared with another company is asked for anew, so that nothing is posted there from then on.
"""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.jobs.channels import ChannelMovedJob, ResumeJob
from bot.jobs.queueing import enqueue_once, reschedule
from bot.runtime.services import Services


def register(app: AsyncApp, services: Services) -> None:
    @app.event("channel_unarchive")
    async def on_unarchived(ack: AsyncAck, event: dict[str, Any]) -> None:
        await _resume(services, event["channel"])
        await ack()

    @app.event("group_unarchive")
    async def on_private_unarchived(ack: AsyncAck, event: dict[str, Any]) -> None:
        await _resume(services, event["channel"])
        await ack()

    @app.event("member_joined_channel")
    async def on_joined(ack: AsyncAck, event: dict[str, Any]) -> None:
        # Slack tells of everybody who joins.
        if event.get("user") == (await services.slack.identify()).bot_user_id:
            await _resume(services, event["channel"])
        await ack()

    @app.event("channel_id_changed")
    async def on_id_changed(ack: AsyncAck, event: dict[str, Any]) -> None:
        job = ChannelMovedJob(channel=event["new_channel_id"], before=event["old_channel_id"])
        await enqueue_once(services, job, key=f"channel_moved:{job.before}:{job.channel}")
        await ack()

    @app.event("channel_shared")
    async def on_shared(ack: AsyncAck, event: dict[str, Any]) -> None:
        await services.directory.forget_place(event["channel"])
        await ack()

    # Told of earlier, where an app subscribes it, which the manifest does not: docs/slack-app.md.
    @app.event("shared_channel_invite_accepted")
    async def on_invitation_accepted(ack: AsyncAck, event: dict[str, Any]) -> None:
        if channel := (event.get("channel") or {}).get("id"):
            await services.directory.forget_place(channel)
        await ack()

    @app.event("channel_unshared")
    async def on_unshared(ack: AsyncAck, event: dict[str, Any]) -> None:
        await _resume(services, event["channel"])
        await ack()


async def _resume(services: Services, channel: str) -> None:
    await services.directory.forget_place(channel)
    await reschedule(services, ResumeJob(channel=channel), key=channel, at=services.now())
