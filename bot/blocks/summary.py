"""The summary of an incident, or of any thread: what is known, what is done and by whom, what blocks, what is next."""

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.layout import Message, Part, fit
from bot.blocks.lists import Parts, bulleted, with_rest
from bot.blocks.recurrence import recurrence_parts
from bot.blocks.root_cause import evidence_parts
from bot.blocks.summary_thread import message_count_words, thread_parts
from bot.blocks.text import age, cut, duration, escape, linked, outside
from bot.domain.incident.activity import PersonLine
from bot.domain.incident.fix_proof import FixProof
from bot.domain.incident.kept import Closure, ComparisonDigest
from bot.domain.incident.state import Incident
from bot.domain.incident.summary import Blocker, CauseLine, RunLine, Summary, ThreadSummary
from bot.domain.run.phrases import plural
from bot.ids import short

_RECORDS = 2  # decisions, and commits, that are listed
_LISTED = 6
_PEOPLE = 12
_URL = 300


def summary_message(summary: Summary, *, permalinks: Mapping[str, str]) -> Message:
    """Return an incident's summary with its evidence table, which `plainer` has as fields.

    `permalinks` lead from a marked message's ts to its address, where it is known.
    """
    if summary.state.root_cause is None:
        return Message(_fallback(summary), fit(_incident_parts(summary, permalinks, _cause_line(summary))))
    table, fields = evidence_parts(summary.state)
    return Message(
        _fallback(summary),
        fit(_incident_parts(summary, permalinks, table)),
        fit(_incident_parts(summary, permalinks, fields)),
    )


def summary_place_message(incident: Incident, link: str) -> Message:
    """Return the line that leads whoever asked for the summary to the one in the thread."""
    text = f"The summary of {linked(incident.id, link)} is up to date."
    return Message(f"The summary of {incident.id} is up to date: {link}", el.to_dicts([el.mrkdwn(text)]))


def _cause_line(summary: Summary) -> Part:
    return Part("root cause", [el.rich(el.line(el.bold("Root cause: "), *_cause(summary.cause)))], rank=1)


def _incident_parts(summary: Summary, permalinks: Mapping[str, str], cause: Part) -> list[Part]:
    return [
        Part("status", [el.header(outside(_title(summary), 150, one_line=True)), el.rich(el.line(*_age(summary)))]),
        Part("what blocks", [_checklist(summary)]),
        Part("what is next", bulleted("Next", [[_words(sentence, 220)] for sentence in summary.next])),
        cause,
        Part("fix", bulleted("Fix", _fixes(summary.fixes)), rank=1),
        Part("recurrence", _recurrence(summary), rank=1),
        Part("runs", bulleted("Runs", _runs(summary.runs)), rank=2),
        Part("decisions and commits", _records(summary), rank=5),
        Part("people", _people(summary.people), rank=4),
        *_thread_of_incident(summary, permalinks),
    ]


def thread_summary_message(summary: ThreadSummary, *, permalinks: Mapping[str, str]) -> Message:
    """Return the summary of a thread that is no incident's; `permalinks` as above."""
    title = "Summary of this thread"
    parts = [
        Part("title", [el.rich(el.line(el.bold(title)))]),
        Part("people", _people(summary.people), rank=4),
        *thread_parts(summary.thread, permalinks, None, "Mentioned"),
    ]
    said = escape(f"{title}: {message_count_words(summary.thread)}.")
    return Message(cut(said, EDITED_TEXT), fit(parts))


def _title(summary: Summary) -> str:
    facts = ["Summary", summary.incident, summary.status, summary.severity, _done(summary)]
    return " · ".join(fact for fact in facts if fact)


def _done(summary: Summary) -> str:
    return f"{summary.done} of {summary.total} done"


def _age(summary: Summary) -> Parts:
    by = "the watch of " if summary.state.head.by_watch else ""
    opened = [el.plain(f"Opened by {by}"), el.actor(summary.opened_by), el.plain(" "), el.moment(summary.opened_at)]
    if summary.closure:  # as root, checklist and the line of the close say it
        took = duration(summary.age)
        return [*opened, *_closed(summary.closure), el.plain(f" · open for {took}")]
    return [*opened, el.plain(f" · open for {age(summary.age)} as of "), el.moment(summary.as_of)]


def _closed(closure: Closure) -> Parts:
    reason = f": {outside(closure.reason, 300, one_line=True)}" if closure.reason else ""
    although = f", although something blocked it{reason}" if closure.overridden else ""
    return [el.plain(" · closed by "), el.actor(closure.by), el.plain(" "), el.moment(closure.at), el.plain(although)]


def _checklist(summary: Summary) -> Block:
    done = el.bold(f"Checklist: {_done(summary)}")
    if not summary.blockers:
        return el.rich(el.line(done, el.plain("" if summary.closure else "; nothing blocks the close.")))
    what = "; left open:" if summary.closure else "; what blocks:"
    return el.rich(el.line(done, el.plain(what)), el.bullets(_blocker(one) for one in summary.blockers))


def _blocker(blocker: Blocker) -> Parts:
    owner = [el.plain(" · owner "), el.actor(blocker.owner)] if blocker.owner else []
    reason = [el.plain(" · open again: "), _words(blocker.reason, 60)] if blocker.reason else []
    return [_words(blocker.title, 120), *owner, *reason]


def _cause(cause: CauseLine) -> Parts:
    if not cause.filled:
        return [el.plain("not filled in yet")]
    more = f"… [+{cause.unsaid:,}]" if cause.unsaid else ""
    why = f": {outside(cause.explanation, 300, one_line=True)} {more}".rstrip() if cause.explanation else ""
    remedy = [el.plain(" · remediation "), el.web_link_part(cause.remediation, _URL)] if cause.remediation else []
    owner = [el.plain(" · owner "), el.actor(cause.owner)] if cause.owner else []
    missing = f" · still missing: {', '.join(cause.missing)}" if cause.missing else ""
    unknown = f" · {plural(cause.unknown, 'id')} in it unknown to Aionis" if cause.unknown else ""
    return [el.plain(f"{cause.cause or 'cause not named'}{why}"), *remedy, *owner, el.plain(missing + unknown)]


