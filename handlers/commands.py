"""What people type, understood: the same words behind a slash command and behind a mention."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.blocks.layout import Message
from bot.blocks.notices import (
    COMPARING,
    EXPORTING,
    LISTING,
    REPLAY_HELP,
    REPLAYING,
    RESOLVE_HELP,
    RESOLVING,
    STATUS_COMING,
    SUMMARY_COMING,
    accepted,
    failure_message,
    help_message,
)
from bot.domain.run.uris import parse_run_id, read_reference, two_run_ids
from bot.errors import BotError
from bot.ids import short
from bot.jobs.compare import CompareRequest
from bot.jobs.export import ExportRequest
from bot.jobs.queueing import enqueue
from bot.jobs.recent import RecentRequest
from bot.jobs.registry import Request
from bot.jobs.replay import ReplayRequest
from bot.jobs.resolve import ResolveRequest
from bot.jobs.show import ShowRequest
from bot.jobs.status import StatusRequest
from bot.jobs.summary import SummaryRequest
from bot.runtime.services import Services
from bot.slack import ReplyTo
from bot.slack.incoming import mention_words, reply_to_mention

REPLAY_TITLE = "/replay shows what an agent's run did and where it broke"
RESOLVE_TITLE = "/resolve shows one decision, commit, node or edge of Aionis"
BIND = "bind"
NEW = "new"
COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for: a job to store, or None where the short answer is all there is."""

    request: Request | None
    answer: Message


Understand = Callable[[str, ReplyTo], Understood]


def understand_replay(text: str, reply: ReplyTo) -> Understood:
    """Read what follows `/replay`: a run id (and `new`, for an incident of its own) or one of its other words."""
    words = text.strip().lower()
    if words in {"", "help"}:
        return Understood(None, help_message(REPLAY_TITLE, REPLAY_HELP))
    if words in _WORDS:
        kind, answer = _WORDS[words]
        return Understood(kind(reply=reply), accepted(answer))
    if first_word(words) == COMPARE:
        return understand_compare(text.strip()[len(COMPARE) :], reply)
    new = words.split()[-1] == NEW
    try:
        run_id = parse_run_id(text.strip()[: -len(NEW)] if new else text)
    except BotError as error:
        return Understood(None, failure_message(error))
    return Understood(ReplayRequest(reply=reply, run_id=run_id, new=new), accepted(REPLAYING.format(run_id=run_id)))


def understand_compare(text: str, reply: ReplyTo) -> Understood:
    """Read what follows `compare`: the failing run's id, and the rerun's."""
    try:
        failing, rerun = two_run_ids(text)
    except BotError as error:
        return Understood(None, failure_message(error))
    request = CompareRequest(reply=reply, failing=failing, rerun=rerun)
    return Understood(request, accepted(COMPARING.format(failing=short(failing), rerun=short(rerun))))


def understand_resolve(text: str, reply: ReplyTo) -> Understood:
    """Read what follows `/resolve`: a URI, `<type> <uuid>`, or `help`."""
    if text.strip().lower() in {"", "help"}:
        return Understood(None, help_message(RESOLVE_TITLE, RESOLVE_HELP))
    try:
        reference = str(read_reference(text))
    except BotError as error:
        return Understood(None, failure_message(error))
    request = ResolveRequest(reply=reply, reference=reference)
    return Understood(request, accepted(RESOLVING.format(reference=reference)))


def first_word(text: str) -> str:
    """Return the first word of what was typed, in lower case."""
    return (text.split(maxsplit=1) or [""])[0].lower()


def asks_to_bind(command: dict[str, Any]) -> bool:
    """Tell whether a typed `/replay` is about what the channel may read."""
    return first_word(command.get("text", "")) == BIND


async def accept(services: Services, understood: Understood, *, key: str) -> Message:
    """Store the job, if there is one, and return the short answer for the ack."""
    if understood.request is not None:
        await enqueue(services, understood.request, key=key)
    return understood.answer


async def take_mention(services: Services, understand: Understand, body: dict[str, Any]) -> None:
    """Do what a mention asks for: read its words behind the verb, and store the job."""
    event = body["event"]
    reply = reply_to_mention(event)
    await accept_mention(services, understand(mention_words(event)[1], reply), reply, key=body["event_id"])


async def accept_mention(services: Services, understood: Understood, reply: ReplyTo, *, key: str) -> None:
    """Store the job; a mention's ack cannot carry an answer, so a bare answer is a job, too."""
    bare = ShowRequest(reply=reply, text=understood.answer.text, blocks=understood.answer.blocks)
    await enqueue(services, understood.request or bare, key=key)


_WORDS: dict[str, tuple[type[Request], str]] = {
    "recent": (RecentRequest, LISTING),
    "export": (ExportRequest, EXPORTING),
    "status": (StatusRequest, STATUS_COMING),
    "summary": (SummaryRequest, SUMMARY_COMING),
}
