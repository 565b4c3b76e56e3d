"""Replaying runs: the root message, the timeline in its thread, and the run in its incident."""

from typing import ClassVar

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import elements as el
from bot.blocks.incidents import choice_message, joined_message, known_run_message
from bot.blocks.notices import TRY_AGAIN
from bot.blocks.replay import run_title
from bot.blocks.routing import Action, PlacedTarget, RunTarget, action_id, encode
from bot.domain.access.admission import AskerAdmission
from bot.domain.incident.digest import run_digest
from bot.domain.incident.state import Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.errors import NotInChannel, PostingRefused, SlackRefused
from bot.ids import short
from bot.investigation.calls import both
from bot.investigation.just_read import Read
from bot.jobs.analysis import announce_analysis, is_shown, post_where_gone, show_analysis
from bot.jobs.evidence import keep_evidence
from bot.jobs.incident import Arrival, Entrance, as_first_found, enter, is_kept, reserve_ahead
from bot.jobs.incident_lookup import Undecided, asked_elsewhere, closed_notice
from bot.jobs.reading import read_run, with_word
from bot.jobs.recording import note_run, run_to_add
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.live.roots import root_link, with_root
from bot.runtime.services import Services
from bot.slack import ReplyTo

_WAS_THERE = "was-there"


class ReplayRequest(Request):
    """Replay a run: into the incident named, a new one, or the one that its place says.

    `typed`: the incident's id is somebody's own, who is told where there is none, or where it is closed.
    """

    kind: ClassVar[str] = "replay"
    shown_by: ClassVar[str] = "/replay status"
    run_id: str
    incident: str | None = None
    new: bool = False
    typed: bool = False

    def again(self) -> ButtonElement:
        return el.button(
            TRY_AGAIN,
            action_id(Action.REPLAY),
            encode(RunTarget(run_id=self.run_id, incident=self.incident, new=self.new)),
        )


@job(ReplayRequest, admission=of_asker)
async def replay_run(services: Services, key: str, admission: AskerAdmission, request: ReplayRequest) -> None:
    """Post what a run did into the thread of its incident, which opens with its root where there is none."""
    reply = request.reply
    aionis = services.aionis(admission)
    wanted, new = request.incident, request.new
    if wanted and request.typed:
        incident = await services.incidents.read(admission, wanted, typed=True)
        if not incident.is_open:
            await services.slack.answer_once(key, "closed", reply, closed_notice(services, incident, reply.where))
            return
    found, ahead = await both(
        with_word(services, key, reply, read_run(services, aionis, request.run_id)),
        reserve_ahead(services, key, admission, reply, wanted=wanted, new=new),
    )
    read = Read.by(aionis.exchanges, found)
    # A digest, not the run: the incident keeps what its root and checklist need, and the answers keep the rest.
    digest = run_digest(found.diagnosis, run_title(found.diagnosis))
    arrival = Arrival([digest], [run_to_add(services, key, digest, by=reply.user)])
    entrance, _ = await both(
        enter(services, key, admission, reply, wanted=wanted, new=new, arrival=arrival, ahead=ahead),
        announce_analysis(services, key, reply.channel, ahead.id, digest.run_id),
    )
    if isinstance(entrance, Undecided):
        target = RunTarget(run_id=digest.run_id)
        message = choice_message(entrance.choices, target, Action.REPLAY, guess_new=entrance.guess_new)
        await services.slack.answer_once(key, "choose", reply, message)
        return
    if entrance is None:
        await show_analysis(services, key, reply, None, found.diagnosis, read)
        return
    # Recorded before it is shown: the message has buttons, and whoever clicks must find the run in the incident.
    known = not entrance.own and await _was_there(services, key, entrance.incident, digest.run_id)
    adding = services.incidents.append_all(entrance.incident, () if entrance.own else arrival.changes)
    if known:
        incident = await adding
    else:
        # Where another one was taken than the one that was reserved.
        id_ = None if entrance.incident.id == ahead.id else entrance.incident.id
        incident, _ = await both(adding, announce_analysis(services, key, reply.channel, id_, digest.run_id))
    try:
        if known:
            await _say_known(services, key, reply, incident, found.diagnosis)
        elif await show_analysis(services, key, reply, incident, found.diagnosis, read):
            await _say_where(services, key, admission, request.reply, digest.run_id, entrance)
        elif not await is_kept(services, admission, incident):
            return
    except (NotInChannel, PostingRefused, SlackRefused):  # the end of this job, and the run is in the incident
        await note_run(services, incident, digest)
        await refresh_soon(services, incident)
        raise
    await note_run(services, incident, digest)
    await refresh_soon(services, incident)
    await keep_evidence(services, key, aionis, incident)


async def _say_known(services: Services, key: str, reply: ReplyTo, incident: Incident, diagnosis: Diagnosis) -> None:
    """Tell whoever asked for a run that is there already where it is, in one line; what is not there of it is posted again."""
    incident = await with_root(services, incident)
    again = await post_where_gone(services, reply, incident, diagnosis)
    link = await root_link(services, incident)
    message = known_run_message(incident, diagnosis.run_id, link=link, now=services.now(), again=again)
    await services.slack.answer_once(key, "known", reply, message)


async def _was_there(services: Services, key: str, incident: Incident, run_id: str) -> bool:
    """Tell whether a run was in an incident, and shown there or still going to be, when this job first looked."""
    is_there = any(one.run_id == run_id for one in incident.runs) and await is_shown(services, incident, run_id)
    return await as_first_found(services, key, _WAS_THERE, is_there)


async def _say_where(
    services: Services, key: str, admission: AskerAdmission, reply: ReplyTo, run_id: str, entrance: Entrance
) -> None:
    """Tell whoever asked elsewhere which incident was taken, with the button that takes another one."""
    incident = entrance.incident
    if not entrance.opened and asked_elsewhere(reply, incident):
        others = entrance.others
        if others is None:
            others = len(await services.incidents.open_ones(admission)) - 1
        placed = PlacedTarget(incident=incident.id, run_id=run_id)
        link = await root_link(services, incident)
        message = joined_message(incident, f"Run {short(run_id)}", placed, others=others, link=link)
        await services.slack.answer_once(key, "joined", reply, message)
