"""The latest failed runs."""

from typing import ClassVar

from bot.blocks.recent import recent_message
from bot.domain.access.admission import AskerAdmission
from bot.investigation.run import recent_failures
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.similar import catch_up, counted
from bot.runtime.services import Services

LOOKED_AT = 50  # end records: of runs that failed the same way the newest is shown


class RecentRequest(Request):
    """List the latest failed runs."""

    kind: ClassVar[str] = "recent"
    ordered: ClassVar[bool] = False


@job(RecentRequest, admission=of_asker)
async def list_recent(services: Services, key: str, admission: AskerAdmission, request: RecentRequest) -> None:
    """Show the latest failed runs to the person who asked."""
    await catch_up(services, admission)
    answer = await recent_failures(services.aionis(admission), limit=LOOKED_AT)
    counts = await counted(services, admission, answer.value.nodes)
    newest = [node for node in answer.value.nodes if node.id in counts]
    has_more = answer.value.page.has_more
    message = recent_message(newest, admission.tenancy, now=services.now(), has_more=has_more, counts=counts)
    await services.slack.answer_once(key, "list", request.reply, message)
