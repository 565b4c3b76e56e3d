"""*Choose another…*: moving a run or a record to another incident, or to a new one.

The target is looked at first, then what is kept is added to it, and only then is it taken out of where it was: whatever fails in
between, nothing is lost. Nothing is read from Aionis again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from bot.blocks.notices import notice
from bot.domain.access.admission import AskerAdmission
from bot.domain.bundle.kept_answers import StoredAnswer
from bot.domain.incident import log_changes
from bot.domain.incident.incident_log import Change
from bot.domain.incident.kept import RunDigest, UriDigest
from bot.domain.incident.state import Incident
from bot.domain.run.diagnosis import Diagnosis
from bot.errors import NotAllowed, StaleButton
from bot.ids import short
from bot.jobs.analysis import show_analysis
from bot.jobs.evidence import ensure_answers_are_kept
from bot.jobs.incident import NO_INCIDENTS, open_new, post_into
from bot.jobs.recording import note_incident
from bot.jobs.refresh import refresh_soon
from bot.jobs.registry import Request, job, of_asker
from bot.runtime.services import Services

MOVED_HERE = "{what} was moved here from {source}."
NOT_IN_IT = "{what} is not in {source} any more."
CLOSED = "{id} is closed, so nothing can be moved into it."
CLOSED_FIX = "Reopen it, or choose another one. Nothing was moved."


class MoveRequest(Request):
    """Move a run or a record from one incident to another; `to` None is a new one."""

    kind: ClassVar[str] = "move"
    shown_by: ClassVar[str] = "/replay status"
    incident: str
    to: str | None = None
    run_id: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class _Moved:
    """What is moved: a run or a record, with the answers that it was made from; `what` names it."""

    what: str
    digest: RunDigest | UriDigest
    answers: list[StoredAnswer]

    def added(self, *, by: str, services: Services, key: str) -> Change:
        if isinstance(self.digest, RunDigest):
            return log_changes.run_added(self.digest, by=by, at=services.now(), key=key)
        return log_changes.uri_added(self.digest, by=by, at=services.now(), key=key)

    def removed(self, to: str, *, by: str, services: Services, key: str) -> Change:
        if isinstance(self.digest, RunDigest):
            return log_changes.run_removed(self.digest.run_id, to, by=by, at=services.now(), key=key)
        return log_changes.uri_removed(self.digest.uri, to, by=by, at=services.now(), key=key)


@job(MoveRequest, admission=of_asker)
async def move(services: Services, key: str, admission: AskerAdmission, request: MoveRequest) -> None:
    """Add a run or a record to the incident that was chosen, then take it out of where it was."""
    source = await services.incidents.read(admission, request.incident)
    # Answers are kept behind the reply that they were read for: what is not kept yet would be missing in the target for good.
    await ensure_answers_are_kept(services, source)
    target = await _target(services, key, admission, request)
    moved = _moved(source, request, await services.incidents.answers.of(source))
    # Gone from the source and there in the target: an earlier try has moved it, and may have been cut off behind that.
    about = moved or _moved(target, request, [])
    if about is None:
        raise StaleButton(NOT_IN_IT.format(what=_words(request), source=source.id))
    if moved is not None:
        source, target = await _move(services, key, request, moved, source, target)
    if isinstance(about.digest, RunDigest):
        # The target first: cut off in between, the index knows the failure in two incidents for a while, and never in none.
        await note_incident(services, target)
        await note_incident(services, source, gone=about.digest.fingerprint)
    await refresh_soon(services, source)
    await refresh_soon(services, target)


async def _move(
    services: Services, key: str, request: MoveRequest, moved: _Moved, source: Incident, target: Incident
) -> tuple[Incident, Incident]:
    """Move it; returns both incidents as they stand then."""
    by = request.reply.user
    applied = await services.incidents.append(target, moved.added(by=by, services=services, key=f"{key}:in"))
    # Closed since it was looked at.
    if not applied.accepted:
        raise NotAllowed(CLOSED.format(id=target.id), fix=CLOSED_FIX)
    await services.incidents.answers.keep(target, [one.packed for one in moved.answers])
    await _show(services, key, request, moved, source, applied.incident or target)
    left = await services.incidents.append(source, moved.removed(target.id, by=by, services=services, key=f"{key}:out"))
    return left.incident or source, applied.incident or target


async def _target(services: Services, key: str, admission: AskerAdmission, request: MoveRequest) -> Incident:
    """Return the incident that was chosen, opened where it is a new one; raises where nothing can be added to it."""
    if request.to:
        target = await services.incidents.read(admission, request.to)
        if not target.is_open:
            raise NotAllowed(CLOSED.format(id=target.id), fix=CLOSED_FIX)
        return target
    # A message of its own in the channel: below the click it would hang in the thread of the incident that the run leaves.
    place = request.reply.below(None)
    opened = await open_new(services, key, admission, place)
    if opened is None:
        raise StaleButton(NO_INCIDENTS)
    return opened


async def _show(
    services: Services, key: str, request: MoveRequest, moved: _Moved, source: Incident, target: Incident
) -> None:
    """Show in the target's thread what was moved there; a new incident begins with it."""
    diagnosis = _diagnosis(moved, target)
    # Without the URL that answers one person: what cannot be posted must fail, and not count as moved because the asker saw it.
    place = request.reply.model_copy(update={"thread_ts": target.root_ts, "response_url": None})
    told = notice(MOVED_HERE.format(what=moved.what, source=source.id))
    thread = await post_into(services, key, "moved", place, told, target)
    if thread and diagnosis:
        await show_analysis(services, key, place, target, diagnosis)


def _diagnosis(moved: _Moved, target: Incident) -> Diagnosis | None:
    """Return what the kept answers say of a run; None for a record, and where its answer was too large to be kept."""
    if isinstance(moved.digest, UriDigest):
        return None
    # From the answers and not the digest: that keeps a few lines, and the thread is to show the run as it was read.
    from bot.report.bundling import diagnoses  # noqa: PLC0415 what writes reports draws, too: for jobs, not for listeners

    found = diagnoses(moved.answers, target.tenancy, {moved.digest.run_id: moved.digest.stalled_after})
    return next((one for one in found if one.run_id == moved.digest.run_id), None)


def _moved(holder: Incident, request: MoveRequest, answers: Iterable[StoredAnswer]) -> _Moved | None:
    """Return what is to be moved as an incident holds it; None where it does not."""
    digest: RunDigest | UriDigest | None
    if request.run_id:
        digest = next((run for run in holder.runs if run.run_id == request.run_id), None)
        about: set[str | None] = {request.run_id, *(digest.decisions if digest else ())}
    else:
        digest = next((uri for uri in holder.uris if uri.uri == request.uri), None)
        about = {request.uri}
    return _Moved(_words(request), digest, [one for one in answers if _asked_about(one) & about]) if digest else None


def _words(request: MoveRequest) -> str:
    return f"Run {short(request.run_id)}" if request.run_id else request.uri or ""


def _asked_about(answer: StoredAnswer) -> set[str | None]:
    asked = answer.asked
    slots = asked.get("slots_contains")
    ids = (asked.get("run_id"), asked.get("uri"), slots.get("run_id") if isinstance(slots, dict) else None)
    return {str(one) for one in ids if one}
