"""Who gets what where: every command and click passes here before anything is read or changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.domain.access.rules import Person, Place, Rules, ensure_may_ask, managers_words, may_manage, readable
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import Incident
from bot.errors import NotAllowed, StaleButton
from bot.slack.directory import Directory
from bot.store.bindings import Bindings
from bot.store.incidents import IncidentStore

NOT_HERE = "There is no incident {id} in this channel."
OTHER_TENANCY = "{id} is about {theirs}, and this channel reads {ours} now."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and where."""

    person: Person
    place: Place


@dataclass(frozen=True, slots=True)
class Admission(Visitor):
    """A visitor, and the tenant and scope that they may read here."""

    tenancy: Tenancy


Team = Callable[[], Awaitable[str]]


class Gate:
    """Asks Slack who and where, Redis what the channel is bound to, and the rules whether that is enough."""

    def __init__(
        self, directory: Directory, bindings: Bindings, incidents: IncidentStore, rules: Rules, *, team: Team
    ) -> None:
        self._directory = directory
        self._bindings = bindings
        self._incidents = incidents
        self._team = team
        self.rules = rules

    async def enter(self, user: str, channel: str) -> Visitor:
        """Return who asks where; raises `NotAllowed` where they get no answer at all."""
        person, place = await self._directory.person(user), await self._directory.place(channel)
        ensure_may_ask(self.rules, person, place, team=await self._team())
        return Visitor(person, place)

    async def admit(self, user: str, channel: str) -> Admission:
        """Return who asks where and what they may read; raises `NotAllowed` where that is nothing."""
        visitor = await self.enter(user, channel)
        tenancy = readable(self.rules, await self._bindings.of(channel))
        return Admission(visitor.person, visitor.place, tenancy)

    async def reads(self, channel: str) -> Tenancy | None:
        """Return what a channel may read now, or None where that is nothing."""
        return self._allowed(await self._bindings.of(channel))

    async def readable(self, channels: list[str], user: str) -> dict[str, Tenancy]:
        """Return channel → what it reads, for those of a person's channels in which they get an answer."""
        bound = await self._bindings.of_all(channels)
        found = {channel: tenancy for channel in channels if (tenancy := self._allowed(bound[channel]))}
        return {channel: tenancy for channel, tenancy in found.items() if await self._lets_in(user, channel)}

    async def incident(self, admission: Admission, id_: str) -> Incident:
        """Return an incident of the admission's channel and tenancy; raises `StaleButton` for any other."""
        channel = admission.place.id
        incident = await self._incidents.read(channel, id_)
        if incident is None or incident.head.team != await self._team():
            log.warning("foreign_button_refused", channel=channel, user=admission.person.id, incident=id_)
            raise StaleButton(NOT_HERE.format(id=id_))
        if incident.tenancy != admission.tenancy:
            log.warning("foreign_button_refused", channel=channel, user=admission.person.id, incident=id_)
            raise StaleButton(OTHER_TENANCY.format(id=id_, theirs=incident.tenancy, ours=admission.tenancy))
        return incident

    async def ensure_manager(self, visitor: Visitor, to_do: str) -> None:
        """Raise `NotAllowed`, saying who may, where a person may not bind, close or override here."""
        members: set[str] = set()
        for group in self.rules.admin_groups:
            members.update(await self._directory.members_of(group))
        if not may_manage(self.rules, visitor.person, visitor.place, frozenset(members), team=await self._team()):
            raise NotAllowed(f"You may not {to_do}.", fix=f"Ask {await self._managers(visitor.place)}.")

    async def _managers(self, place: Place) -> str:
        creator = (await self._directory.person(place.creator)).name if place.creator else ""
        admins = [(await self._directory.person(user)).name for user in sorted(self.rules.admins)]
        return managers_words(self.rules, creator=creator, admins=admins)

    def _allowed(self, bound: Tenancy | None) -> Tenancy | None:
        try:
            return readable(self.rules, bound)
        except NotAllowed:
            return None

    async def _lets_in(self, user: str, channel: str) -> bool:
        try:
            await self.enter(user, channel)
        except NotAllowed:
            return False
        return True
