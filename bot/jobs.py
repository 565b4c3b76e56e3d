"""What runs after the ack, on any worker: fetch → think → render → post. Every job may run twice; it posts once."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from bot.blocks.layout import Message
from bot.blocks.modals import failed_modal
from bot.blocks.notices import INVITE, failure_message, notice
from bot.blocks.recent import recent_message
from bot.blocks.replay import replay_message
from bot.blocks.resolve import resolve_message
from bot.blocks.routing import ModalTarget, View
from bot.blocks.step import TITLE as STEP_TITLE
from bot.blocks.step import no_step_modal, step_modal
from bot.blocks.timeline import TITLE as TIMELINE_TITLE
from bot.blocks.timeline import timeline_message, timeline_modal
from bot.domain.redaction import mask_value
from bot.domain.uris import parse_reference
from bot.errors import BotError, NotInChannel, SlackRefused, SlackUnreachable, UnexpectedError
from bot.ids import short
from bot.reading import Investigation, investigate, recent_failures, resolve_record
from bot.services import Services
from bot.slack import ReplyTo

log = structlog.get_logger(__name__)


class Request(BaseModel):
    """What every job knows: where its answer goes."""

    reply: ReplyTo


class ReplayRequest(Request):
    """Replay a run."""

    run_id: str


class ResolveRequest(Request):
    """Resolve an Aionis URI of the channel's tenancy."""

    uri: str


class RecentRequest(Request):
    """List the latest failed runs."""


class RawJsonRequest(Request):
    """Upload Aionis' answer for a run, masked."""

    run_id: str


class ShowRequest(Request):
    """Show a ready message to the person who asked."""

    text: str
    blocks: list[dict[str, Any]]


class FillRequest(Request):
    """Fill an open modal."""

    view: View
    view_id: str
    target: ModalTarget


async def replay_run(services: Services, job: str, request: ReplayRequest) -> None:
    """Post the root message of a replay, and its timeline in the thread."""
    found = await _investigate(services, request.run_id)
    root = replay_message(found.diagnosis)
    ts = await _post_or_show(services, job, "root", request.reply, root)
    if ts is None:
        return
    thread = request.reply.model_copy(update={"thread_ts": request.reply.thread_ts or ts})
    await services.slack.post_once(job, "timeline", thread, timeline_message(found.diagnosis))


async def resolve_uri(services: Services, job: str, request: ResolveRequest) -> None:
    """Post the card of a record."""
    uri = parse_reference(request.uri, services.tenancy)
    resolution = await resolve_record(services.aionis(), uri)
    await _post_or_show(services, job, "card", request.reply, resolve_message(resolution))


async def list_recent(services: Services, job: str, request: RecentRequest) -> None:
    """Show the latest failed runs to the person who asked."""
    answer = await recent_failures(services.aionis())
    message = recent_message(
        answer.value.nodes, services.tenancy, now=services.now(), has_more=answer.value.page.has_more
    )
    await services.slack.answer_once(job, "list", request.reply, message)


async def upload_raw_json(services: Services, job: str, request: RawJsonRequest) -> None:
    """Upload Aionis' answer for a run into the thread, with secrets masked."""
    answer = await services.aionis().get_run(request.run_id)
    content = json.dumps(mask_value(json.loads(answer.body)), ensure_ascii=False, indent=2).encode()
    await services.slack.upload_once(
        job,
        "file",
        request.reply,
        filename=f"run-{request.run_id}.json",
        title=f"Run {short(request.run_id)}, as read from Aionis (request id {answer.request_id}, secrets masked)",
        content=content,
    )


async def show(services: Services, job: str, request: ShowRequest) -> None:
    """Show a ready message to the person who asked."""
    await services.slack.answer_once(job, "shown", request.reply, Message(request.text, request.blocks))


