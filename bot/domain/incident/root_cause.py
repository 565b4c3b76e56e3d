"""The evidence table: what was expected, what happened, why, and what mends it (step 4 of Aionis' incident tutorial)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

ID_FIELDS = ("run", "step", "decision", "commit")


class Cause(StrEnum):
    """Why the agent went wrong."""

    CONTEXT_MISMATCH = "context_mismatch"  # the decision was made for another context than the real one
    STALE_MEMORY = "stale_memory"
    RULE_GAP = "rule_gap"
    RULE_CONFLICT = "rule_conflict"
    TOOL_FAULT = "tool_fault"
    INTEGRATION_BUG = "integration_bug"
    DATA = "data"
    OTHER = "other"

    @property
    def words(self) -> str:
        """Return the cause as people read it."""
        return self.value.replace("_", " ")


class RootCause(BaseModel):
    """One edition of the evidence table. Empty texts are not filled in yet.

    `run` is a run id; `step`, `decision` and `commit` are Aionis URIs; `owner` is a Slack user id, `remediation` a URL.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    expected: str = Field("", max_length=1_000)
    selected: str = Field("", max_length=1_000)
    rules: str = Field("", max_length=1_000)
    cause: Cause | None = None
    explanation: str = Field("", max_length=2_000)
    remediation: str = Field("", max_length=1_000)
    owner: str = ""
    run: str = ""
    step: str = ""
    decision: str = ""
    commit: str = ""

    def missing(self) -> list[str]:
        """Return what is still to be filled in, in words. Complete is: all of the table, the run, and one more id.

        A decision has a commit only after feedback, and a run may have no decision, so one of the three is enough.
        """
        wanted = {
            "the expected decision or tool": self.expected,
            "the selected tool": self.selected,
            "the cause": self.cause,
            "the explanation": self.explanation,
            "the remediation link": self.remediation,
            "the owner": self.owner,
            "the run id": self.run,
            "a step, decision or commit URI": self.step or self.decision or self.commit,
        }
        return [words for words, value in wanted.items() if not value]

    def ids(self) -> dict[str, str]:
        """Return the ids that are filled in, by field."""
        return {name: value for name in ID_FIELDS if (value := getattr(self, name))}
