"""Admissions as `bot/access/` makes them, for tests of what lies below it."""

from bot.domain.access.admission import SEAL, Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.store.keys import Keys

KEYS = Keys("T1")


def admission(channel: str, tenancy: Tenancy, *, team: str = "T1") -> Admission:
    """Return an admission to a channel of the workspace, of which the bot is a member."""
    place = Place(channel, creator="", is_direct=False, is_ext_shared=False, known=True)
    return Admission(place, team, tenancy, seal=SEAL)
