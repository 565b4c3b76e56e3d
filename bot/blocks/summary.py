"""The summary of an incident, or of any thread: what is known, what is done and by whom, what blocks, what is next."""

import re
from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.again import again_parts
from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.layout import Message, Part, fit
from bot.blocks.root_cause import evidence_parts
from bot.blocks.routing import Action, RunTarget, UriTarget, action_id, encode
from bot.blocks.text import age, cut, escape, outside
from bot.domain.incident.activity import PersonLine
from bot.domain.incident.fix_proof import FixProof
from bot.domain.incident.state import BOT, Closure, ComparisonDigest
from bot.domain.incident.summary import Blocker, CauseLine, RunLine, Summary, ThreadPart, ThreadSummary
from bot.domain.incident.thread import Link, Marked, Mention
from bot.domain.run.wording import plural
from bot.ids import short

QUOTED = 5  # marked messages shown
_RECORDS = 2  # decisions, and commits, that are listed
_QUOTE = 300
_LISTED = 6
_PEOPLE = 12
_BUTTONS = 5
_BUTTON_VALUE = 2_000  # Slack's limit
_URL = 300
_NAMED = re.compile(r"@([UW][A-Z0-9]+)")

Parts = list[el.RichText]


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


def _cause_line(summary: Summary) -> Part:
    return Part("root cause", [el.rich(el.line(el.bold("Root cause: "), *_cause(summary.cause)))], rank=1)


def _incident_parts(summary: Summary, permalinks: Mapping[str, str], cause: Part) -> list[Part]:
    return [
        Part("status", [el.header(outside(_title(summary), 150, one_line=True)), el.rich(el.line(*_age(summary)))]),
        Part("what blocks", [_checklist(summary)]),
        Part("what is next", _bulleted("Next", [[_words(sentence, 220)] for sentence in summary.next])),
        cause,
        Part("fix", _bulleted("Fix", _fixes(summary.fixes)), rank=1),
        Part("recurrence", _recurrence(summary), rank=1),
        Part("runs", _bulleted("Runs", _runs(summary.runs)), rank=2),
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
        *_thread(summary.thread, permalinks, None, "Mentioned"),
    ]
    said = escape(f"{title}: {_counts(summary.thread)}.")
    return Message(cut(said, EDITED_TEXT), fit(parts))


def _title(summary: Summary) -> str:
    facts = ["Summary", summary.incident, summary.status, summary.severity, _done(summary)]
    return " · ".join(fact for fact in facts if fact)


def _done(summary: Summary) -> str:
    return f"{summary.done} of {summary.total} done"


def _age(summary: Summary) -> Parts:
    opened = [el.plain("Opened by "), _person(summary.opened_by), el.plain(" "), el.moment(summary.opened_at)]
    for_ = f" · open for {age(summary.age)}"
    if summary.closure:
        return [*opened, *_closed(summary.closure), el.plain(for_)]
    return [*opened, el.plain(f"{for_} as of "), el.moment(summary.as_of)]


def _closed(closure: Closure) -> Parts:
    reason = f": {outside(closure.reason, 300, one_line=True)}" if closure.reason else ""
    although = f", although something blocked it{reason}" if closure.overridden else ""
    return [el.plain(" · closed by "), _person(closure.by), el.plain(" "), el.moment(closure.at), el.plain(although)]


def _checklist(summary: Summary) -> Block:
    done = el.bold(f"Checklist: {_done(summary)}")
    if not summary.blockers:
        return el.rich(el.line(done, el.plain("" if summary.closure else "; nothing blocks the close.")))
    what = "; left open:" if summary.closure else "; what blocks:"
    return el.rich(el.line(done, el.plain(what)), el.bullets(_blocker(one) for one in summary.blockers))


def _blocker(blocker: Blocker) -> Parts:
    owner = [el.plain(" · owner "), _person(blocker.owner)] if blocker.owner else []
    reason = [el.plain(" · open again: "), _words(blocker.reason, 60)] if blocker.reason else []
    return [_words(blocker.title, 120), *owner, *reason]


