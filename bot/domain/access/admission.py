"""The only key to a run or an incident: who may reach them, where, and of which tenancy.

Admissions are made in `bot/access/` alone, so that whoever holds one has passed its rules: each is made with `SEAL`, which
nothing else names (a test looks). `dataclasses.replace` has no seal to give, and raises.
"""

from dataclasses import KW_ONLY, InitVar, dataclass

from bot.domain.access.rules import Person, Place
from bot.domain.access.tenancy import Tenancy


class Seal:
    """What an admission is made with. It is compared, not kept: an admission at hand gives none away."""

    def check(self, given: "Seal") -> None:
        """Raise `TypeError` for another seal than this one."""
        if given is not self:
            raise TypeError("an admission is made in bot/access alone")


SEAL = Seal()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and where."""

    person: Person
    place: Place
    _: KW_ONLY
    seal: InitVar[Seal]

    def __post_init__(self, seal: Seal) -> None:
        """Refuse to be made elsewhere."""
        SEAL.check(seal)


@dataclass(frozen=True, slots=True)
class Admission:
    """A place of a workspace, and the tenant and scope that may be read there."""

    place: Place
    team: str
    tenancy: Tenancy
    _: KW_ONLY
    seal: InitVar[Seal]

    def __post_init__(self, seal: Seal) -> None:
        """Refuse to be made elsewhere, or to be made of another with a tenancy that nobody admitted to."""
        SEAL.check(seal)

    @property
    def channel(self) -> str:
        """Return the id of the channel: the only one in which incidents are looked up."""
        return self.place.id


@dataclass(frozen=True, slots=True)
class AskerAdmission(Admission):
    """The admission of a person who typed or clicked."""

    person: Person


@dataclass(frozen=True, slots=True)
class ChannelAdmission(Admission):
    """The admission of work that nobody waits for: bringing messages up to date, reminders, summaries of a quiet thread."""


@dataclass(frozen=True, slots=True)
class HomeAdmission:
    """What a person may see outside of any one channel: an admission for each of their channels in which they get an answer."""

    person: Person
    channels: tuple[AskerAdmission, ...]


def ensure_admission(key: object) -> None:
    """Raise `TypeError` for what only looks like an admission: it did not pass the rules."""
    if not isinstance(key, Admission):
        raise TypeError("runs and incidents are given for an admission alone")
