"""Telling a run: a thin layer over the writer that keeps the run's id, tenancy and clock."""

from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.hashing import name_id
from bot.playground.aionis.writer import Writer

Fields = dict[str, Any]
_PAUSE = 0.05  # seconds between two records
_CHOSEN_IDS = {  # runs whose id itself is the point; all others are named by their hash
    "masked-id": "3f8a1c2d-77aa-4c1e-9b0f-a41234567890",  # ends in what Aionis takes for a phone number
    "masked-id-rerun": "3f8b2c2d-51aa-4c1e-9b0f-b55550142233",
    "same-beginning": "7c1f9e52-0b6d-4a38-8e14-2f90d3b1c6a1",
    "same-beginning-too": "7c1f9e52-94aa-4f07-b2c3-61d8e05af7b4",
}


def run_id_of(name: str) -> str:
    """Return the id of the run of this name: always the same."""
    return _CHOSEN_IDS.get(name) or name_id("run", name)


class Story:
    """Records one run from `began` on. `common` are fields of every write: lane, tenant, scope, owner."""

    def __init__(self, writer: Writer, name: str, began: datetime, **common: Any) -> None:
        self.writer = writer
        self.name = name
        self.run_id = run_id_of(name)
        self.clock = began
        self.common: Fields = {"scope": "support", "memory_lane": "shared", **common}
        self._next_index = 1
        self._attempts = 0

    @property
    def tenancy(self) -> Fields:
        """Return just tenant and scope, for the calls that lanes do not apply to."""
        return {key: self.common[key] for key in ("tenant_id", "scope") if key in self.common}

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock += timedelta(seconds=seconds)

    def start(self, goal: str, **fields: Any) -> None:
        """Start the run."""
        self.writer.start_run(at=self.clock, **{**self.common, "run_id": self.run_id, "goal": goal, **fields})

    def announce(self, tool: str, *, index: int | None = None, **fields: Any) -> str:
        """Announce a step, by default the next one; returns its step id."""
        self.wait(_PAUSE)
        index = self._next_index if index is None else index
        self._next_index = index + 1
        self._attempts += 1
        announced: Fields = {
            "run_id": self.run_id,
            "step_id": name_id("step", self.name, str(self._attempts)),
            "step_index": index,
            "tool_name": tool,
            "tool_input": {},
        }
        written = self.writer.step_before(at=self.clock, **{**self.common, **announced, **fields})
        return str(written["step_id"])

    def report(self, step_id: str, status: str, *, takes: float = 0.3, **fields: Any) -> None:
        """Report a step's result after `takes` seconds; pass `step_index` to have it in the title, as writers mostly do."""
        self.wait(takes)
        after: Fields = {"run_id": self.run_id, "step_id": step_id, "status": status}
        self.writer.step_after(at=self.clock, **{**self.common, **after, **fields})

    def step(
        self,
        tool: str,
        *,
        index: int | None = None,
        takes: float = 0.3,
        status: str = "success",
        before: Fields | None = None,
        **after: Any,
    ) -> str:
        """Announce a step and report its result; returns its step id."""
        step_id = self.announce(tool, index=index, **(before or {}))
        self.report(step_id, status, takes=takes, step_index=self._next_index - 1, **after)
        return step_id

    def end(self, status: str, **fields: Any) -> None:
        """End the run."""
        self.wait(_PAUSE)
        self.writer.end_run(at=self.clock, **{**self.common, "run_id": self.run_id, "status": status, **fields})

    def decide(self, context: Fields, candidates: list[str], **fields: Any) -> str:
        """Let the rules choose a tool for this run; returns the decision's id, which `decision_id` sets."""
        asked: Fields = {"run_id": self.run_id, "context": context, "candidates": candidates}
        written = self.writer.select_tool(at=self.clock, **{**self.tenancy, **asked, **fields})
        return str(written["decision"]["decision_id"])


def passed(kind: str, message: str, **given: Any) -> Fields:
    """Return a condition that Aionis' own engine would write for a success."""
    return {"kind": kind, "state": "pass", "ok": True, "message": message, "input": {"kind": kind, **given}}


def failed(kind: str, message: str, **given: Any) -> Fields:
    """Return the same for a failure."""
    return {"kind": kind, "state": "fail", "ok": False, "message": message, "input": {"kind": kind, **given}}


def undecided(kind: str, message: str, **given: Any) -> Fields:
    """Return the same for a check that could not be made: `ok` is false, too."""
    return {"kind": kind, "state": "unknown", "ok": False, "message": message, "input": {"kind": kind, **given}}
