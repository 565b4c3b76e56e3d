"""The latest failed runs."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.aionis import Aionis
from bot.blocks import elements as el
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.recent import SHOWN, RecentFailure, recent_message
from bot.blocks.routing import Action, PageTarget, action_id, encode
from bot.domain.access.admission import AskerAdmission
from bot.domain.recurrence.decisions import Decisions
from bot.domain.recurrence.troubled import TroubledRun
from bot.investigation.recent import TroubledRuns, by_failure
from bot.jobs.reading import ASKING_ONE, with_word
from bot.jobs.reading_back import catch_up
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

MOST = 50  # pages: each reads all records before it


class RecentRequest(Request):
    """List the latest failed runs; `page` counts from 0, the newest."""

    kind: ClassVar[str] = "recent"
    ordered: ClassVar[bool] = False
    page: int = 0

    def again(self) -> ButtonElement:
        return el.button(TRY_AGAIN, action_id(Action.RECENT), encode(PageTarget(page=self.page)))


@job(RecentRequest, admission=of_asker)
async def list_recent(services: Services, key: str, admission: AskerAdmission, request: RecentRequest) -> None:
    """Show a page of the latest failed runs to the person who asked; of those that failed the same way the newest."""
    aionis = services.aionis(admission)
    found = TroubledRuns(aionis, now=services.now(), stalled_after=services.stalled_after)
    first = max(0, request.page) * SHOWN
    reading = _read(services, admission, aionis, found, most=first + SHOWN)
    decisions, groups = await with_word(services, key, request.reply, reading, private=ASKING_ONE)
    shown = list(groups.items())[first : first + SHOWN]
    rows = [
        RecentFailure(runs[0], max(len(runs), await _known(services, admission, decisions, failure)))
        for failure, runs in shown
    ]
    message = recent_message(
        rows,
        admission.tenancy,
        now=services.now(),
        page=max(0, request.page),
        older=len(groups) > first + SHOWN,
        has_more=found.has_more,
        counted=await services.failures.was_read_back(admission.tenancy),
        reads_as=aionis.reads_as,
    )
    await services.slack.answer_once(key, "list", request.reply, message)


async def _read(
    services: Services, admission: AskerAdmission, aionis: Aionis, found: TroubledRuns, *, most: int
) -> tuple[Decisions, dict[str, list[TroubledRun]]]:
    """Read the list, and the failures that the index has yet to know, within one deadline; the list is what was asked for."""
    decisions = await services.failures.decisions(admission.tenancy)
    groups = await by_failure(found, decisions, most=most)
    await catch_up(services, admission, aionis)
    return decisions, groups


async def _known(services: Services, admission: AskerAdmission, decisions: Decisions, failure: str) -> int:
    """Return how often the index has seen a failure."""
    known = await services.failures.find(admission.tenancy, decisions.joined(failure))
    return sum(one.count for one in known)
