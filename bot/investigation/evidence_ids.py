"""Looking up the ids of an evidence table: that they resolve, are what their field asks for, and belong to one run."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass

from bot.aionis import Aionis
from bot.domain.incident.evidence_ids import TYPES, as_field, known_otherwise, misfit, not_in_incident, wrong_type
from bot.domain.incident.root_cause import RootCause
from bot.domain.run.record_references import parse_reference
from bot.domain.run.resolved_records import Resolved
from bot.domain.run.run_ids import parse_run_id
from bot.errors import (
    BadRequest,
    BotError,
    ForeignUri,
    NotVisible,
    OtherKind,
    RecordNotFound,
    RunNotFound,
    UsageError,
)
from bot.ids import as_uuid
from bot.investigation.calls import together
from bot.investigation.other_kind import run_head
from bot.investigation.prefixes import WHOLE, only, whole_uri
from bot.investigation.record import resolved

Looked = Resolved | BotError | None
_NONE_IN_INCIDENT = "No run of this incident begins with {prefix}."


@dataclass(frozen=True, slots=True)
class CheckedCause:
    """An evidence table whose ids were looked up: with whole ids, and field → what is wrong with those that do not fit."""

    cause: RootCause
    problems: dict[str, BotError]


async def check_evidence(
    aionis: Aionis, cause: RootCause, runs: Collection[str], *, known: Collection[str] = ()
) -> CheckedCause:
    """Look up every id in an evidence table at once. An id alone is of its field's type, and may be the beginning of one.

    `runs` are the ids of the runs in the incident, `known` the URIs of its records. Raises the
    `AionisError` of a call that gave no answer either way.
    """
    try:
        cause = cause.model_copy(update={"run": _whole_run(cause.run, runs)})
    except UsageError as problem:
        return CheckedCause(cause, {"run": problem})
    fields = cause.ids()
    found = await together(_look_up(aionis, field, text, cause, runs, known) for field, text in fields.items())
    records = dict(zip(fields, (looked for _, looked in found), strict=True))
    whole = cause.model_copy(update=dict(zip(fields, (text for text, _ in found), strict=True)))
    problems = ((field, _problem(field, looked, records, whole)) for field, looked in records.items())
    return CheckedCause(whole, {field: problem for field, problem in problems if problem})


def _whole_run(text: str, runs: Collection[str]) -> str:
    """Return the whole id of the run that was entered: the table is kept and exported, and names runs whole."""
    if not text:
        return text
    run_id = parse_run_id(text)
    if as_uuid(run_id):
        return run_id
    found = [one for one in runs if one.startswith(run_id)]
    if not found:
        raise UsageError(_NONE_IN_INCIDENT.format(prefix=run_id), fix=WHOLE)
    return only(found, run_id, "run", fix=WHOLE)


async def _look_up(
    aionis: Aionis, field: str, text: str, cause: RootCause, runs: Collection[str], known: Collection[str]
) -> tuple[str, Looked]:
    """Return the whole id, and the record, None for a run that is there, or why there is none."""
    try:
        if field == "run":
            await run_head(aionis, text)
            return text, _refused(not_in_incident(text, runs))
        uri = parse_reference(text, aionis.tenancy, type_=TYPES[field])
        if wrong := wrong_type(field, uri.type) or known_otherwise(field, uri.id, cause, runs):
            return text, _refused(wrong)
        uri = await whole_uri(aionis, uri, run_id=cause.run, known=known)
        return str(uri), (await resolved(aionis, uri)).value
    except OtherKind as other:
        return text, _refused(wrong_type(field, other.kind))
    except (UsageError, ForeignUri, RunNotFound, RecordNotFound, NotVisible, BadRequest) as problem:
        return text, _in_words_of(field, problem)


def _in_words_of(field: str, problem: BotError) -> BotError:
    """Return a problem as the table says it: what is a procedure to Aionis is a step there."""
    told = copy(problem)
    told.what = as_field(field, problem.what)
    return told


def _problem(field: str, looked: Looked, records: dict[str, Looked], cause: RootCause) -> BotError | None:
    if not isinstance(looked, Resolved):
        return looked
    step = records.get("step")
    return _refused(misfit(field, looked, cause, step.node if isinstance(step, Resolved) else None))


def _refused(sentence: str | None) -> UsageError | None:
    return UsageError(sentence) if sentence else None
