"""A Slack thread as facts: who wrote, what was marked, which changes were linked, which runs and records were named.

Read anew each time, so that edits and deletions are followed. The text of a marked message lives in these values and in what is
rendered from them; nothing here is to be stored.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.ids_in_text import find_references
from bot.domain.run.record_references import parse_reference
from bot.errors import BotError

Json = Mapping[str, Any]

PINS = frozenset({"pushpin", "round_pushpin"})
_WRITTEN = frozenset({"", "thread_broadcast", "file_share", "me_message"})  # every other subtype is Slack's own notice
_SLACKBOT = "USLACKBOT"  # the author of what is left of a deleted root message

_TS = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,6})?")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_MARKUP = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_ENTITIES = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}

_URL = re.compile(r"<(https?://[^\s<>|]+)(?:\|[^<>]*)?>|(https?://[^\s<>|]+)")  # a label is not where the link leads
_PATH = r"[\w.~%+@:-]+"
_CHANGE = re.compile(
    rf"https?://[\w.-]+(?::[0-9]+)?(?:/{_PATH})*?"
    r"(?:/[\w.~%+@:-]+/(?:pulls?|pull-requests|pullrequest)/[0-9]+"  # GitHub and Gitea, Bitbucket, Azure
    r"|/(?:-/)?merge_requests/[0-9]+"  # GitLab
    rf"|/c/(?:{_PATH}/)+?\+/[0-9]+"  # Gerrit
    r"|/(?:-/)?commits?/[0-9a-fA-F]{7,64})"
    r"(?![\w-])",
    re.ASCII,
)
_LONGEST_URL = 2_000
_WORD_JOINER = "\u2060"  # the bot's own texts keep `:names:` from becoming emoji with it
_ID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Marked:
    """A message that somebody marked with a pushpin. `user` is "" where Slack names no author.

    `text` is what people read, without Slack's markup; people in it stand as `@U…`, with their ids in `named`.
    """

    ts: str
    user: str
    text: str
    named: tuple[str, ...] = ()
    files: int = 0

    @property
    def at(self) -> datetime:
        """Return when it was written, in UTC."""
        return moment_of(self.ts)


@dataclass(frozen=True, slots=True)
class Link:
    """The URL of a pull or merge request or of a commit, and the first who posted it."""

    url: str
    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A run id or a record's URI, its id lower-cased, and the first person who mentioned it."""

    ref: str
    user: str
    ts: str

    @property
    def is_uri(self) -> bool:
        """Tell whether a record is meant, not a run."""
        return "://" in self.ref


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """What a thread's messages say. `written` counts the messages of people, by user id in the order of their first.

    `first_at` and `last_at` are those of people's messages, in UTC. `complete` is False where not the whole thread was read.
    """

    written: Mapping[str, int]
    first_at: datetime | None
    last_at: datetime | None
    marked: tuple[Marked, ...]
    pull_requests: tuple[Link, ...]
    mentioned: tuple[Mention, ...]
    complete: bool = True

    @property
    def messages(self) -> int:
        """Return how many messages people wrote."""
        return sum(self.written.values())

    @property
    def people(self) -> tuple[str, ...]:
        """Return the user ids of those who wrote, by first message."""
        return tuple(self.written)


def read_thread(messages: Iterable[Json], *, bot_user: str, complete: bool = True) -> ThreadFacts:
    """Return the facts in the messages of `conversations.replies`, all pages together, in any order.

    Links count from people and from other apps, mentions from people alone, marks on everything. Total: what is no message
    of Slack's (no readable `ts`) is passed over.
    """
    thread = _in_order(messages)
    peoples = [message for message in thread if _by_person(message, bot_user)]
    return ThreadFacts(
        written=Counter(_text(message, "user") for message in peoples),
        first_at=moment_of(peoples[0]["ts"]) if peoples else None,
        last_at=moment_of(peoples[-1]["ts"]) if peoples else None,
        marked=tuple(_marked(message) for message in thread if _is_marked(message)),
        pull_requests=_first_of_each(link for message in thread for link in _links(message, bot_user)),
        mentioned=_first_of_each(mention for message in peoples for mention in _mentions(message)),
        complete=complete,
    )


