"""Modals about a run: opened at once, and filled by a job with their page, or with why that is not possible."""

from typing import ClassVar

from bot.blocks.modals import failed_modal
from bot.blocks.routing import Modal, ModalTarget
from bot.domain.access.admission import AskerAdmission
from bot.errors import BotError
from bot.jobs.registry import Request, of_asker
from bot.runtime.services import Services


class ModalRequest(Request):
    """Fill an open modal about a run; `view` says which."""

    ordered: ClassVar[bool] = False
    view: ClassVar[Modal]
    view_id: str
    target: ModalTarget


async def of_modal(services: Services, request: ModalRequest) -> AskerAdmission:
    """Admit whoever looks at the modal, to the incident that it was opened from, too."""
    admission = await of_asker(services, request)
    if request.target.incident:
        await services.incidents.read(admission, request.target.incident)
    return admission


async def tell_in_modal(services: Services, _key: str, request: ModalRequest, error: BotError) -> None:
    """Tell a failure where its page was to be."""
    await services.slack.update_view(request.view_id, failed_modal(request.view, request.target, error))
