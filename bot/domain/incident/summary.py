"""The summary of an incident or a thread, derived anew from the incident, its log and its thread.

No sentence is invented: each part comes from an Aionis record, a Slack message or a named person's act in the log.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.activity import PersonLine, people_of
from bot.domain.incident.fix_proof import FixProof, proofs_of
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.kept import Closure, RunDigest
from bot.domain.incident.next_actions import to_do
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import SUMMARY, Incident
from bot.domain.incident.thread import Link, Marked, Mention, ThreadFacts, unread
from bot.domain.run.diagnosis import Verdict

_MOST_NEXT = 3
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")
_VERDICTS = {
    Verdict.SUCCESS.value: "succeeded",
    Verdict.IN_PROGRESS.value: "in progress",
    Verdict.UNKNOWN.value: "with an unknown status",
}


@dataclass(frozen=True, slots=True)
class CauseLine:
    """The root cause in a line. `filled` is False before anybody wrote any of it.

    `explanation` is the first sentence of it, `unsaid` the characters behind that; `missing` says in words what is still to
    be filled in, `unknown` counts the ids in it that Aionis does not know.
    """

    filled: bool = False
    cause: str = ""
    explanation: str = ""
    unsaid: int = 0
    remediation: str = ""
    owner: str = ""
    missing: tuple[str, ...] = ()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class RunLine:
    """A replayed run and its verdict in words."""

    digest: RunDigest
    verdict: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """A checklist item that keeps the incident open; `owner` is a Slack user id, `reason` why it was undone or lapsed."""

    title: str
    owner: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """What the thread itself shows: see `ThreadFacts` for the counts and `unread` for `pending` and `elsewhere`."""

    messages: int
    people: int
    first_at: datetime | None
    last_at: datetime | None
    complete: bool
    marked: tuple[Marked, ...]
    pull_requests: tuple[Link, ...]
    pending: tuple[Mention, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident's summary as of `as_of`. `age` is in seconds, until the close where it is closed.

    `status` is a word or two, `fixes` tells how each failing run stands, `decisions` and `commits` are URIs, `thread` is None
    where it was not read, `next` are sentences.
    """

    incident: str
    as_of: datetime
    status: str
    severity: str
    opened_at: datetime
    opened_by: str
    age: float
    closure: Closure | None
    cause: CauseLine
    fixes: tuple[FixProof, ...]
    runs: tuple[RunLine, ...]
    decisions: tuple[str, ...]
    unlisted_decisions: int  # those of long runs, of which only the first are kept
    commits: tuple[str, ...]
    unlisted_commits: int
    done: int
    total: int
    blockers: tuple[Blocker, ...]
    people: tuple[PersonLine, ...]
    thread: ThreadPart | None
    next: tuple[str, ...]
    watched: bool | None  # whether the channel watches what the incident is about; None where that was not looked up
    state: Incident  # that all of it was derived from


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """The summary of a thread that is no incident's."""

    thread: ThreadPart
    people: tuple[PersonLine, ...]


def summarise(
    incident: Incident,
    log: Sequence[Entry],
    thread: ThreadFacts | None,
    *,
    now: datetime,
    watched: bool | None = None,
) -> Summary:
    """Return an incident's summary. `thread` is None where it could not be read; times are aware."""
    end = incident.closure.at if incident.closure else now
    return Summary(
        incident=incident.id,
        as_of=now,
        status=_status(incident),
        severity=incident.severity,
        opened_at=incident.head.at,
        opened_by=incident.head.by,
        age=max(0.0, (end - incident.head.at).total_seconds()),
        closure=incident.closure,
        cause=_cause(incident.root_cause, len(incident.unresolved)),
        fixes=tuple(proofs_of(incident)),
        runs=tuple(RunLine(run, _verdict(run)) for run in incident.runs),
        decisions=_records(incident, "decision"),
        commits=_records(incident, "commit"),
        unlisted_decisions=sum(max(0, run.decision_count - len(run.decisions)) for run in incident.runs),
        unlisted_commits=sum(max(0, run.commit_count - len(run.commits)) for run in incident.runs),
        done=incident.done,
        total=len(incident.items),
        blockers=tuple(Blocker(item.spec.title, item.facts.owner, item.facts.reason) for item in incident.blockers),
        people=people_of(log, {item.spec.id: item.spec.title for item in incident.items}, thread),
        thread=_of_incident(thread, incident, log) if thread else None,
        next=tuple(islice(to_do(incident), _MOST_NEXT)),
        watched=watched,
        state=incident,
    )