def _runs(runs: Sequence[RunLine]) -> list[Parts]:
    """Return a line for each run; of many, for the first and the latest. The goal of the first is said once."""
    first = runs[0].digest.goal if runs else ""
    items = [
        _run(run, goal=run.digest.goal if place == 0 or run.digest.goal != first else "")
        for place, run in enumerate(runs)
    ]
    if len(items) <= _LISTED:
        return items
    return [items[0], [el.italic(f"{len(items) - _LISTED:,} more")], *items[1 - _LISTED :]]


def _run(run: RunLine, *, goal: str | None) -> Parts:
    digest = run.digest
    where = f" at {outside(digest.critical, 100, one_line=True)}" if digest.critical else ""
    aim = f" · goal: {outside(goal, 100, one_line=True)}" if goal else ""
    id_ = el.code(outside(digest.run_id, 40, one_line=True))
    return [id_, el.plain(" "), el.bold(outside(run.verdict, 60, one_line=True)), el.plain(where + aim)]


def _fixes(proofs: Sequence[FixProof]) -> list[Parts]:
    """Return a line for each failing run that was compared, and one for all that were not."""
    compared = [_fix(proof, proof.newest) for proof in proofs if proof.newest]
    untried = [proof for proof in proofs if proof.newest is None]
    return with_rest(compared[:_LISTED], len(compared)) + ([_untried(untried)] if untried else [])


def _fix(proof: FixProof, newest: ComparisonDigest) -> Parts:
    """Return how a failing run stands: the newest proof, what failed in it before, and what that overtook."""
    rerun = outside(short(newest.rerun), 8, one_line=True)
    by = [el.plain(" · compared by "), el.actor(newest.by)] if newest.by else []
    verdict = [el.plain(" "), el.bold(proof.standing)]
    words = f" {'by' if newest.fixed else 'in'} rerun {rerun}{_failed_before(proof)}{_progress(proof)}"
    return [_run_id(proof), *verdict, el.plain(words), *by]


def _progress(proof: FixProof) -> str:
    return f" · {proof.progress}" if len(proof.reruns) > 1 or proof.needed > 1 else f" · {proof.tally_alone}"


def _untried(proofs: Sequence[FixProof]) -> Parts:
    more = f" and {len(proofs) - 1:,} more" if len(proofs) > 1 else ""
    words = f"{more}: no rerun proves {'them' if more else 'it'} yet{_failed_before(proofs[0])}"
    return [el.bold("Not proved: "), _run_id(proofs[0]), el.plain(words)]


def _recurrence(summary: Summary) -> list[Block]:
    """Say what came back, and whether the channel watches for more."""
    lines = [recurrence_parts(summary.state)] if summary.state.recurred else []
    if summary.watched is not None:
        where = outside(str(summary.state.tenancy), 150, one_line=True)
        words = f"{where} is watched by this channel" if summary.watched else f"{where} is not watched by this channel"
        lines.append([el.plain(words)])
    return bulleted("Recurrence", lines)


def _run_id(proof: FixProof) -> el.RichText:
    return el.code(outside(short(proof.run.run_id), 8, one_line=True))


def _failed_before(proof: FixProof) -> str:
    failed = ", ".join(outside(name, 40, one_line=True) for name in proof.run.failed[:_LISTED])
    return f" · failed before: {failed}" if failed else ""


def _records(summary: Summary) -> list[Block]:
    kinds = (
        ("decision", summary.decisions, summary.unlisted_decisions),
        ("commit", summary.commits, summary.unlisted_commits),
    )
    counts = [plural(len(uris) + unlisted, noun) for noun, uris, unlisted in kinds]
    items: list[Parts] = []
    for _, uris, unlisted in kinds:
        items += with_rest(
            [[el.code(outside(uri, 150, one_line=True))] for uri in uris[:_RECORDS]], len(uris) + unlisted
        )
    return bulleted(" and ".join(counts), items)


def _people(people: Sequence[PersonLine]) -> list[Block]:
    items = [[el.actor(one.user), el.plain(" "), _words(", ".join(one.acts), 300)] for one in people]
    return bulleted("People", with_rest(items[:_PEOPLE], len(items)))


def _thread_of_incident(summary: Summary, permalinks: Mapping[str, str]) -> Iterator[Part]:
    if summary.thread is None:
        yield Part("thread", [el.rich(el.line(el.bold("Thread: "), el.plain("not read")))], rank=1)
    else:
        yield from thread_parts(summary.thread, permalinks, summary.incident, "Mentioned, not looked at yet")


def _words(text: str, limit: int) -> el.RichText:
    return el.plain(outside(text, limit, one_line=True))


def _fallback(summary: Summary) -> str:
    cause = summary.cause
    blockers = "; ".join(outside(one.title, 60, one_line=True) for one in summary.blockers)
    said = [
        f"{summary.incident} is {summary.status}{f' ({summary.severity})' if summary.severity else ''}: {_done(summary)}.",
        f"Root cause: {cause.cause or 'not named yet'}." if cause.filled else "Root cause: not filled in yet.",
        f"{'Left open' if summary.closure else 'Blocking'}: {blockers}." if blockers else "",
        f"Next: {outside(summary.next[0], 220, one_line=True)}" if summary.next else "",
    ]
    return cut(escape(" ".join(words for words in said if words)), EDITED_TEXT)
