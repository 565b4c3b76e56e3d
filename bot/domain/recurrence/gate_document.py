"""`gate.json`: what a rerun must show so that failures are gone, as far as a comparison needs to know of their runs."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.fingerprint import READING, RECIPE, FailureKind, ingredients_of
from bot.domain.run.conditions import ConditionOutcome, read_conditions
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.steps import Step
from bot.runtime.masking import mask_value

MOST_STEPS = 500  # kept of one run; of a longer one those around the critical step


def _is_none(value: object) -> bool:
    return value is None


class GatePart(BaseModel):
    """Base of what is in `gate.json`: nothing that the schema does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class GateStep(GatePart):
    """A step of the failing run. `postconditions` are name and outcome."""

    index: int | None
    tool: str | None
    status: str
    created_at: datetime | None = None
    postconditions: tuple[tuple[str, ConditionOutcome], ...] = ()


class GateIngredients(GatePart):
    """What the fingerprint is made of (docs/recurrence.md)."""

    tenant_id: str
    scope: str
    tool: str
    postconditions: tuple[str, ...]
    error: str
    kind: FailureKind


class GateFailure(GatePart):
    """One failure that must not come back, as it was in the run that shows it."""

    run_id: str
    status: str | None
    goal: str | None
    case: str | None = Field(description="The case key in the run's metadata")
    # Left out where there is none, so that a gate without one keeps the SHA-256 it had before there were modes.
    replay_mode: str | None = Field(
        default=None, exclude_if=_is_none, description="The mode of a playbook's run, as its metadata says"
    )
    started_at: datetime | None
    ended_at: datetime | None
    recipe: str
    # Left out of gates of before there were readings.
    reading: int | None = Field(
        default=None, exclude_if=_is_none, description="How records and texts were read for the fingerprint"
    )
    fingerprint: str | None
    ingredients: GateIngredients | None
    steps: tuple[GateStep, ...]
    critical: int | None = Field(description="The place of the critical step among the steps, from 0")


class GateDocument(GatePart):
    """`gate.json`: what a rerun must show."""

    version: Literal["gate/1"] = "gate/1"
    incident: str | None = Field(description="The incident it was made for")
    tenant_id: str
    scope: str
    failures: tuple[GateFailure, ...]

    @property
    def tenancy(self) -> Tenancy:
        """Return where the runs are."""
        return Tenancy(self.tenant_id, self.scope)

    def text(self) -> str:
        """Return the text of the file, the same for the same gate."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def sha256(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()


def gate_of(
    runs: Sequence[tuple[Diagnosis, str | None]], tenancy: Tenancy, *, incident: str | None = None
) -> GateDocument:
    """Return the gate for failing runs, each with its case key, oldest first. Of those that failed alike the newest counts."""
    failures: dict[object, GateFailure] = {}
    for diagnosis, case in runs:
        failure = _failure(diagnosis, case)
        failures[failure.fingerprint or failure.run_id, failure.case or failure.goal] = failure
    document = GateDocument(
        incident=incident, tenant_id=tenancy.tenant_id, scope=tenancy.scope, failures=tuple(failures.values())
    )
    return GateDocument.model_validate(mask_value(document.model_dump(mode="json")))


def _failure(diagnosis: Diagnosis, case: str | None) -> GateFailure:
    ingredients = ingredients_of(diagnosis)
    steps, critical = _around_critical(diagnosis)
    return GateFailure(
        run_id=diagnosis.run_id,
        status=diagnosis.status,
        goal=diagnosis.goal,
        case=case,
        replay_mode=diagnosis.replay_mode,
        started_at=diagnosis.started_at,
        ended_at=diagnosis.ended_at,
        recipe=RECIPE,
        reading=READING,
        fingerprint=ingredients.fingerprint if ingredients else None,
        ingredients=GateIngredients.model_validate(ingredients, from_attributes=True) if ingredients else None,
        steps=tuple(_step(step) for step in steps),
        critical=critical,
    )


def _around_critical(diagnosis: Diagnosis) -> tuple[list[Step], int | None]:
    critical = diagnosis.critical_step
    place = next((number for number, step in enumerate(diagnosis.steps) if step is critical), None)
    # As many before it as behind it, and none given away at either end.
    first = max(0, min((place or 0) - MOST_STEPS // 2, len(diagnosis.steps) - MOST_STEPS))
    return diagnosis.steps[first : first + MOST_STEPS], None if place is None else place - first


def _step(step: Step) -> GateStep:
    return GateStep(
        index=step.index,
        tool=step.record.tool_name,
        status=step.status,
        created_at=step.record.created_at,
        postconditions=tuple((one.name, one.outcome) for one in read_conditions(step.record.postconditions)),
    )