def summarise_thread(
    thread: ThreadFacts, *, tenancy: Tenancy | None, known: Collection[str] = (), own: Collection[str] = ()
) -> ThreadSummary:
    """Return the summary of a thread without an incident.

    `tenancy` is what its channel reads, None for nothing; `known` are run ids and URIs that were read in it already; `own` are
    the `ts` of the bot's own summaries, which are not quoted again.
    """
    return ThreadSummary(_thread(thread, tenancy, known, own), people_of((), {}, thread))


def _status(incident: Incident) -> str:
    if incident.is_open:
        return "open"
    return "closed anyway" if incident.closure and incident.closure.overridden else "closed"


def _cause(cause: RootCause | None, unknown: int) -> CauseLine:
    if cause is None:
        return CauseLine(missing=tuple(RootCause().missing()))
    explanation = cause.explanation.strip()
    sentence = _SENTENCE_END.split(explanation, maxsplit=1)[0]
    return CauseLine(
        filled=True,
        cause=cause.cause.words if cause.cause else "",
        explanation=sentence,
        unsaid=len(explanation) - len(sentence),
        remediation=cause.remediation,
        owner=cause.owner,
        missing=tuple(cause.missing()),
        unknown=unknown,
    )


def _verdict(run: RunDigest) -> str:
    words = _VERDICTS.get(run.verdict, run.verdict.replace("_", " "))
    flaw = f"a {run.flaw} step" if run.flaw else "a step that went wrong"
    return f"{words} (with {flaw})" if run.verdict == Verdict.SUCCESS and run.failing else words


def _records(incident: Incident, kind: str) -> tuple[str, ...]:
    """Return the URIs of decisions or commits: of the runs, of the root cause, and resolved by people."""
    found = [uri for run in incident.runs for uri in (run.decisions if kind == "decision" else run.commits)]
    found += [incident.root_cause.ids().get(kind, "")] if incident.root_cause else []
    # Nothing else in a URI can read so: slashes in a scope are escaped.
    found += [digest.uri for digest in incident.uris if f"/{kind}/" in digest.uri]
    return tuple(dict.fromkeys(uri for uri in found if uri))


def _of_incident(thread: ThreadFacts, incident: Incident, log: Sequence[Entry]) -> ThreadPart:
    own = incident.messages.get(SUMMARY, "")
    return _thread(thread, incident.tenancy, _read_already(incident, log), {own})


def _read_already(incident: Incident, log: Sequence[Entry]) -> set[str]:
    """Return the run ids and URIs that the incident knows, also those that were moved away since."""
    added = {entry.payload["run"]["run_id"] for entry in log if entry.kind is EntryKind.RUN_ADDED}
    added |= {entry.payload["uri"]["uri"] for entry in log if entry.kind is EntryKind.URI_ADDED}
    held = {run.run_id for run in incident.runs} | {uri.uri for uri in incident.uris}
    return added | held | {*_records(incident, "decision"), *_records(incident, "commit")}


def _thread(thread: ThreadFacts, tenancy: Tenancy | None, known: Collection[str], own: Collection[str]) -> ThreadPart:
    pending, elsewhere = unread(thread.mentioned, tenancy, known)
    return ThreadPart(
        messages=thread.messages,
        people=len(thread.people),
        first_at=thread.first_at,
        last_at=thread.last_at,
        complete=thread.complete,
        marked=tuple(marked for marked in thread.marked if marked.ts not in own),
        pull_requests=thread.pull_requests,
        pending=pending,
        elsewhere=elsewhere,
    )
