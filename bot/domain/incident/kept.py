"""What is kept as JSON inside an incident's fields: each a record of what happened, masked and bounded."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.domain.incident.checklist import Checklist

ANOTHER_ERROR = ", with another error"


class Kept(BaseModel):
    """Base of what is kept as JSON inside a field; a newer version's keys are ignored. Validators are built for the first."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    @classmethod
    def read(cls, text: str) -> Any:
        """Return the value in a field."""
        return cls.model_validate_json(text)


class Head(Kept):
    """What an incident is opened with; nothing but its channel's id ever changes."""

    team: str
    channel: str
    tenant: str
    scope: str
    checklist: Checklist
    by: str
    at: datetime
    fix_reruns: int = 1  # how many reruns in a row prove a fix
    by_watch: bool = False  # opened by the channel's watch, which `by` began


class ItemFacts(Kept):
    """Who turned an item last, when, and with which proof. `owner` is a Slack user id; `reason` goes with an undo.

    `merged` is when the change that proves the item was merged, where a forge says so.
    """

    by: str = ""
    at: datetime | None = None
    proof: str = ""
    owner: str = ""
    reason: str = ""
    merged: datetime | None = None


class RunDigest(Kept):
    """A replayed run in the incident, masked and bounded. `failing` tells whether something went wrong in it."""

    run_id: str
    verdict: str
    failing: bool
    goal: str = ""
    agent: str = ""
    case: str = ""
    title: str = ""  # such as `FAILED at step 2 · payments.create_refund`
    critical: str = ""  # such as `step 2 · payments.create_refund`
    step: str = ""  # the critical step's URI
    error: str = ""
    said: str = ""  # by the agent at the end, where no step tells what went wrong
    failed: tuple[str, ...] = ()  # names of the first failed postconditions of the critical step
    failed_count: int = 0  # of all; 0 in what was kept before they were counted
    started_at: datetime | None = None
    ended_at: datetime | None = None
    flaw: str = ""  # the critical step's status in a word: failed, divergent, …
    decided: str = ""  # the tool that the critical step's decision selected, where the step called another
    decisions: tuple[str, ...] = ()  # the first of their URIs, the critical step's own before all
    commits: tuple[str, ...] = ()  # the first of their URIs
    decision_count: int = 0  # of all; 0 in what was kept before they were counted
    commit_count: int = 0
    stalled_after: float = 900  # seconds of silence after which it counted as stalled
    fingerprint: str = ""  # of its failure (docs/recurrence.md); "" where it did not fail, or that was not kept
    by: str = ""
    at: datetime | None = None


class ComparisonDigest(Kept):
    """What a comparison of a failing run with its rerun said. `verdict` is a word of bot/domain/comparison/fix_verdict.py.

    `another_error` tells that the critical step fails in both, with errors worded otherwise.
    """

    failing: str
    rerun: str
    verdict: str
    fixed: bool
    another_error: bool = False
    reasons: tuple[str, ...] = ()
    began: datetime | None = None  # when the rerun started; None in what was kept before that was
    by: str = ""
    at: datetime | None = None

    @property
    def words(self) -> str:
        """Return the verdict in words: `still failing, with another error`."""
        return self.verdict.replace("_", " ") + (ANOTHER_ERROR if self.another_error else "")


class Recurrence(Kept):
    """That the incident's failure was seen again: in which run last, and in how many within 30 days.

    `seen` is when that run ended, `began` when it started (None in what was kept before that was); `after` is the incident
    that was closed as fixed before, "" where none was.
    """

    run_id: str
    runs: int
    at: datetime
    seen: datetime | None = None
    began: datetime | None = None
    fingerprint: str = ""
    after: str = ""


class GateHeld(Kept):
    """That reruns were held against the incident's gate. `outcome` is a word of bot/domain/recurrence/gate.py.

    `runs` are the reruns, `fingerprints` the failures of the gate, `sha256` is the hash of its `gate.json`.
    """

    outcome: str
    runs: tuple[str, ...]
    fingerprints: tuple[str, ...] = ()
    sha256: str
    by: str = ""
    at: datetime | None = None


class UriDigest(Kept):
    """A resolved record in the incident."""

    uri: str
    title: str = ""
    by: str = ""
    at: datetime | None = None


class Closure(Kept):
    """How the incident was closed. `blockers` are the titles of the items that were open when `overridden`."""

    by: str
    at: datetime
    overridden: bool = False
    reason: str = ""
    blockers: tuple[str, ...] = ()


class ReminderFacts(Kept):
    """What was done about reminding of an item: `state` is the item's state and time that the reminder was for."""

    state: str = ""
    snoozed_until: datetime | None = None
