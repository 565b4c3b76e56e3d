"""Admissions as `bot/access/` makes them, for tests of what lies below it."""

from bot.domain.access.admission import Admission
from bot.domain.access.rules import Place
from bot.domain.access.tenancy import Tenancy
from bot.store.keys import Keys

KEYS = Keys("T1")


def admission(channel: str, tenancy: Tenancy, *, team: str = "T1") -> Admission:
    """Return an admission to a channel of the workspace, of which the bot is a member."""
    return Admission(Place(channel, creator="", is_direct=False, is_ext_shared=False, known=True), team, tenancy)
