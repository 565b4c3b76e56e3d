"""Comparing a failing run with its rerun: the message, and what it proves in the incident."""

from datetime import datetime
from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.compare import compared_already_message, compared_message, comparison_message
from bot.blocks.compare_modal import comparison_modal
from bot.blocks.compare_rerun import rerun_modal
from bot.blocks.incidents import choice_message
from bot.blocks.layout import Message
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.replay import run_title
from bot.blocks.routing import Action, Modal, RunTarget, action_id, encode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident import log_changes
from bot.domain.incident.digest import comparison_digest, run_digest
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import BOT, Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.investigation.pair import InvestigatedPair, suggested_reruns
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import Arrival, as_first_found, enter, is_kept, post_into, shown_although_refused
from bot.jobs.incident_lookup import Undecided, asked_elsewhere
from bot.jobs.modals import ModalRequest, of_modal, tell_in_modal
from bot.jobs.reading import read_pair, with_word
from bot.jobs.recording import note_incident
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.jobs.timeline_image import comparison_picture
from bot.live.roots import is_gone, root_link
from bot.runtime.services import Services
from bot.slack import Posted, ReplyTo

_PART, _WAS_COMPARED = "comparison", "was-compared"


class CompareRequest(Request):
    """Compare a failing run with its rerun."""

    kind: ClassVar[str] = "compare"
    shown_by: ClassVar[str] = "/replay status"
    failing: str
    rerun: str
    incident: str | None = None
    new: bool = False

    def again(self) -> ButtonElement:
        return el.button(
            TRY_AGAIN,
            action_id(Action.COMPARE),
            encode(RunTarget(run_id=self.failing, rerun_id=self.rerun, incident=self.incident, new=self.new)),
        )


class ComparisonRequest(ModalRequest):
    """Fill the modal of a comparison."""

    kind: ClassVar[str] = "comparison"
    view: ClassVar[Modal] = Modal.COMPARISON


class RerunRequest(ModalRequest):
    """Fill the modal that asks which rerun to compare a failing run with."""

    kind: ClassVar[str] = "rerun"
    view: ClassVar[Modal] = Modal.RERUN


@job(CompareRequest, admission=of_asker)
async def compare(services: Services, key: str, admission: AskerAdmission, request: CompareRequest) -> None:
    """Post what a rerun says about a failing run, and record it in the incident, which opens where there is none."""
    reply = request.reply
    aionis = services.aionis(admission)
    reading = read_pair(services, aionis, request.failing, request.rerun)
    pair = await with_word(services, key, reply, reading)
    runs = [run_digest(pair.failing.diagnosis), run_digest(pair.rerun.diagnosis)]
    wanted, new = request.incident, request.new
    entrance = await enter(services, key, admission, reply, wanted=wanted, new=new, arrival=Arrival(runs))
    if isinstance(entrance, Undecided):
        target = RunTarget(run_id=runs[0].run_id, rerun_id=runs[1].run_id)
        message = choice_message(entrance.choices, target, Action.COMPARE, guess_new=entrance.guess_new)
        await services.slack.answer_once(key, "choose", reply, message)
        return
    incident = entrance.incident if entrance else None
    if incident:
        # As the first try found it: a repetition finds what the first one has recorded.
        known = await as_first_found(services, key, _WAS_COMPARED, _is_compared(incident, pair))
        incident = await _record(services, key, request, incident, pair, known=known)
        if known and not await _is_to_be_shown(services, key, incident, pair):
            await _say_known(services, key, reply, incident, pair)
            return

    async def with_picture() -> Message:
        picture = await comparison_picture(services, key, pair.failing.diagnosis, pair.rerun.diagnosis)
        return comparison_message(pair.comparison, picture=picture)

    if incident is None:
        await post_into(services, key, _PART, reply, with_picture, None)
        return
    async with shown_although_refused(services, incident):
        posted = await post_into(services, key, _PART, reply, with_picture, incident)
    if posted:
        await _note_place(services, key, incident, pair)
        await _say_where(services, key, reply, incident, pair)
    if posted or await is_kept(services, admission, incident):
        await keep_evidence(services, key, aionis, incident)


