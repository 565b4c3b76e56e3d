"""The latest failed runs."""

from typing import ClassVar

from bot.blocks.recent import recent_message
from bot.domain.access.admission import AskerAdmission
from bot.investigation.run import recent_failures
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services


class RecentRequest(Request):
    """List the latest failed runs."""

    kind: ClassVar[str] = "recent"
    ordered: ClassVar[bool] = False


@job(RecentRequest, admission=of_asker)
async def list_recent(services: Services, key: str, admission: AskerAdmission, request: RecentRequest) -> None:
    """Show the latest failed runs to the person who asked."""
    answer = await recent_failures(services.aionis(admission))
    message = recent_message(
        answer.value.nodes, admission.tenancy, now=services.now(), has_more=answer.value.page.has_more
    )
    await services.slack.answer_once(key, "list", request.reply, message)