def _cause(cause: CauseLine) -> Parts:
    if not cause.filled:
        return [el.plain("not filled in yet")]
    more = f"… [+{cause.unsaid:,}]" if cause.unsaid else ""
    why = f": {outside(cause.explanation, 300, one_line=True)} {more}".rstrip() if cause.explanation else ""
    remedy = [el.plain(" · remediation "), el.web_link_part(cause.remediation, _URL)] if cause.remediation else []
    owner = [el.plain(" · owner "), _person(cause.owner)] if cause.owner else []
    missing = f" · still missing: {', '.join(cause.missing)}" if cause.missing else ""
    unknown = f" · {plural(cause.unknown, 'id')} in it unknown to Aionis" if cause.unknown else ""
    return [el.plain(f"{cause.cause or 'cause not named'}{why}"), *remedy, *owner, el.plain(missing + unknown)]


def _runs(runs: Sequence[RunLine]) -> list[Parts]:
    """Return a line for each run; of many, for the first, which began it, and for the latest."""
    items = [_run(run) for run in runs]
    if len(items) <= _LISTED:
        return items
    return [items[0], [el.italic(f"{len(items) - _LISTED:,} more")], *items[1 - _LISTED :]]


def _run(run: RunLine) -> Parts:
    digest = run.digest
    where = f" at {outside(digest.critical, 100, one_line=True)}" if digest.critical else ""
    goal = f" · goal: {outside(digest.goal, 100, one_line=True)}" if digest.goal else ""
    id_ = el.code(outside(digest.run_id, 40, one_line=True))
    return [id_, el.plain(" "), el.bold(outside(run.verdict, 60, one_line=True)), el.plain(where + goal)]


def _fixes(proofs: Sequence[FixProof]) -> list[Parts]:
    """Return a line for each failing run that was compared, and one for all that were not."""
    compared = [_fix(proof, proof.newest) for proof in proofs if proof.newest]
    untried = [proof for proof in proofs if proof.newest is None]
    return _with_more(compared, _LISTED) + ([_untried(untried)] if untried else [])


def _fix(proof: FixProof, newest: ComparisonDigest) -> Parts:
    """Return how a failing run stands: the newest proof, what failed in it before, and what that overtook."""
    rerun = outside(short(newest.rerun), 8, one_line=True)
    by = [el.plain(" · compared by "), _person(newest.by)] if newest.by else []
    verdict = [el.plain(" "), el.bold(newest.verdict.upper())]
    words = f" {'by' if newest.fixed else 'in'} rerun {rerun}{_failed_before(proof)}{_progress(proof)}"
    return [_run_id(proof), *verdict, el.plain(words), *by]


def _progress(proof: FixProof) -> str:
    return f" · {proof.progress}" if len(proof.reruns) > 1 or proof.needed > 1 else f" · {proof.tally}"


def _untried(proofs: Sequence[FixProof]) -> Parts:
    more = f" and {len(proofs) - 1:,} more" if len(proofs) > 1 else ""
    words = f"{more}: no rerun proves it yet{_failed_before(proofs[0])}"
    return [el.bold("Not proved: "), _run_id(proofs[0]), el.plain(words)]


def _recurrence(summary: Summary) -> list[Block]:
    """Say what came back, and whether the channel watches for more."""
    lines = [again_parts(summary.state)] if summary.state.recurred else []
    if summary.watched is not None:
        where = outside(str(summary.state.tenancy), 150, one_line=True)
        words = f"{where} is watched by this channel" if summary.watched else f"{where} is not watched by this channel"
        lines.append([el.plain(words)])
    return _bulleted("Recurrence", lines)


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
        items += _with_more([[el.code(outside(uri, 150, one_line=True))] for uri in uris], _RECORDS, unlisted)
    return _bulleted(" and ".join(counts), items)


def _people(people: Sequence[PersonLine]) -> list[Block]:
    items = [[_person(one.user), el.plain(" "), _words(", ".join(one.acts), 300)] for one in people]
    return _bulleted("People", _with_more(items, _PEOPLE))


def _thread_of_incident(summary: Summary, permalinks: Mapping[str, str]) -> Iterator[Part]:
    if summary.thread is None:
        yield Part("thread", [el.rich(el.line(el.bold("Thread: "), el.plain("not read")))], rank=1)
    else:
        yield from _thread(summary.thread, permalinks, summary.incident, "Mentioned, not looked at yet")


def _thread(thread: ThreadPart, permalinks: Mapping[str, str], incident: str | None, mentioned: str) -> Iterator[Part]:
    yield Part("thread", [el.rich(el.line(el.bold("Thread: "), *_counted(thread)))], rank=1)
    yield from _marked(thread.marked, permalinks)
    yield Part("linked changes", _changes(thread.pull_requests), rank=3)
    yield Part("mentioned ids", _mentions(thread, incident, mentioned), rank=2)


