"""One resolved record with what was read around it, ready to show."""

from dataclasses import dataclass, field

from bot.domain.access.tenancy import Tenancy
from bot.domain.run.record_references import parse_reference
from bot.domain.run.resolved_records import Feedback, Resolved
from bot.domain.run.uris import AionisUri
from bot.errors import BotError


@dataclass(slots=True)
class Resolution:
    """A record of `resolve`, the titles of a decision's rules, and its feedback, newest first.

    `rule_state` is whether a rule decides, None where that is not known. `problems` are sentences about what could not be read
    besides the record itself. `reads_as` is the agent that the server named to read as, None where it named none.
    """

    uri: AionisUri
    resolved: Resolved
    request_id: str
    tenancy: Tenancy
    rule_titles: dict[str, str] = field(default_factory=dict)
    feedback: list[Feedback] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rule_state: str | None = None
    reads_as: str | None = None

    def walkable(self, uri: str | None) -> AionisUri | None:
        """Return a URI found in the record if it can be resolved from here, else None."""
        if not uri:
            return None
        try:
            return parse_reference(uri, self.tenancy)
        except BotError:
            return None