async def _record(
    services: Services, key: str, request: CompareRequest, incident: Incident, pair: InvestigatedPair, *, known: bool
) -> Incident:
    """Add both runs and what the comparison says, where that is new; a run that is there already gets its newest digest."""
    at, by = services.now(), request.reply.user
    # The runs first: a comparison proves something only about a run that is in the incident.
    changes = [
        _added(pair.failing.diagnosis, by=by, at=at, key=f"{key}:failing"),
        _added(pair.rerun.diagnosis, by=by, at=at, key=f"{key}:rerun"),
    ]
    if not known:
        digest = comparison_digest(pair.comparison)
        changes.append(log_changes.compared(digest, by=by, at=at, key=f"{key}:compared"))
    incident = await services.incidents.append_all(incident, changes)
    await note_incident(services, incident)
    return incident


def _added(run: Diagnosis, *, by: str, at: datetime, key: str) -> Change:
    return log_changes.run_added(run_digest(run, run_title(run)), by=by, at=at, key=key, via="comparison")


async def _say_where(services: Services, key: str, reply: ReplyTo, incident: Incident, pair: InvestigatedPair) -> None:
    """Tell whoever compared from the channel, which the thread's message does not show in, what it says and where it is."""
    if asked_elsewhere(reply, incident):
        link = await root_link(services, incident)
        await services.slack.answer_once(key, "where", reply, compared_message(pair.comparison, incident.id, link=link))


def _is_compared(incident: Incident, pair: InvestigatedPair) -> bool:
    """Tell whether somebody compared the two already, and it said the same; what a watch compares is shown to nobody."""
    new = comparison_digest(pair.comparison)
    kept = (one for one in incident.comparisons if (one.failing, one.rerun) == (new.failing, new.rerun))
    # Who compared them, and when, is no part of what the comparison says.
    return any(one.by != BOT and one.model_copy(update={"by": "", "at": None}) == new for one in kept)


async def _note_place(services: Services, key: str, incident: Incident, pair: InvestigatedPair) -> None:
    """Remember where a comparison is."""
    if kept := await services.outbox.landed(key, _PART):
        await services.live_messages.is_at(incident.channel, incident.id, _name(pair), Posted.read(kept).ts)


async def _is_to_be_shown(services: Services, key: str, incident: Incident, pair: InvestigatedPair) -> bool:
    """Tell whether the comparison that is known is not there any more, or was posted by an earlier try that has more to do."""
    if await services.outbox.landed(key, _PART):
        return True
    ts = await services.live_messages.place(incident.channel, incident.id, _name(pair))
    return await is_gone(services, incident.channel, ts)


def _name(pair: InvestigatedPair) -> str:
    return f"{_PART}:{pair.failing.diagnosis.run_id}:{pair.rerun.diagnosis.run_id}"


async def _say_known(services: Services, key: str, reply: ReplyTo, incident: Incident, pair: InvestigatedPair) -> None:
    """Tell whoever compares two runs once more that nothing has changed, in one line."""
    link = await root_link(services, incident)
    message = compared_already_message(pair.comparison, incident.id, link=link, now=services.now())
    await services.slack.answer_once(key, "known", reply, message)
    await refresh_soon(services, incident)


@job(ComparisonRequest, admission=of_modal, tell=tell_in_modal)
async def fill_comparison(services: Services, _key: str, admission: AskerAdmission, request: ComparisonRequest) -> None:
    """Fill the modal of a comparison with its page."""
    target = request.target
    # Read anew for each page: a view carries 3,000 characters of its own, and a comparison is larger.
    pair = await read_pair(services, services.aionis(admission), target.run_id, target.rerun_id or "")
    await services.slack.update_view(request.view_id, comparison_modal(pair.comparison, target))


@job(RerunRequest, admission=of_modal, tell=tell_in_modal)
async def suggest_reruns(services: Services, _key: str, admission: AskerAdmission, request: RerunRequest) -> None:
    """Fill the modal that asks for a rerun with the later runs of the same case, and how each ended."""
    now = services.now()
    aionis = services.aionis(admission)
    runs = await suggested_reruns(aionis, request.target.run_id, now=now, stalled_after=services.stalled_after)
    await services.slack.update_view(request.view_id, rerun_modal(runs, request.target, now=now))
