"""Looking up the ids of an evidence table: that they resolve, are what their field asks for, and belong to one run."""

import asyncio
from collections.abc import Collection

from bot.aionis import Aionis
from bot.domain.incident.evidence_ids import misfit, not_in_incident, wrong_type
from bot.domain.incident.root_cause import RootCause
from bot.domain.run.records import Resolved
from bot.domain.run.uris import parse_reference, parse_run_id
from bot.errors import (
    BadRequest,
    BotError,
    ForeignUri,
    NotVisible,
    RecordNotFound,
    RunNotFound,
    UsageError,
)
from bot.ids import as_uuid

Looked = Resolved | BotError | None


async def evidence_problems(aionis: Aionis, cause: RootCause, runs: Collection[str]) -> dict[str, BotError]:
    """Look up every id in an evidence table at once, and return field → what is wrong with it, for those that do not fit.

    `runs` are the ids of the runs in the incident. Raises the `AionisError` of a call that gave no answer either way.
    """
    fields = cause.ids()
    cause = cause.model_copy(update={"run": cause.run.strip().lower()})
    found = await asyncio.gather(*(_look_up(aionis, field, text, runs) for field, text in fields.items()))
    records = dict(zip(fields, found, strict=True))
    problems = ((field, _problem(field, looked, records, cause)) for field, looked in records.items())
    return {field: problem for field, problem in problems if problem}


async def _look_up(aionis: Aionis, field: str, text: str, runs: Collection[str]) -> Looked:
    """Return the record, None for a run that is there, or why there is none."""
    try:
        if field == "run":
            run_id = parse_run_id(text)
            if as_uuid(run_id) is None:  # the table is kept and exported: it names runs whole
                return UsageError(f"{run_id} is only the beginning of a run id.", fix="Give the whole id.")
            await aionis.get_own_run(run_id, with_steps=False)
            return _refused(not_in_incident(run_id, runs))
        uri = parse_reference(text, aionis.tenancy)
        if wrong := wrong_type(field, uri.type):
            return _refused(wrong)
        return (await aionis.resolve(uri)).value
    except (UsageError, ForeignUri, RunNotFound, RecordNotFound, NotVisible, BadRequest) as problem:
        return problem


def _problem(field: str, looked: Looked, records: dict[str, Looked], cause: RootCause) -> BotError | None:
    if not isinstance(looked, Resolved):
        return looked
    step = records.get("step")
    return _refused(misfit(field, looked, cause, step.node if isinstance(step, Resolved) else None))


def _refused(sentence: str | None) -> UsageError | None:
    return UsageError(sentence) if sentence else None
