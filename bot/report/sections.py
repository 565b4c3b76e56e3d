"""What the report of an incident says: what broke, overview, root cause, runs, comparisons, recurrence, checklist, the rest."""

from collections.abc import Iterator, Sequence

from bot.blocks.phrases import CRITICAL_MARK, count_words, step_mark, step_word
from bot.blocks.text import age, duration
from bot.domain.bundle.kept_answers import Kept
from bot.domain.incident.fix_proof import proofs_of
from bot.domain.incident.incident_log import Entry
from bot.domain.incident.people import names_in
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import Incident
from bot.domain.incident.summary import Summary, summarise
from bot.domain.recurrence.document import RecurrenceDocument
from bot.domain.run.diagnosis import Diagnosis
from bot.domain.run.phrases import plural
from bot.domain.run.steps import Step
from bot.pictures.scene import timeline_scene
from bot.pictures.svg import to_svg
from bot.report.log_lines import log_section
from bot.report.parts import ReportPicture, Section, Table, said, when
from bot.report.people import Names
from bot.report.recurrence import recurrence_section
from bot.report.what_broke import what_broke

LEFT_OUT = "{answers}, too large for this bundle: only their hashes stand in it"


def sections_of(
    incident: Incident,
    entries: Sequence[Entry],
    answers: Sequence[Kept],
    diagnoses: Sequence[Diagnosis],
    recurrence: RecurrenceDocument | None = None,
) -> Iterator[Section]:
    """Yield the report's sections. It is as of the last entry: nothing in it depends on when it is made."""
    summary = summarise(incident, entries, None, now=entries[-1].at)
    names = Names(names_in(entries))
    yield what_broke(incident, diagnoses, names)
    yield _overview(incident, entries, answers, summary, names)
    yield _root_cause(incident, names)
    yield from map(_run, diagnoses)
    if incident.comparisons:
        yield _comparisons(incident, names)
    if recurrence:
        yield recurrence_section(recurrence)
    yield _checklist(incident, names)
    yield Section("People", (Table(("Person", "What they did"), _people(summary, names)),))
    if incident.uris:
        rows = tuple((said(record.title), said(record.uri), when(record.at)) for record in incident.uris)
        yield Section("Records", (Table(("Record", "URI", "Resolved"), rows),))
    yield log_section(entries, {item.spec.id: item.spec.title for item in incident.items}, names)


def _opener(incident: Incident, names: Names) -> str:
    return f"{'the watch of ' if incident.head.by_watch else ''}{names.who(incident.head.by)}"


def _overview(
    incident: Incident, entries: Sequence[Entry], answers: Sequence[Kept], summary: Summary, names: Names
) -> Section:
    masked = sum(len(answer.masked) for answer in answers)
    left_out = sum(answer.omitted for answer in answers)
    facts = [
        ("Status", " · ".join(fact for fact in (summary.status, incident.severity) if fact)),
        ("Opened", f"{when(incident.head.at)} by {_opener(incident, names)}"),
        *_closed(incident, names),
        ("Open for", age(summary.age)),
        ("Tenant / scope", said(str(incident.tenancy))),
        ("Channel", incident.channel),
        ("Checklist", f"{incident.done} of {len(incident.items)} done"),
        ("As of", f"log entry {incident.version}, {when(entries[-1].at)}"),
        ("Masked", f"{plural(masked, 'value')} in {plural(len(answers), 'answer')} of Aionis"),
        *([("Left out", LEFT_OUT.format(answers=plural(left_out, "answer")))] if left_out else []),
    ]
    return Section("Overview", (Table(("Fact", "Value"), tuple(facts)), *summary.next))


def _closed(incident: Incident, names: Names) -> Iterator[tuple[str, str]]:
    closure = incident.closure
    if closure:
        anyway = f", anyway: {said(closure.reason)}" if closure.overridden else ""
        yield "Closed", f"{when(closure.at)} by {names.who(closure.by)}{anyway}"
        if closure.blockers:
            yield "Open at the close", "; ".join(map(said, closure.blockers))


