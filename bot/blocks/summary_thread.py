"""The part of a summary that tells of a thread: who wrote how much, what was marked, linked and mentioned."""

import re
from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.layout import Part
from bot.blocks.lists import Parts, bulleted, with_rest
from bot.blocks.routing import Action, RunTarget, UriTarget, action_id, encode
from bot.blocks.text import outside
from bot.domain.incident.summary import ThreadPart
from bot.domain.incident.thread import Link, Marked, Mention
from bot.domain.run.phrases import plural
from bot.ids import short

QUOTED = 5  # marked messages shown
_QUOTE = 300
_LISTED = 6
_URL = 300
_BUTTONS = 5
_BUTTON_VALUE = 2_000  # Slack's limit
_NAMED = re.compile(r"@([UW][A-Z0-9]+)")


def thread_parts(
    thread: ThreadPart, permalinks: Mapping[str, str], incident: str | None, mentioned: str
) -> Iterator[Part]:
    """Yield the parts; `mentioned` is the title of the ids that were mentioned, `incident` the one that buttons add them to."""
    yield Part("thread", [el.rich(el.line(el.bold("Thread: "), *_counted(thread)))], rank=1)
    yield from _marked(thread.marked, permalinks)
    yield Part("linked changes", _changes(thread.pull_requests), rank=3)
    yield Part("mentioned ids", _mentions(thread, incident, mentioned), rank=2)


def message_count_words(thread: ThreadPart) -> str:
    """Return how much was written: `at least 5 messages by 2 people`."""
    if not thread.messages:
        return "no messages of people yet" if thread.complete else "no messages of people in what was read of it"
    people = "1 person" if thread.people == 1 else f"{thread.people:,} people"
    return f"{'' if thread.complete else 'at least '}{plural(thread.messages, 'message')} by {people}"


def _counted(thread: ThreadPart) -> Parts:
    since = [el.plain(", since "), el.moment(thread.first_at)] if thread.first_at else []
    last = [el.plain(", the last "), el.moment(thread.last_at)] if thread.last_at and thread.messages > 1 else []
    return [el.plain(message_count_words(thread)), *since, *last]


def _marked(marked: Sequence[Marked], permalinks: Mapping[str, str]) -> Iterator[Part]:
    """Yield a part for each quote, so that the last ones are left out first."""
    shown = marked[:QUOTED]
    for one in shown:
        words = el.line(el.bold("Marked: "), *_whence(one, permalinks.get(one.ts, "")))
        yield Part("a marked message", [el.rich(words, el.quote(*_quote(one)))], rank=3)
    if len(marked) > len(shown):
        yield Part("more", [el.context(plural(len(marked) - len(shown), "more marked message"))], rank=1)


def _whence(marked: Marked, permalink: str) -> Parts:
    link = [el.plain(" · "), el.permalink(permalink, "open")] if el.is_web_link(permalink, _URL) else []
    return [el.actor(marked.user), el.plain(" "), el.moment(marked.at), *link]


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
    items = [[el.web_link_part(link.url, _URL), el.plain(" by "), el.actor(link.user)] for link in links]
    return bulleted("Linked changes", with_rest(items[:_LISTED], len(items)))


def _mentions(thread: ThreadPart, incident: str | None, title: str) -> list[Block]:
    """Return what was mentioned, with the buttons that read it."""
    items = [
        [el.code(outside(one.ref, 200, one_line=True)), el.plain(" by "), el.actor(one.user)] for one in thread.pending
    ]
    shown = with_rest(items[:_BUTTONS], len(items))
    if thread.elsewhere:
        shown.append([el.italic(f"{plural(thread.elsewhere, 'URI')} of another tenant or scope, or of no known type")])
    buttons = [_button(one, number, incident) for number, one in enumerate(thread.pending[:_BUTTONS])]
    working = [button for button in buttons if len(button.value or "") <= _BUTTON_VALUE]
    return [*bulleted(title, shown), *([el.actions(*working)] if working else [])]


def _button(mention: Mention, number: int, incident: str | None) -> ButtonElement:
    if not mention.is_uri:
        value = encode(RunTarget(run_id=mention.ref, incident=incident))
        return el.button(f"Replay {short(mention.ref)}", action_id(Action.REPLAY, number), value)
    type_, _, id_ = mention.ref.rpartition("/")
    name = f"{outside(type_.rpartition('/')[2], 30, one_line=True)} {short(id_)}"
    value = encode(UriTarget(uri=mention.ref, incident=incident))
    return el.button(f"Resolve {name}", action_id(Action.RESOLVE, number), value)
