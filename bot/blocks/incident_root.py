"""The incident's root: what is wrong, who is on it and how far it is, in one screen, kept true by edits."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks import elements as el
from bot.blocks.checklist import EDITED_TEXT, progress, verified_words
from bot.blocks.layout import Message
from bot.blocks.lead import lead_button
from bot.blocks.recurrence import recurrence_words
from bot.blocks.routing import Action, IncidentTarget, MenuChoice, MenuTarget, RunTarget, action_id, encode
from bot.blocks.text import code_span, cut, duration, escape, mrkdwn_time, narrow, outside
from bot.domain.incident.fix_proof import FixProof, proofs_of
from bot.domain.incident.kept import ANOTHER_ERROR, RunDigest
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural
from bot.domain.run.steps import seconds_between
from bot.ids import as_uuid, short

# What fits a screen whatever the values, a phone's too (tests/browser/test_root_states.py measures it); *Details* has the whole.
_TITLE = 78
_NAME = 20
_GOAL = 48
_ERROR = 126
_CONDITIONS = 3
_CONDITION = 18
_BLOCKER = 40
_BLOCKERS = 1
_AGENT_SAID = "The agent said: "


def root_message(incident: Incident) -> Message:
    """Return the root. It changes with the incident alone: ages are told as times, which Slack keeps right."""
    run, proof = _headline_run(incident)
    blocks: list[Block] = [el.header(_title(incident, run)), *map(el.small, _facts(incident, run))]
    if said := _said(run):
        blocks.append(el.rich(el.pre(narrow(said, _ERROR, code=True))))
    if run and run.failed:
        blocks.append(el.mrkdwn(_conditions(run)))
    blocks.append(el.mrkdwn(_standing(incident, proof)))
    blocks.append(el.actions(*_buttons(incident, run)))
    return Message(_fallback(incident, run, proof), el.to_dicts(blocks))


def _headline_run(incident: Incident) -> tuple[RunDigest | None, FixProof | None]:
    """Return the run that the root is about: the first failing one without a proof, else the first failing, else any."""
    proofs = proofs_of(incident)
    chosen = next((proof for proof in proofs if not proof.fixed), next(iter(proofs), None))
    return (chosen.run, chosen) if chosen else (next(iter(incident.runs), None), None)


def _title(incident: Incident, run: RunDigest | None) -> str:
    if run is None:
        return f"Incident {incident.id}"
    words = run.title or f"Run {run.verdict.replace('_', ' ')}{f' at {run.critical}' if run.critical else ''}"
    return narrow(words, _TITLE)


def _facts(incident: Incident, run: RunDigest | None) -> Iterator[str]:
    """Yield the lines of small print: the incident, then its agent, case and goal where they are known."""
    facts = [incident.id, incident.severity or "no severity", *_state(incident)]
    if incident.lead or incident.is_open:
        facts.append(f"lead {el.who(incident.lead)}" if incident.lead else "nobody is on it yet")
    yield " · ".join(facts)
    if run is None:
        return
    about = [
        f"{label} {code_span(narrow(value, _NAME, code=True))}"
        for label, value in (("agent", run.agent), ("case", run.case))
        if value
    ]
    goal = el.literal(narrow(run.goal, _GOAL), _GOAL) if run.goal else ""
    more = len(incident.runs) - 1
    also = f"and {plural(more, 'more run')}" if more > 0 else ""
    id_ = f"run {el.code_text(short(run.run_id), 8)}"
    yield " · ".join(fact for fact in (*about, goal, id_, also, *recurrence_words(incident)) if fact)


def _said(run: RunDigest | None) -> str:
    """Return the error, or where no step has one what the agent itself said at the end, as its words."""
    if run is None:
        return ""
    return run.error or (run.said and _AGENT_SAID + run.said)


def _state(incident: Incident) -> Iterator[str]:
    closure = incident.closure
    if closure is None:
        again = incident.reopened_at
        yield f"open again since {mrkdwn_time(again)}" if again else f"open since {mrkdwn_time(incident.head.at)}"
        return
    took = duration(seconds_between(incident.head.at, closure.at))
    how = "closed anyway" if closure.overridden else "closed"
    yield f"*{how}* by {el.who(closure.by)} {mrkdwn_time(closure.at)}{f', after {took}' if took else ''}"


def _conditions(run: RunDigest) -> str:
    total = max(run.failed_count, len(run.failed))
    listed = run.failed[: _CONDITIONS if total <= _CONDITIONS else _CONDITIONS - 1]
    names = [f"✗\N{NO-BREAK SPACE}{code_span(narrow(name, _CONDITION, code=True))}" for name in listed]
    more = f"  +{total - len(names):,} more" if total > len(names) else ""
    return f"Failed {'postcondition' if total == 1 else 'postconditions'}: {'  '.join(names)}{more}"


def _standing(incident: Incident, proof: FixProof | None) -> str:
    blockers = "; ".join(
        el.literal(narrow(item.spec.title, _BLOCKER), _BLOCKER) for item in incident.blockers[:_BLOCKERS]
    )
    more = f" and {len(incident.blockers) - _BLOCKERS} more" if len(incident.blockers) > _BLOCKERS else ""
    waits = f"{'left open' if incident.closure else 'blocks'}: {blockers}{more}" if blockers else ""
    tally = f" ({escape(proof.tally_alone)})" if proof and proof.newest else ""
    facts = [f"*{escape(fix_standing(proof))}*{tally}" if proof else "", verified_words(incident), waits]
    return " · ".join(fact for fact in facts if fact)


def fix_standing(proof: FixProof) -> str:
    """Return how a failing run stands: `FIXED by 6132885d`, `1 of 2 in a row fixed`, `Not proved fixed`."""
    newest = proof.newest
    if newest is None:
        return "Not proved fixed"
    if newest.fixed and not proof.fixed:
        return proof.standing  # which rerun was the last says nothing yet
    # Two words less than elsewhere: the root must fit a screen beside an open thread.
    standing = proof.standing.replace(ANOTHER_ERROR, " otherwise")
    return f"{standing} {'by' if newest.fixed else 'in'} {outside(short(newest.rerun), 8, one_line=True)}"


def _buttons(incident: Incident, run: RunDigest | None) -> Iterator[InteractiveElement]:
    target = encode(IncidentTarget(incident=incident.id))
    known = run is not None and as_uuid(run.run_id) is not None
    value = encode(RunTarget(run_id=run.run_id, incident=incident.id)) if run and known else ""
    if known:
        yield el.button("Details", action_id(Action.STEP), value, style="primary" if incident.is_open else None)
    if not incident.is_open:
        yield el.button("Reopen…", action_id(Action.REOPEN), target)
    else:
        if known and run and run.failing:
            yield el.button("Compare…", action_id(Action.COMPARE), value)
        yield lead_button(incident)
        yield el.button("Close…", action_id(Action.CLOSE), target)
    yield el.overflow(action_id(Action.MENU), dict(_menu(incident, run if known else None)))


def _menu(incident: Incident, run: RunDigest | None) -> Iterator[tuple[str, str]]:
    """Yield value → words of the overflow menu; Slack takes five."""

    def value(choice: MenuChoice) -> str:
        return encode(MenuTarget(choice=choice, incident=incident.id, run_id=run.run_id if run else None))

    if run is not None:
        yield value(MenuChoice.RAW_JSON), "Raw JSON"
        if run.decisions:
            yield value(MenuChoice.DECISION), "Decision"
    yield value(MenuChoice.EXPORT), "Export evidence"
    if incident.is_open:
        yield value(MenuChoice.SEVERITY), "Severity…"
    yield value(MenuChoice.BINDING), "Bind this channel…"


def _fallback(incident: Incident, run: RunDigest | None, proof: FixProof | None) -> str:
    error = f": {outside(said, 300, one_line=True)}" if (said := _said(run)) else ""
    fixed = f"{fix_standing(proof)}. " if proof and proof.newest else ""
    state = "open" if incident.is_open else "closed"
    return cut(
        escape(f"{_title(incident, run)}{error} · {fixed}{incident.id} {state}, {progress(incident)}."), EDITED_TEXT
    )
