"""Who gets what where: hands out the admissions without which nothing is read or changed."""

from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult

from bot.domain.access.admission import SEAL, AskerAdmission, ChannelAdmission, HomeAdmission, Visitor
from bot.domain.access.rules import (
    AccessRules,
    Home,
    Person,
    Place,
    ensure_may_ask,
    ensure_place_answers,
    managers_words,
    may_manage,
    readable_tenancy,
)
from bot.domain.access.tenancy import Tenancy
from bot.errors import NotAllowed
from bot.slack.directory import Directory
from bot.store.bindings import Bindings

NOT_IN_IT = "You are not in that channel any more."
NOT_IN_IT_FIX = "Join it, and open it again there."

Identify = Callable[[], Awaitable[AuthorizeResult]]


class Authorization:
    """Asks Slack who and where, Redis what the channel is bound to, and the rules whether that is enough."""

    def __init__(self, directory: Directory, bindings: Bindings, rules: AccessRules, *, identify: Identify) -> None:
        self._directory = directory
        self._bindings = bindings
        self._identify = identify
        self.rules = rules

    async def enter(self, user: str, channel: str) -> Visitor:
        """Return who asks where; raises `NotAllowed` where they get no answer at all."""
        person, place = await self._directory.person(user), await self._directory.place(channel)
        ensure_may_ask(self.rules, person, place, home=await self._home())
        return Visitor(person, place, seal=SEAL)

    async def admit(self, user: str, channel: str) -> AskerAdmission:
        """Return who asks where and what they may read; raises `NotAllowed` where that is nothing."""
        # Who and where before what: whoever gets no answer must not learn what a channel is bound to.
        visitor = await self.enter(user, channel)
        tenancy = readable_tenancy(self.rules, await self._bindings.of(channel))
        return await self._admission(visitor, tenancy)

    async def ensure_present(self, user: str, channel: str) -> None:
        """Raise `NotAllowed` where a person is no member of a channel: a modal stays open for whoever has left meanwhile."""
        if not await self._directory.is_in(user, channel):
            raise NotAllowed(NOT_IN_IT, fix=NOT_IN_IT_FIX)

    async def admit_channel(self, channel: str) -> ChannelAdmission:
        """Return what may be done in a channel without anybody asking; raises `NotAllowed` where that is nothing."""
        # Nobody to ask about, but the place is asked all the same: it may have been shared with another company since.
        place = await self._directory.place(channel)
        ensure_place_answers(self.rules, place)
        tenancy = readable_tenancy(self.rules, await self._bindings.of(channel))
        return ChannelAdmission(place, (await self._home()).team, tenancy, seal=SEAL)

    async def admit_home(self, user: str) -> HomeAdmission:
        """Return what a person may see in their Home tab: of those channels in which they get an answer."""
        person = await self._directory.person(user)
        places = await self._directory.places_of(user)
        bound = await self._bindings.of_all([place.id for place in places])
        # What Redis says first: it answers for all channels at once.
        open_ = [(place, tenancy) for place in places if (tenancy := self._allowed(bound[place.id]))]
        admitted = [await self._let_in(person, place, tenancy) for place, tenancy in open_]
        return HomeAdmission(person, tuple(one for one in admitted if one))

    async def ensure_manager(self, asker: Visitor | AskerAdmission, to_do: str) -> None:
        """Raise `NotAllowed`, saying who may, where a person may not bind, close or override here."""
        if not await self.manages(asker):
            raise NotAllowed(f"You may not {to_do}.", fix=f"Ask {await self.managers(asker.place)}.")

    async def manages(self, asker: Visitor | AskerAdmission) -> bool:
        """Tell whether a person may bind, close and override here."""
        members: set[str] = set()
        for group in self.rules.admin_groups:
            members.update(await self._directory.members_of(group, asker.person))
        return may_manage(self.rules, asker.person, asker.place, frozenset(members), home=await self._home())

    async def managers(self, place: Place) -> str:
        """Return who may bind, close and override here, in words."""
        creator = (await self._directory.person(place.creator)).name if place.creator else ""
        admins = [(await self._directory.person(user)).name for user in sorted(self.rules.admins)]
        return managers_words(self.rules, creator=creator, admins=admins)

    def _allowed(self, bound: Tenancy | None) -> Tenancy | None:
        try:
            return readable_tenancy(self.rules, bound)
        except NotAllowed:
            return None

    async def _let_in(self, person: Person, place: Place, tenancy: Tenancy) -> AskerAdmission | None:
        try:
            ensure_may_ask(self.rules, person, place, home=await self._home())
        except NotAllowed:
            return None
        return await self._admission(Visitor(person, place, seal=SEAL), tenancy)

    async def _admission(self, visitor: Visitor, tenancy: Tenancy) -> AskerAdmission:
        return AskerAdmission(visitor.place, (await self._home()).team, tenancy, visitor.person, seal=SEAL)

    async def _home(self) -> Home:
        identity = await self._identify()
        return Home(identity.team_id or "", identity.enterprise_id or "")
