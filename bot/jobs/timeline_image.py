"""Pictures of timelines, beside what the messages say in words."""

import asyncio

import structlog

from bot.domain.run.diagnosis import Diagnosis
from bot.errors import SlackRefused
from bot.ids import short
from bot.pictures.scene import comparison_scene, timeline_scene
from bot.pictures.shapes import Scene
from bot.runtime.services import Services
from bot.slack import ReplyTo

log = structlog.get_logger(__name__)


async def show_timeline(services: Services, job: str, thread: ReplyTo, diagnosis: Diagnosis) -> None:
    """Upload the picture of a run's timeline into its thread, where the run has enough steps for one."""
    if _worth_it(services, diagnosis):
        await _upload(services, job, thread, f"run-{short(diagnosis.run_id)}.png", timeline_scene(diagnosis))


async def show_comparison(services: Services, job: str, thread: ReplyTo, failing: Diagnosis, rerun: Diagnosis) -> None:
    """Upload the picture of two runs, one below the other."""
    if _worth_it(services, failing) or _worth_it(services, rerun):
        name = f"runs-{short(failing.run_id)}-{short(rerun.run_id)}.png"
        await _upload(services, job, thread, name, comparison_scene(failing, rerun))


def _worth_it(services: Services, diagnosis: Diagnosis) -> bool:
    return 0 < services.picture_steps <= diagnosis.counts.total


async def _upload(services: Services, job: str, thread: ReplyTo, filename: str, scene: Scene) -> None:
    from bot.pictures.png import to_png  # noqa: PLC0415 Pillow takes 0.1 s to import

    content = await asyncio.to_thread(to_png, scene)
    try:
        await services.slack.upload_once(
            job, "picture", thread, filename=filename, title=scene.title, content=content, alt=scene.alt
        )
    except SlackRefused as refused:
        # The messages say the same in words: a workspace that takes no files loses nothing else.
        log.warning("picture_not_uploaded", job=job, code=refused.code)