def _counts(thread: ThreadPart) -> str:
    if not thread.messages:
        return "no messages of people yet" if thread.complete else "no messages of people in what was read of it"
    people = "1 person" if thread.people == 1 else f"{thread.people:,} people"
    return f"{'' if thread.complete else 'at least '}{plural(thread.messages, 'message')} by {people}"


def _counted(thread: ThreadPart) -> Parts:
    since = [el.plain(", since "), el.moment(thread.first_at)] if thread.first_at else []
    last = [el.plain(", the last "), el.moment(thread.last_at)] if thread.last_at and thread.messages > 1 else []
    return [el.plain(_counts(thread)), *since, *last]


def _marked(marked: Sequence[Marked], permalinks: Mapping[str, str]) -> Iterator[Part]:
    """Yield a part for each quote, so that the last ones are left out first."""
    shown = marked[:QUOTED]
    for one in shown:
        words = el.line(el.bold("Marked: "), *_whence(one, permalinks.get(one.ts, "")))
        yield Part("a marked message", [el.rich(words, el.quote(*_quote(one)))], rank=3)
    if len(marked) > len(shown):
        yield Part("more", [el.context(f"{len(marked) - len(shown):,} more marked messages")], rank=1)


def _whence(marked: Marked, permalink: str) -> Parts:
    link = [el.plain(" · "), el.permalink(permalink, "open")] if el.is_web_link(permalink, _URL) else []
    return [_person(marked.user), el.plain(" "), el.moment(marked.at), *link]


def _quote(marked: Marked) -> Parts:
    """Return a message's text, literal but for the names of the people that it named."""
    if not marked.text.strip():
        return [el.plain(f"(no text, {plural(marked.files, 'file')})" if marked.files else "(no text)")]
    pieces = _NAMED.split(outside(marked.text, _QUOTE))
    return [_piece(piece, marked, is_name=place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def _piece(piece: str, marked: Marked, *, is_name: bool) -> el.RichText:
    if not is_name:
        return el.plain(piece)
    return el.person(piece) if piece in marked.named else el.plain(f"@{piece}")


def _changes(links: Sequence[Link]) -> list[Block]:
    items = [[el.web_link_part(link.url, _URL), el.plain(" by "), _person(link.user)] for link in links]
    return _bulleted("Linked changes", _with_more(items, _LISTED))


def _mentions(thread: ThreadPart, incident: str | None, title: str) -> list[Block]:
    """Return what was mentioned, with the buttons that read it."""
    items = [
        [el.code(outside(one.ref, 200, one_line=True)), el.plain(" by "), _person(one.user)] for one in thread.pending
    ]
    shown = _with_more(items, _BUTTONS)
    if thread.elsewhere:
        shown.append([el.italic(f"{plural(thread.elsewhere, 'URI')} of another tenant or scope, or of no known type")])
    buttons = [_button(one, number, incident) for number, one in enumerate(thread.pending[:_BUTTONS])]
    working = [button for button in buttons if len(button.value or "") <= _BUTTON_VALUE]
    return [*_bulleted(title, shown), *([el.actions(*working)] if working else [])]


def _button(mention: Mention, number: int, incident: str | None) -> ButtonElement:
    if not mention.is_uri:
        value = encode(RunTarget(run_id=mention.ref, incident=incident))
        return el.button(f"Replay {short(mention.ref)}", action_id(Action.REPLAY, number), value)
    type_, _, id_ = mention.ref.rpartition("/")
    name = f"{outside(type_.rpartition('/')[2], 30, one_line=True)} {short(id_)}"
    value = encode(UriTarget(uri=mention.ref, incident=incident))
    return el.button(f"Resolve {name}", action_id(Action.RESOLVE, number), value)


def _person(user: str) -> el.RichText:
    if user == BOT:
        return el.plain("the bot")
    return el.person(user) if user else el.plain("an app")


def _words(text: str, limit: int) -> el.RichText:
    return el.plain(outside(text, limit, one_line=True))


def _with_more(items: list[Parts], most: int, unlisted: int = 0) -> list[Parts]:
    """Return the first items and how many more there are, with those that are counted but not among the items."""
    rest = max(0, len(items) - most) + unlisted
    return [*items[:most], [el.italic(f"{rest:,} more")]] if rest > 0 else items


def _bulleted(title: str, items: Sequence[Parts]) -> list[Block]:
    return [el.rich(el.line(el.bold(title)), el.bullets(items))] if items else []


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