async def fill_modal(services: Services, job: str, request: FillRequest) -> None:
    """Fill a modal with its page, or with why that is not possible."""
    try:
        view = await _view(services, request)
    except SlackUnreachable:
        raise
    except BotError as error:
        title = STEP_TITLE if request.view is View.STEP else TIMELINE_TITLE
        view = failed_modal(request.view, title, request.target, error)
    await services.slack.update_view(request.view_id, view)


async def _view(services: Services, request: FillRequest) -> dict[str, Any]:
    target = request.target
    found = await _investigate(services, target.run_id, step_number=target.step)
    if request.view is View.TIMELINE:
        return timeline_modal(found.diagnosis, target)
    steps = found.diagnosis.steps
    step = found.diagnosis.critical_step if target.step is None else None
    if step is None and steps:
        number = target.step or 1
        step = steps[number - 1] if number <= len(steps) else None
    return step_modal(found.diagnosis, found.detail(step), target) if step else no_step_modal(target)


async def _investigate(services: Services, run_id: str, *, step_number: int | None = None) -> Investigation:
    return await investigate(
        services.aionis(), run_id, now=services.now(), stalled_after=services.stalled_after, step_number=step_number
    )


async def _post_or_show(services: Services, job: str, part: str, reply: ReplyTo, message: Message) -> str | None:
    """Post for everybody; where the bot may not, show the whole to the asker with the invite to type, and return None."""
    try:
        return await services.slack.post_once(job, part, reply, message)
    except NotInChannel:
        if reply.response_url is None:
            raise
    await services.slack.answer_once(job, f"{part}-shown", reply, message)
    invite = INVITE.format(bot=await services.slack.bot_name())
    await services.slack.answer_once(job, f"{part}-invite", reply, notice(invite))
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: how its payload reads, and what it does."""

    request: type[Request]
    run: Callable[[Services, str, Any], Awaitable[None]]


KINDS: dict[str, Kind] = {
    "replay": Kind(ReplayRequest, replay_run),
    "resolve": Kind(ResolveRequest, resolve_uri),
    "recent": Kind(RecentRequest, list_recent),
    "raw_json": Kind(RawJsonRequest, upload_raw_json),
    "show": Kind(ShowRequest, show),
    "fill": Kind(FillRequest, fill_modal),
}
_NAMES = {kind.request: name for name, kind in KINDS.items()}
_DONE = "done"


async def enqueue(services: Services, request: Request, *, key: str) -> None:
    """Store a job for a request. `key` is Slack's own id of what happened, so that repetitions make one job."""
    name = _NAMES[type(request)]
    await services.queue.enqueue(name, request.model_dump(mode="json", exclude_none=True), key=f"{name}:{key}")


async def perform(services: Services, name: str, key: str, payload: dict[str, Any], last: bool) -> None:
    """Do a job. A failure with a message for people is told once and ends it; anything else is raised and tried again."""
    if await services.outbox.value(key, _DONE):
        return
    kind = KINDS[name]
    request = kind.request.model_validate(payload)
    try:
        await kind.run(services, key, request)
    except SlackUnreachable:
        raise
    except BotError as error:
        log.info("job_failed", job=key, kind=name, error=type(error).__name__, request_id=error.request_id)
        await _tell_failure(services, key, request.reply, error)
    except Exception:
        # The boundary of a job: a defect is logged whole, tried again, and on the last try the asker is told.
        log.exception("job_crashed", job=key, kind=name)
        if last:
            unexpected = UnexpectedError("Something broke inside the bot.", request_id=key)
            await _tell_failure(services, key, request.reply, unexpected)
        raise
    await services.outbox.keep(key, _DONE, "yes")


async def _tell_failure(services: Services, key: str, reply: ReplyTo, error: BotError) -> None:
    try:
        await services.slack.answer_once(key, "failure", reply, failure_message(error))
    except (NotInChannel, SlackRefused) as untold:
        log.error("nobody_could_be_told", job=key, failure=error.what, because=untold.what)  # noqa: TRY400 expected