def _root_cause(incident: Incident, names: Names) -> Section:
    cause = incident.root_cause or RootCause()
    answers = {
        "Expected decision or tool": cause.expected,
        "Selected tool": cause.selected,
        "Rule sources": cause.rules,
        "Cause": cause.cause.words if cause.cause else "",
        "Explanation": cause.explanation,
        "Remediation": cause.remediation,
        "Owner": names.who(cause.owner),
        "Run": cause.run,
        "Step": cause.step,
        "Decision": cause.decision,
        "Commit": cause.commit,
    }
    rows = tuple((label, said(value) or "not filled in") for label, value in answers.items())
    gone = ", ".join(map(said, incident.unresolved))
    lost = (f"Not found in Aionis at the last look, or not of this incident: {gone}.",) if gone else ()
    return Section("Root cause", (Table(("Question", "Answer"), rows), *lost))


def _run(diagnosis: Diagnosis) -> Section:
    scene = timeline_scene(diagnosis)
    planned = diagnosis.planned_steps
    steps = plural(diagnosis.counts.total, "step") + (f", {planned:,} planned" if planned else "")
    who = [f"{what}: {said(value)}" for what, value in (("Agent", diagnosis.agent), ("Case", diagnosis.case)) if value]
    parts: list[str | Table | ReportPicture] = [
        f"{diagnosis.verdict.value.replace('_', ' ')} · {steps}: {count_words(diagnosis.counts)}",
        f"Goal: {said(diagnosis.goal or '') or 'not recorded'}",
        *who,
        f"Aionis request id {said(diagnosis.request_id or '') or 'none'}",
    ]
    if diagnosis.critical and diagnosis.critical.error:
        parts.append(f"Error at {diagnosis.critical.step.label}: {said(diagnosis.critical.error)}")
    if diagnosis.critical and (earlier := list(dict.fromkeys(diagnosis.critical.earlier_errors))):
        parts.append(f"Earlier attempts at {diagnosis.critical.step.label}: {'; '.join(map(said, earlier))}")
    rows = tuple(_step(step, critical=step is diagnosis.critical_step) for step in diagnosis.steps)
    picture = ReportPicture(to_svg(scene), scene.alt)
    table = Table(("Critical", "Step", "Tool", "Status", "Duration"), rows)
    return Section(f"Run {said(diagnosis.run_id)}", (*parts, picture, table))


def _step(step: Step, *, critical: bool) -> tuple[str, ...]:
    return (
        CRITICAL_MARK if critical else "",
        step.sign,
        said(step.tool),
        f"{step_mark(step)} {said(step_word(step))}",
        duration(step.duration) or "not recorded",
    )


def _comparisons(incident: Incident, names: Names) -> Section:
    proofs = proofs_of(incident)
    overtaken = [older for proof in proofs for older in proof.overtaken]
    rows = tuple(
        (
            said(one.failing),
            said(one.rerun),
            one.words + (" (overtaken)" if one in overtaken else ""),
            " ".join(map(said, one.reasons)),
            f"{names.who(one.by)}, {when(one.at)}",
        )
        for one in incident.comparisons
    )
    return Section("Comparisons", (Table(("Failing run", "Rerun", "Verdict", "Because", "Compared"), rows),))


def _checklist(incident: Incident, names: Names) -> Section:
    rows = tuple(
        (
            said(item.spec.title),
            item.state.value,
            names.who(item.facts.by),
            when(item.facts.at),
            said(item.facts.proof or item.facts.reason),
            names.who(item.facts.owner),
        )
        for item in incident.items
    )
    return Section("Checklist", (Table(("Item", "State", "By", "When", "Proof or reason", "Owner"), rows),))


def _people(summary: Summary, names: Names) -> tuple[tuple[str, ...], ...]:
    return tuple((names.who(person.user), said(", ".join(person.acts))) for person in summary.people)
