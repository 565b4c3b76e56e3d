"""Pictures of timelines, uploaded for the messages that show them and say the same in words.

What draws is imported by whoever draws: the listeners import this module for its jobs' sake, and are to be ready soon.
"""

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.blocks.picture import UploadedPicture
from bot.domain.recurrence.history import FailureHistory
from bot.domain.run.diagnosis import Diagnosis
from bot.errors import SlackRefused
from bot.ids import short
from bot.runtime.services import Services
from bot.slack.uploads import Upload

if TYPE_CHECKING:
    from bot.pictures.shapes import Scene

log = structlog.get_logger(__name__)


async def timeline_picture(services: Services, job: str, diagnosis: Diagnosis) -> UploadedPicture | None:
    """Upload the picture of a run's timeline for a message to show, where the run has enough steps for one."""
    if not _worth_it(services, diagnosis):
        return None
    from bot.pictures.scene import timeline_scene  # noqa: PLC0415

    return await _uploaded(services, job, f"run-{short(diagnosis.run_id)}.png", timeline_scene(diagnosis))


async def comparison_picture(
    services: Services, job: str, failing: Diagnosis, rerun: Diagnosis
) -> UploadedPicture | None:
    """Upload the picture of two runs, one below the other, for a message to show."""
    if not (_worth_it(services, failing) or _worth_it(services, rerun)):
        return None
    from bot.pictures.scene import comparison_scene  # noqa: PLC0415

    name = f"runs-{short(failing.run_id)}-{short(rerun.run_id)}.png"
    return await _uploaded(services, job, name, comparison_scene(failing, rerun))


async def occurrences_picture(services: Services, job: str, history: FailureHistory) -> UploadedPicture | None:
    """Upload the picture of how often a failure was seen on which days, where that was more than a few times lately."""
    from bot.pictures.occurrences import MORE_THAN_A_FEW, occurrences_scene  # noqa: PLC0415

    today = services.now().date()
    recently = history.recently(services.now())
    if services.picture_steps <= 0 or recently < MORE_THAN_A_FEW:
        return None
    return await _uploaded(
        services, job, f"days-{history.fingerprint[:8]}.png", occurrences_scene(history.days, today), f"days-{recently}"
    )


def _worth_it(services: Services, diagnosis: Diagnosis) -> bool:
    return 0 < services.picture_steps <= diagnosis.counts.total


async def _uploaded(
    services: Services, job: str, filename: str, scene: "Scene", part: str = "picture"
) -> UploadedPicture | None:
    from bot.pictures.png import to_png  # noqa: PLC0415

    content = await asyncio.to_thread(to_png, scene)
    try:
        upload = Upload(filename, scene.title, content, scene.alt)
        file = await services.slack.upload_for_message(job, part, upload)
    except SlackRefused as refused:
        # The messages say the same in words: a workspace that takes no files loses nothing else.
        log.warning("picture_not_uploaded", job=job, code=refused.code)
        return None
    return UploadedPicture(file, scene.alt, scene.title)
