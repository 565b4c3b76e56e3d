"""People in a report: by name as of the last export, the Slack user id beside it."""

from collections.abc import Mapping

from bot.blocks.text import outside

_LONGEST = 80


class Names:
    """The names that the log knows; a person without one is shown by id."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def who(self, user: str) -> str:
        """Return `Maya Chen (U0AMAYA001)`, the id alone where no name is known, "" for nobody."""
        name = self._known.get(user)
        return f"{outside(name, _LONGEST, one_line=True)} ({user})" if name else user