def unread(
    mentioned: Iterable[Mention], tenancy: Tenancy | None, known: Collection[str]
) -> tuple[tuple[Mention, ...], int]:
    """Return the mentions that nobody read yet, URIs as a channel of this tenancy resolves them, and how many it cannot resolve.

    `known` are the run ids and URIs that were read; a tenancy of None resolves nothing.
    """
    here, elsewhere = [], set()
    for mention in mentioned:
        ref = _resolvable(mention.ref, tenancy) if mention.is_uri else mention.ref
        if ref is None:
            elsewhere.add(mention.ref)
        else:
            here.append(replace(mention, ref=ref))
    # Somebody who pastes the bare id of a record that was read already does not mean a run.
    read = {*known, *(ref.rpartition("/")[2] for ref in known)}
    return _first_of_each(mention for mention in here if mention.ref not in read), len(elsewhere)


def moment_of(ts: str) -> datetime:
    """Return the time in a Slack timestamp (seconds since 1970 with decimals), in UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def as_people_read_it(text: str) -> str:
    """Return the text of a Slack message as people read it: links as `label (url)`, people as `@U…`, entities as characters."""
    spelled_out = _MARKUP.sub(_spelled_out, text.replace(_WORD_JOINER, ""))
    return _ENTITIES.sub(lambda entity: _CHARACTERS[entity.group(1)], spelled_out)


def _in_order(messages: Iterable[Json]) -> list[Json]:
    """Return each message once, the oldest first. Pages may repeat the root message; what was read last is newest."""
    newest = {ts: message for message in messages if (ts := _text(message, "ts")) and _TS.fullmatch(ts)}
    return [newest[ts] for ts in sorted(newest, key=Decimal)]


def _by_person(message: Json, bot_user: str) -> bool:
    user = _text(message, "user")
    written = not message.get("bot_id") and _text(message, "subtype") in _WRITTEN
    return written and user not in {"", bot_user, _SLACKBOT}


def _is_marked(message: Json) -> bool:
    return any(_text(reaction, "name") in PINS for reaction in _dicts(message.get("reactions")))


def _marked(message: Json) -> Marked:
    text = _text(message, "text")
    named = tuple(dict.fromkeys(_PERSON.findall(text)))
    files = len(_dicts(message.get("files")))
    return Marked(_text(message, "ts"), _text(message, "user"), as_people_read_it(text), named, files)


def _links(message: Json, bot_user: str) -> Iterator[Link]:
    if _text(message, "user") == bot_user:
        return
    for shown, bare in _URL.findall(_text(message, "text")):
        url = as_people_read_it(shown or bare)
        change = _CHANGE.match(url) if len(url) <= _LONGEST_URL else None
        if change:
            yield Link(change.group(), _text(message, "user"), _text(message, "ts"))


def _mentions(message: Json) -> Iterator[Mention]:
    for found in find_references(_text(message, "text")):
        # Only the id: tenants and scopes may be written in capitals.
        ref = found[:-_ID_LENGTH] + found[-_ID_LENGTH:].lower()
        yield Mention(ref, _text(message, "user"), _text(message, "ts"))


def _first_of_each(found: Iterable[Any]) -> tuple[Any, ...]:
    first: dict[str, Any] = {}
    for one in found:
        first.setdefault(one.url if isinstance(one, Link) else one.ref, one)
    return tuple(first.values())


def _resolvable(ref: str, tenancy: Tenancy | None) -> str | None:
    """Return the URI of a record of this tenancy, or None: of another tenant or scope, or of no known type."""
    if tenancy is None:
        return None
    try:
        return str(parse_reference(ref, tenancy))
    except BotError:  # counted by the caller, and said
        return None


def _spelled_out(markup: re.Match[str]) -> str:
    target, label = markup.group(1), markup.group(2)
    if target.startswith("@"):
        return target
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return f"{label} ({target})" if label and label not in target else target


def _text(value: Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _dicts(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
