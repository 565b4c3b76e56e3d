"""What people type, understood: the same words behind a slash command and behind a mention."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import jobs
from bot.blocks.layout import Message
from bot.blocks.notices import (
    LISTING,
    REPLAY_HELP,
    REPLAYING,
    RESOLVE_HELP,
    RESOLVING,
    accepted,
    failure_message,
    help_message,
)
from bot.domain.tenancy import Tenancy
from bot.domain.uris import parse_reference, parse_run_id
from bot.errors import BotError
from bot.services import Services
from bot.slack import ReplyTo

REPLAY_TITLE = "/replay shows what an agent's run did and where it broke"
RESOLVE_TITLE = "/resolve shows one decision, commit, node or edge of Aionis"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for: a job to store, or None where the short answer is all there is."""

    request: jobs.Request | None
    answer: Message


Understand = Callable[[str, ReplyTo, Tenancy], Understood]


def understand_replay(text: str, reply: ReplyTo, tenancy: Tenancy) -> Understood:
    """Read what follows `/replay`: a run id, `recent`, or `help`."""
    words = text.strip().lower()
    if words in {"", "help"}:
        return Understood(None, help_message(REPLAY_TITLE, REPLAY_HELP))
    if words == "recent":
        return Understood(jobs.RecentRequest(reply=reply), accepted(LISTING))
    try:
        run_id = parse_run_id(text, tenancy)
    except BotError as error:
        return Understood(None, failure_message(error))
    return Understood(jobs.ReplayRequest(reply=reply, run_id=run_id), accepted(REPLAYING.format(run_id=run_id)))


def understand_resolve(text: str, reply: ReplyTo, tenancy: Tenancy) -> Understood:
    """Read what follows `/resolve`: a URI, `<type> <uuid>`, or `help`."""
    if text.strip().lower() in {"", "help"}:
        return Understood(None, help_message(RESOLVE_TITLE, RESOLVE_HELP))
    try:
        uri = str(parse_reference(text, tenancy))
    except BotError as error:
        return Understood(None, failure_message(error))
    return Understood(jobs.ResolveRequest(reply=reply, uri=uri), accepted(RESOLVING.format(uri=uri)))


async def accept(services: Services, understood: Understood, *, key: str) -> Message:
    """Store the job, if there is one, and return the short answer for the ack."""
    if understood.request is not None:
        await jobs.enqueue(services, understood.request, key=key)
    return understood.answer


async def accept_mention(services: Services, understood: Understood, reply: ReplyTo, *, key: str) -> None:
    """Store the job; a mention's ack cannot carry an answer, so a bare answer is a job, too."""
    bare = jobs.ShowRequest(reply=reply, text=understood.answer.text, blocks=understood.answer.blocks)
    await jobs.enqueue(services, understood.request or bare, key=key)
