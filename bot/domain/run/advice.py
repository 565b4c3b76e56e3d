"""What to try next, from the diagnosis alone: a few sentences, the most useful first."""

from bot.domain.run.diagnosis import Diagnosis, Verdict, Why
from bot.domain.run.phrases import plural
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import StepStatus

_MOST = 4
SIMULATED_RUN = "This is a simulated playbook run: its steps can read success although nothing was executed."
UNKNOWN_MODE = (
    "This is a playbook run whose mode is not recorded, not visible or not known: it may be simulated, "
    "with nothing executed."
)


def next_steps(diagnosis: Diagnosis) -> list[str]:
    """Return up to four things to try. They name only what the records show; texts from outside are not in them."""
    found = [*_about_verdict(diagnosis), *_about_critical(diagnosis), *_about_gaps(diagnosis)]
    return found[:_MOST]


def _about_verdict(diagnosis: Diagnosis) -> list[str]:
    critical = diagnosis.critical_step
    if diagnosis.verdict is Verdict.STALLED:
        where = f" while {critical.label} was pending" if critical and critical.status == StepStatus.PENDING else ""
        return [
            f"Check whether the agent's worker is alive: the records stop{where}. A crashed worker "
            "looks like this, and so does a run whose end is private to somebody else."
        ]
    if diagnosis.verdict is Verdict.IN_PROGRESS:
        return ["The run has not ended. Replay it again in a moment to see how it goes on."]
    if diagnosis.simulated or diagnosis.mode_unknown:
        return [SIMULATED_RUN if diagnosis.simulated else UNKNOWN_MODE]
    if diagnosis.verdict is Verdict.SUCCESS and critical is None:
        none = "No step failed or diverged" if diagnosis.steps else "No step was recorded"
        if pending := diagnosis.counts.pending:
            none += f", but {plural(pending, 'step')} {'has' if pending == 1 else 'have'} no recorded result"
        if skipped := diagnosis.counts.skipped:
            whole = skipped == diagnosis.counts.total
            were = "every step was" if whole else f"{plural(skipped, 'step')} {'was' if skipped == 1 else 'were'}"
            none += f", {'and' if pending else 'but'} {were} skipped"
        return [f"{none}. If the outcome was still wrong, compare inputs and decisions by hand."]
    if diagnosis.verdict in {Verdict.FAILED, Verdict.PARTIAL} and critical is None:
        none = "No step failed" if diagnosis.steps else "No step was recorded"
        where = "read the run's own summary, and the agent's log" if diagnosis.summary else "read the agent's log"
        return [f"{none}: {where} for what happened outside of its steps."]
    return []


def _about_critical(diagnosis: Diagnosis) -> list[str]:
    detail = diagnosis.critical
    if detail is None:
        return []
    found = []
    if detail.step.divergent:
        found.append(f"Check by hand what {detail.step.label} really did: it says success, a postcondition says no.")
    if detail.decided_otherwise:
        found.append("Find out why the step called another tool than its decision selected.")
    elif detail.decision_id and detail.decision is None:
        found.append(f"Look for the decision of {detail.step.label} in the agent's own log: it cannot be read here.")
    elif diagnosis.decisions:
        found.append(_about_decision(diagnosis, detail.decision or diagnosis.decisions[0]))
    if detail.output_gaps:
        found.append("Compare the output of the critical step with what was expected: they differ.")
    if detail.step.attempts > 1:
        found.append(f"It took {detail.step.attempts} attempts: check whether the retries are safe to repeat.")
    return found


def _about_decision(diagnosis: Diagnosis, decision: Decision) -> str:
    """Say what to look for in a decision: what is known of it already is not asked."""
    of = decision.decision_id
    if any(entry.decision_id == of and entry.outcome == "negative" for entry in diagnosis.feedback):
        chose = (
            "does the rule that chose its tool still decide?"
            if decision.source_rule_ids
            else "which rule should have chosen?"
        )
        return f"The decision was judged negative: {chose}"
    if not decision.source_rule_ids:
        return "Look at the decision: was the selected tool the right one? No rule matched: should one have?"
    return "Look at the decision: was the selected tool the right one, and which rule chose it?"


def _about_gaps(diagnosis: Diagnosis) -> list[str]:
    if any(gap.why is Why.NOT_VISIBLE for gap in diagnosis.missing):
        return ["Records are private: set AIONIS_CONSUMER_AGENT_ID or AIONIS_CONSUMER_TEAM_ID to see them."]
    # What Aionis refuses, or does not offer, it will not answer another time either.
    if any(gap.passing for gap in diagnosis.missing):
        return ["Some records could not be read just now: replay again for the rest."]
    return []
