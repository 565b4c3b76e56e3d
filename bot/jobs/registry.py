"""A kind of job: its request, what it does, and how it is admitted, said where it stands.

    class PingRequest(Request):
        kind: ClassVar[str] = "ping"

    @job(PingRequest, admission=of_asker)
    async def ping(services: Services, key: str, admission: AskerAdmission, request: PingRequest) -> None: ...

`bot/jobs/execution.py` finds the module by itself. A job may run twice, so it posts through `services.slack.post_once(key, …)`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import ButtonElement

from bot.domain.access.admission import AskerAdmission, ChannelAdmission, HomeAdmission, Visitor
from bot.errors import BotError
from bot.ids import short_hash
from bot.runtime.services import Services
from bot.slack import ReplyTo

IN_PART = "See with `{command}` how it stands, as it may be done but for the message about it. {fix}"


class Job(BaseModel):
    """Work without a person who waits for its answer, stored as JSON. Validators are built for the first, not at import.

    `follows`: it belongs to the trace of what stored it; one that stores itself again and again does not. `shown_by`: what to
    type to see how far one has come that was cut short, "" where it changes nothing that stays.
    """

    model_config = ConfigDict(defer_build=True)
    kind: ClassVar[str]
    follows: ClassVar[bool] = True
    shown_by: ClassVar[str] = ""

    def fix_in_part(self, fix: str) -> str:
        """Return what to try where all may be done but the message about it; `fix` is what to try anyway."""
        return IN_PART.format(command=self.shown_by, fix=fix) if self.shown_by else fix


class Request(Job):
    """Work that somebody asked for: `reply` says where its answer, or its failure, goes.

    `ordered`: those of a channel are done one at a time, in the order in which they were asked for. What shows one person
    how things are need not be.
    """

    ordered: ClassVar[bool] = True
    reply: ReplyTo

    def again(self) -> ButtonElement | None:
        """Return the button that asks for the same again, shown where Aionis could not answer; None where there is none."""
        return None

    def asked(self) -> str:
        """Return what tells two requests apart, wherever and by whomever they were asked."""
        said = f"{self.kind}:{self.model_dump_json(exclude={'reply'})}"
        return short_hash(said)

    def with_id(self, beginning: str, id_: str) -> Self:
        """Return the same request with a whole id in place of its beginning, wherever that was typed."""
        typed = {name: value for name, value in self if isinstance(value, str) and value.endswith(beginning)}
        return self.model_copy(update={name: f"{value.removesuffix(beginning)}{id_}" for name, value in typed.items()})


AnyJob = TypeVar("AnyJob", bound=Job)
Given = TypeVar("Given")
Run = Callable[[Services, str, Given, AnyJob], Awaitable[None]]
Admit = Callable[[Services, AnyJob], Awaitable[Given]]
Tell = Callable[[Services, str, AnyJob, BotError], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job. `admission` is what `run` gets as its third argument; `tell` is how a failure is told."""

    request: type[Job]
    run: Run[Any, Any]
    admission: Admit[Any, Any]
    tell: Tell[Any] | None


KINDS: dict[str, JobKind] = {}  # filled by `job`, when the modules beside this one are imported


def job(
    request: type[AnyJob], *, admission: Admit[AnyJob, Given], tell: Tell[AnyJob] | None = None
) -> Callable[[Run[Given, AnyJob]], Run[Given, AnyJob]]:
    """Register what does a request. Where `tell` is left out, a failure is shown to whoever asked (bot/jobs/failures.py)."""

    def register(run: Run[Given, AnyJob]) -> Run[Given, AnyJob]:
        # What is stored of a job names its kind alone: of two, each would be done as the one that was imported last.
        if request.kind in KINDS:
            raise ValueError(f"two jobs are of the kind {request.kind!r}")
        KINDS[request.kind] = JobKind(request, run, admission, tell)
        return run

    return register


class OfChannel(Protocol):
    """A job about a channel."""

    channel: str


class OfUser(Protocol):
    """A job about a person."""

    user: str


async def of_asker(services: Services, request: Request) -> AskerAdmission:
    """Admit whoever asked, where they asked."""
    return await services.authorization.admit(request.reply.user, request.reply.channel)


async def of_visitor(services: Services, request: Request) -> Visitor:
    """Let whoever asked in, for what needs no tenancy: binding the channel to one."""
    return await services.authorization.enter(request.reply.user, request.reply.channel)


async def of_channel(services: Services, request: OfChannel) -> ChannelAdmission:
    """Admit background work in a channel: one that answers nobody gets nothing posted, either."""
    return await services.authorization.admit_channel(request.channel)


async def of_home(services: Services, request: OfUser) -> HomeAdmission:
    """Admit a person to what their Home tab shows."""
    return await services.authorization.admit_home(request.user)


async def of_nobody(_services: Services, _request: Job) -> None:
    """Admit to nothing: for a job that shows what is ready, and reads neither runs nor incidents."""
