"""What a bundle says of recurrence, from the log and the kept answers: a file for machines and a section for people."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.state import Incident
from bot.domain.recurrence.document import (
    FailureDocument,
    HistoryDocument,
    PastIncidentDocument,
    RecurrenceDocument,
    SeenAgainDocument,
    failure_documents,
)
from bot.domain.recurrence.fingerprint import NO_TOOL_KNOWN, ingredients_of
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural
from bot.pictures.occurrences import MORE_THAN_A_FEW, occurrences_scene
from bot.pictures.svg import to_svg
from bot.report.parts import ReportPicture, Section, Table, said, when
from bot.runtime.masking import mask_value

_NOT_NOTED = "not noted"


def recurrence_of(
    incident: Incident, entries: Sequence[Entry], diagnoses: Sequence[Diagnosis]
) -> RecurrenceDocument | None:
    """Return what is known of the incident's failures; None where none of its runs has failed, as far as the answers tell."""
    failing = {run.run_id: run.fingerprint for run in incident.failing_runs}
    failed = [
        (diagnosis.run_id, failing[diagnosis.run_id] or made_of.fingerprint, made_of)
        for diagnosis in diagnoses
        if diagnosis.run_id in failing and (made_of := ingredients_of(diagnosis))
    ]
    if not failed:
        return None
    noted = next((entry for entry in reversed(entries) if entry.kind is EntryKind.HISTORY_NOTED), None)
    histories = noted.payload["histories"] if noted else {}
    document = RecurrenceDocument(
        incident=incident.id,
        as_of=noted.at if noted else None,
        failures=failure_documents(
            failed, {one: HistoryDocument.model_validate(history) for one, history in histories.items()}
        ),
        seen_again=tuple(
            SeenAgainDocument(run_id=entry.payload["run_id"], at=entry.payload.get("seen") or entry.at)
            for entry in entries
            if entry.kind is EntryKind.RECURRED
        ),
        gate=incident.gate.model_dump(mode="json") if incident.gate else None,
    )
    return RecurrenceDocument.model_validate(mask_value(document.model_dump(mode="json")))


def recurrence_section(document: RecurrenceDocument) -> Section:
    """Return the section: why two failures are the same, how often each was seen, and what the gate said."""
    parts: list[str | Table | ReportPicture] = []
    for failure in document.failures:
        parts.append(Table(("Fact", "Value"), (("Failure", failure.fingerprint), *_facts(failure))))
        parts += _picture(failure, document)
    if document.seen_again:
        rows = tuple((said(one.run_id), when(one.at)) for one in document.seen_again)
        parts.append(Table(("Seen again in run", "When"), rows))
    if document.gate:
        runs = ", ".join(map(said, document.gate["runs"]))
        parts.append(f"Gate {document.gate['outcome']} with {runs}; gate.json {document.gate['sha256']}.")
    return Section("Recurrence", tuple(parts))


def _facts(failure: FailureDocument) -> Iterator[tuple[str, str]]:
    made_of, history = failure.ingredients, failure.history
    yield "Recipe", failure.recipe
    yield "Tool", said(made_of.tool) or NO_TOOL_KNOWN
    yield "Failed postconditions", ", ".join(map(said, made_of.postconditions)) or "none"
    yield "Error", said(made_of.error) or "no error text"
    yield "Kind", made_of.kind.value
    yield "Runs of this incident", ", ".join(map(said, failure.runs))
    yield "Seen", plural(history.count, "time") if history else _NOT_NOTED
    if history:
        yield "First and last", " and ".join(when(at) for at in (history.first_seen, history.last_seen) if at)
        yield "Incidents", "\n".join(_incident(one) for one in history.incidents) or "none"


def _incident(one: PastIncidentDocument) -> str:
    fixed = f" as fixed{f' by {said(one.fix)}' if one.fix else ''}" if one.fixed else ""
    return f"{said(one.id)} {said(one.state)}{fixed} {when(one.at)}".rstrip()


def _picture(failure: FailureDocument, document: RecurrenceDocument) -> Iterator[ReportPicture]:
    history = failure.history
    if history is None or history.count < MORE_THAN_A_FEW or document.as_of is None:
        return
    days = {date.fromisoformat(day): count for day, count in history.days.items()}
    scene = occurrences_scene(days, document.as_of.date())
    yield ReportPicture(to_svg(scene), scene.alt)
