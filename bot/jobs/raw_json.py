"""Aionis' own answer for a run, as a file."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.domain.access.admission import AskerAdmission
from bot.domain.run.wording import plural
from bot.ids import short
from bot.jobs.common import read_with_word
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services


class RawJsonRequest(Request):
    """Upload Aionis' answer for a run, masked."""

    kind: ClassVar[str] = "raw_json"
    run_id: str
    incident: str | None = None

    def again(self) -> ButtonElement:
        """Return the button that asks for the same again."""
        target = RunTarget(run_id=self.run_id, incident=self.incident)
        return el.button(TRY_AGAIN, action_id(Action.RAW_JSON), encode(target))


@job(RawJsonRequest, admission=of_asker)
async def upload_raw_json(services: Services, key: str, admission: AskerAdmission, request: RawJsonRequest) -> None:
    """Upload Aionis' answer for a run into the thread, with secrets masked."""
    if request.incident:
        await services.incidents.read(admission, request.incident)
    reading = services.aionis(admission).get_own_run(request.run_id)
    answer = await read_with_word(services, key, request.reply, reading)
    content, masked = await services.heavy_work.raw_json(answer.body)
    masked_words = f"{plural(masked, 'value')} masked"
    await services.slack.upload_once(
        key,
        "file",
        request.reply,
        filename=f"run-{request.run_id}.json",
        title=f"Run {short(request.run_id)}, as read from Aionis (request id {answer.request_id}, {masked_words})",
        content=content,
    )
