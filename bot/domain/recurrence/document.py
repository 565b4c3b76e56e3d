"""`recurrence.json` of a bundle: fingerprints with what they are made of, and what was known of each failure at the export."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.recurrence.fingerprint import RECIPE, Ingredients
from bot.domain.recurrence.gate_document import GateIngredients
from bot.domain.recurrence.history import FailureHistory
from bot.runtime.masking import mask_value


class RecurrencePart(BaseModel):
    """Base of what is in `recurrence.json`: nothing that the schema does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PastIncidentDocument(RecurrencePart):
    """An incident that the failure had."""

    id: str
    state: str = Field(description="`open` or `closed`")
    fixed: bool
    fix: str = Field(description="What fixed it, where that is known and it was in the same channel")
    at: datetime | None = Field(description="When it took its state")


class FailureRunDocument(RecurrencePart):
    """A run that failed this way."""

    run_id: str
    at: datetime


class HistoryDocument(RecurrencePart):
    """How often a failure was seen, as far as the index knew. Days are in UTC; of many runs the newest are listed."""

    failure: str = Field(description="What it counts as, once people joined and split failures; else the fingerprint")
    count: int
    first_seen: datetime | None
    last_seen: datetime | None
    days: dict[str, int]
    runs: tuple[FailureRunDocument, ...]
    incidents: tuple[PastIncidentDocument, ...]


class FailureDocument(RecurrencePart):
    """A failure of the incident: its fingerprint, the ingredients, the incident's runs that failed so, and its history."""

    fingerprint: str
    recipe: str
    ingredients: GateIngredients
    runs: tuple[str, ...]
    history: HistoryDocument | None = Field(
        description="None where it was not noted: the bundle was not exported from Slack"
    )


class SeenAgainDocument(RecurrencePart):
    """That a watch saw a failure of the incident again."""

    run_id: str
    at: datetime


class RecurrenceDocument(RecurrencePart):
    """`recurrence.json`."""

    version: Literal["recurrence/1"] = "recurrence/1"
    incident: str
    as_of: datetime | None = Field(description="When the history was noted")
    failures: tuple[FailureDocument, ...]
    seen_again: tuple[SeenAgainDocument, ...]
    gate: dict[str, Any] | None = Field(
        description="The last gate that was held: outcome, runs, SHA-256 of gate.json, when"
    )


_LISTED = 50


def history_document(history: FailureHistory, *, channel: str) -> HistoryDocument:
    """Return a failure's history as the log keeps it, masked. What people wrote in another channel is not in it."""
    incidents = [
        PastIncidentDocument(
            id=one.id,
            state=one.state,
            fixed=one.fixed,
            fix=one.fix if one.channel == channel else "",
            at=one.at,
        )
        for one in sorted(history.incidents, key=lambda one: (str(one.at), one.id))
    ]
    document = HistoryDocument(
        failure=history.fingerprint,
        count=history.count,
        first_seen=history.first_seen,
        last_seen=history.last_seen,
        days={day.isoformat(): count for day, count in sorted(history.days.items()) if count > 0},
        runs=tuple(FailureRunDocument(run_id=run_id, at=at) for run_id, at in history.runs[:_LISTED]),
        incidents=tuple(incidents),
    )
    return HistoryDocument.model_validate(mask_value(document.model_dump(mode="json")))


def failure_documents(
    failed: Iterable[tuple[str, str, Ingredients]], histories: Mapping[str, HistoryDocument]
) -> tuple[FailureDocument, ...]:
    """Return each failure once, with its runs; `failed` are run id, fingerprint and ingredients, `histories` by fingerprint.

    A fingerprint is the one that the run had when it was read: what it is made of is masked here, and may give another one.
    """
    found: dict[str, tuple[Ingredients, list[str]]] = {}
    for run_id, fingerprint, made_of in failed:
        found.setdefault(fingerprint, (made_of, []))[1].append(run_id)
    return tuple(
        FailureDocument(
            fingerprint=fingerprint,
            recipe=RECIPE,
            ingredients=GateIngredients.model_validate(made_of, from_attributes=True),
            runs=tuple(dict.fromkeys(ids)),
            history=histories.get(fingerprint),
        )
        for fingerprint, (made_of, ids) in found.items()
    )
