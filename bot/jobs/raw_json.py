"""Aionis' own answer for a run, as a file."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.text import escape
from bot.domain.access.admission import AskerAdmission
from bot.domain.run.phrases import plural
from bot.ids import short
from bot.jobs.reading import with_word
from bot.jobs.registry import Request, job, of_asker
from bot.live.roots import upload_below
from bot.runtime.services import Services
from bot.slack import Upload

MASKING = "Reading Aionis' answer and masking it… the file comes as another message."


class RawJsonRequest(Request):
    """Upload Aionis' answer for a run, masked."""

    kind: ClassVar[str] = "raw_json"
    run_id: str
    incident: str | None = None

    def again(self) -> ButtonElement:
        target = RunTarget(run_id=self.run_id, incident=self.incident)
        return el.button(TRY_AGAIN, action_id(Action.RAW_JSON), encode(target))


@job(RawJsonRequest, admission=of_asker)
async def upload_raw_json(services: Services, key: str, admission: AskerAdmission, request: RawJsonRequest) -> None:
    """Upload Aionis' answer for a run into the thread, with secrets masked."""
    incident = await services.incidents.read(admission, request.incident) if request.incident else None
    reading = _masked_answer(services, admission, request.run_id)
    content, masked, request_id = await with_word(services, key, request.reply, reading, private=MASKING)
    masked_words = f"{plural(masked, 'value')} masked"
    title = f"Run {short(request.run_id)}, as read from Aionis (request id {request_id}, {masked_words})"
    upload = Upload(f"run-{request.run_id}.json", title, content, comment=escape(title))
    if incident and request.reply.thread_ts == incident.root_ts:
        await upload_below(services, key, "file", incident, upload, user=request.reply.user)
    else:
        await services.slack.upload_once(key, "file", request.reply, upload)


async def _masked_answer(services: Services, admission: AskerAdmission, run_id: str) -> tuple[bytes, int, str]:
    """Return Aionis' answer for a run, masked, with how many values were, and the request id of the answer."""
    answer = await services.aionis(admission).get_own_run(run_id)
    return *await services.heavy_work.raw_json(answer.body), answer.request_id
