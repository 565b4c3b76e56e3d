"""From an incident's log and the answers it keeps to its evidence bundle."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from bot.domain.access.tenancy import Tenancy
from bot.domain.bundle.archive import build
from bot.domain.bundle.kept_answers import Kept, StoredAnswer
from bot.domain.bundle.kept_evidence import is_of, kept_evidence
from bot.domain.comparison.reruns import case_of
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import Incident, read_incident
from bot.domain.recurrence.gate_document import GateDocument, gate_of
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.report.formats import to_html, to_markdown
from bot.report.recurrence import recurrence_of
from bot.report.sections import sections_of
from bot.runtime.masking import knowing

MOST_OF_ANSWERS = 64 * 2**20  # bytes of all answers in a bundle; written for people they may be twice as long
_UNSAID = 900.0  # seconds: the setting's default, for runs of a log from before it was kept with them
Silences = Mapping[str, float]  # run id → seconds of silence after which it counted as stalled


def bundle_of(entries: Sequence[Entry], answers: Sequence[Kept], id_: str) -> bytes:
    """Return the evidence bundle of an incident: a function of its log and its kept answers alone."""
    with knowing({}, [entry.payload for entry in entries]):  # what one entry gives away must not stand in another
        return _bundle_of(entries, answers, id_)


def _bundle_of(entries: Sequence[Entry], answers: Sequence[Kept], id_: str) -> bytes:
    incident = read_incident(rebuilt(id_, entries))
    read = investigated(answers, incident.tenancy, silences_of(entries))
    told = [diagnosis for diagnosis, _ in read]
    recurrence = recurrence_of(incident, entries, told)
    sections = list(sections_of(incident, entries, answers, told, recurrence))
    title = f"Incident {incident.id}"
    reports = {"report.md": to_markdown(title, sections), "report.html": to_html(title, sections)}
    return build(incident, entries, answers, reports, gate=_gate(read, incident), recurrence=recurrence)


def fitting(answers: Sequence[StoredAnswer]) -> list[Kept]:
    """Return the answers of a bundle: whole from the newest on as far as they fit in, the others without what was answered.

    Nothing reads more of a bundle than `incident-bot verify` does.
    """
    left, kept = MOST_OF_ANSWERS, list[Kept]()
    for answer in reversed(answers):
        left -= answer.size
        kept.append(answer if left >= 0 else answer.left_out())
    return kept[::-1]


def gate_of_incident(entries: Sequence[Entry], answers: Sequence[Kept], id_: str) -> GateDocument:
    """Return the gate for an incident's failing runs, as far as the kept answers tell of them."""
    incident = read_incident(rebuilt(id_, entries))
    return _gate(investigated(answers, incident.tenancy, silences_of(entries)), incident)


def silences_of(entries: Sequence[Entry]) -> dict[str, float]:
    """Return what the setting was when each run was read, so that the bundle says *stalled* where the channel did."""
    runs = [entry.payload["run"] for entry in entries if entry.kind is EntryKind.RUN_ADDED]
    return {str(run["run_id"]): float(run.get("stalled_after", _UNSAID)) for run in runs}


def diagnoses(answers: Sequence[Kept], tenancy: Tenancy, silences: Silences = MappingProxyType({})) -> list[Diagnosis]:
    """Return what the kept answers say of each run: from the newest reading of each, in the order of the first."""
    return [diagnosis for diagnosis, _ in investigated(answers, tenancy, silences)]


def investigated(answers: Sequence[Kept], tenancy: Tenancy, silences: Silences) -> list[tuple[Diagnosis, Evidence]]:
    """Return the same, each with the evidence it was made from."""
    newest = {str(answer.asked.get("run_id")): answer for answer in answers if is_of(answer, "replay/runs/get")}
    return [
        _investigated(run_id, answer, answers, tenancy, silences.get(run_id, _UNSAID))
        for run_id, answer in newest.items()
    ]


def _gate(read: Sequence[tuple[Diagnosis, Evidence]], incident: Incident) -> GateDocument:
    failing = {run.run_id for run in incident.failing_runs}
    runs = [(diagnosis, case_of(evidence.run_start)) for diagnosis, evidence in read if diagnosis.run_id in failing]
    return gate_of(runs, incident.tenancy, incident=incident.id)


def _investigated(
    run_id: str, kept: Kept, answers: Sequence[Kept], tenancy: Tenancy, silence: float
) -> tuple[Diagnosis, Evidence]:
    run = ReplayedRun.model_validate(kept.answer)
    evidence = kept_evidence(run_id, answers)
    diagnosis = diagnose(
        run,
        outline(run, evidence.step_ids),
        evidence,
        tenancy=tenancy,
        now=kept.read_at,
        stalled_after=timedelta(seconds=silence),
        request_id=kept.request_id,
    )
    return diagnosis, evidence
