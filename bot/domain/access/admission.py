"""The only key to a run or an incident: who may reach them, where, and of which tenancy.

Admissions are made in `bot/access/` alone (a test looks), so that whoever holds one has passed its rules.
"""

from dataclasses import dataclass

from bot.domain.access.rules import Person, Place
from bot.domain.access.tenancy import Tenancy


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and where."""

    person: Person
    place: Place


@dataclass(frozen=True, slots=True)
class Admission:
    """A place of a workspace, and the tenant and scope that may be read there."""

    place: Place
    team: str
    tenancy: Tenancy

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
