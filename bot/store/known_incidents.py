"""What this process has read of incidents, so that of a long one only what is new is read again.

The fields follow from the log (`bot/domain/incident/projection.py`): what was known, with the entries since then folded in, is
what they say now. The script looks at the chain of the entry that is known, and answers with all where nothing follows from it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.incident.projection import fields_after
from bot.errors import UnreadableEntry
from bot.store.log_entries import read_entries

_MOST_CHARACTERS = 3_000_000  # of names and values; a run takes about five hundred


@dataclass(frozen=True, slots=True)
class KnownFields:
    """An incident's fields as of an entry of its log; without a version nothing is known."""

    fields: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    chain: str = ""
    edition: str = ""

    @property
    def arguments(self) -> tuple[str, str, str]:
        """Return what the script is told of it (bot/store/incident_state.lua)."""
        return self.version, self.chain, self.edition

    @property
    def size(self) -> int:
        """Return how many characters it holds."""
        return sum(map(len, self.fields)) + sum(map(len, self.fields.values()))

    def after(self, answer: Any) -> "KnownFields | None":
        """Return the fields as the script's answer has them; None where an entry since then is of a newer version of the bot."""
        if not answer:
            return NOTHING
        kind, found, chain, edition = answer
        if kind == "all":
            fields = dict(zip(found[::2], found[1::2], strict=True))
            return KnownFields(fields, fields.get("version", "") if chain else "", chain, edition)
        try:
            entries = read_entries((id_, dict(zip(said[::2], said[1::2], strict=True))) for id_, said in found)
        except UnreadableEntry:
            return None
        if not entries:
            return self
        seal = entries[-1].seal
        chain = seal.chain if seal else ""
        return KnownFields(
            fields_after(self.fields, entries), str(entries[-1].version) if chain else "", chain, self.edition
        )


NOTHING = KnownFields()


class KnownIncidents:
    """The incidents that this process has read last, by the names of their keys."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._known: OrderedDict[str, tuple[KnownFields, int]] = OrderedDict()
        self._left = most_characters

    def of(self, name: str) -> KnownFields:
        return self._known[name][0] if name in self._known else NOTHING

    def keep(self, name: str, known: KnownFields) -> None:
        """Keep what is known of an incident now, in place of what was asked for the longest ago."""
        if known is self.of(name) and known.version:
            self._known.move_to_end(name)
            return
        self._forget(name)
        if not known.version:
            return
        size = known.size
        self._known[name] = known, size
        self._left -= size
        while self._left < 0:
            self._forget(next(iter(self._known)))

    def _forget(self, name: str) -> None:
        _, size = self._known.pop(name, (NOTHING, 0))
        self._left += size
