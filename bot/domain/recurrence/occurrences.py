"""How often a failure was seen: its runs, when, and the incidents it had."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.recurrence.fingerprint import RECIPE, Ingredients, ingredients_of
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.json_form import iso
from bot.runtime.masking import mask_value


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that failed. `at` is when it ended, or of one without an end its last record; in UTC.

    `said` is its error as recorded, or what the agent said at the end; not masked. It and `began` only of runs that were read.
    """

    run_id: str
    at: datetime | None
    ended: bool
    ingredients: Ingredients
    said: str = field(default="", compare=False, repr=False)
    began: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An incident that a failure had. `state` is open or closed; `fix` says what fixed it, "" where nothing does.

    `at` is when it took its state, in UTC; `channel` and `root_ts` lead to it in Slack.
    """

    id: str
    state: str
    fix: str = ""
    at: datetime | None = None
    channel: str = ""
    root_ts: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A run and every run that failed the same way, newest first, itself among them.

    `fingerprint` is None for a run that did not fail. `count` may be larger than the runs that are listed. `missing` are
    sentences about what was not read.
    """

    run_id: str
    fingerprint: str | None
    ingredients: Ingredients | None
    runs: tuple[FailedRun, ...] = ()
    count: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    incidents: tuple[PastIncident, ...] = ()
    missing: tuple[str, ...] = field(default=())


def failed_run(diagnosis: Diagnosis) -> FailedRun | None:
    """Return a run as an occurrence, or None where it did not fail, or nothing was executed in it."""
    ingredients = ingredients_of(diagnosis)
    # Nothing was executed in a simulated one: it must not make a failure look more frequent.
    if ingredients is None or diagnosis.simulated:
        return None
    # Without an end: the last record, so that the same run gives the same moment whenever it is looked at.
    at = diagnosis.ended_at or diagnosis.last_activity
    critical = diagnosis.critical
    # What it said, for people: it counts by its wording, in which ids and numbers do not stand.
    said = (critical.error if critical else diagnosis.summary) or ""
    return FailedRun(diagnosis.run_id, at, diagnosis.ended_at is not None, ingredients, said, diagnosis.started_at)


def seen(diagnosis: Diagnosis, failures: Iterable[FailedRun], *, missing: Sequence[str] = ()) -> Seen:
    """Return how often a run's failure stands among failures; the run itself counts, whether it is among them or not."""
    ingredients = ingredients_of(diagnosis)
    if ingredients is None:
        return Seen(diagnosis.run_id, None, None, missing=tuple(missing))
    # The run itself is taken as it was read whole: among the failures it stands as the scope's newest records have it.
    same = {one.run_id: one for one in failures if one.ingredients == ingredients and one.run_id != diagnosis.run_id}
    at = diagnosis.ended_at or diagnosis.last_activity
    own = FailedRun(diagnosis.run_id, at, diagnosis.ended_at is not None, ingredients)
    runs = sorted([own, *same.values()], key=lambda run: (run.at is not None, run.at, run.run_id), reverse=True)
    times = [run.at for run in runs if run.at]
    return Seen(
        run_id=diagnosis.run_id,
        fingerprint=ingredients.fingerprint,
        ingredients=ingredients,
        runs=tuple(runs),
        count=len(runs),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        missing=tuple(missing),
    )


def with_known(
    found: Seen,
    *,
    count: int,
    seen: Sequence[datetime],
    runs: Iterable[tuple[str, datetime]],
    incidents: Iterable[PastIncident],
) -> Seen:
    """Return the same with what an index knows beside it; each run and incident stands once."""
    if found.ingredients is None:
        return found
    listed = {run.run_id for run in found.runs}
    more = [FailedRun(run_id, at, True, found.ingredients) for run_id, at in runs if run_id not in listed]
    every = sorted([*found.runs, *more], key=lambda run: (run.at is not None, run.at, run.run_id), reverse=True)
    times = [moment for moment in (found.first_seen, found.last_seen, *seen) if moment]
    past = {one.id: one for one in incidents}.values()
    return replace(
        found,
        runs=tuple(every),
        # Neither knows all: the index forgets in time, and Aionis was asked for its newest records alone.
        count=max(count, len(every)),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        incidents=tuple(sorted(past, key=lambda one: (str(one.at), one.id), reverse=True)),
    )


def without_runs(found: Seen, apart: Collection[str]) -> Seen:
    """Return the same without runs that people took for other failures."""
    runs = tuple(run for run in found.runs if run.run_id not in apart)
    times = [run.at for run in runs if run.at]
    return replace(
        found,
        runs=runs,
        count=found.count - (len(found.runs) - len(runs)),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )


def seen_json(found: Seen) -> dict[str, Any]:
    """Return what `incident-bot similar --json` prints. Times are ISO 8601 in UTC; secrets are masked."""
    value = {
        "run_id": found.run_id,
        "fingerprint": found.fingerprint,
        "recipe": RECIPE,
        "ingredients": ingredients_json(found.ingredients),
        "count": found.count,
        "first_seen": iso(found.first_seen),
        "last_seen": iso(found.last_seen),
        "runs": [{"run_id": run.run_id, "ended_at": iso(run.at if run.ended else None)} for run in found.runs],
        "incidents": [{"id": one.id, "state": one.state, "fix": one.fix or None} for one in found.incidents],
        "missing": list(found.missing),
    }
    masked: dict[str, Any] = mask_value(value)
    return masked


def ingredients_json(ingredients: Ingredients | None) -> dict[str, Any]:
    """Return ingredients by name; {} for none."""
    if ingredients is None:
        return {}
    return {
        "tenant_id": ingredients.tenant_id,
        "scope": ingredients.scope,
        "tool": ingredients.tool,
        "postconditions": list(ingredients.postconditions),
        "error": ingredients.error,
        "kind": ingredients.kind.value,
    }
