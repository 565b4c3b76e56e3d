"""Reading single records from Aionis: what a card, and the evidence table, need."""

import asyncio
from collections.abc import Collection, Iterable

from bot.aionis import RULE_LIMIT, Aionis, Answer
from bot.domain.incident.kept import RunDigest
from bot.domain.run.record_references import parse_reference
from bot.domain.run.records import Node
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Decision, Feedback, Resolved, changed_rules, judgement_in
from bot.domain.run.rule_state import matching_context, recorded_state, state_in
from bot.domain.run.uris import AionisUri
from bot.errors import AionisError, NotVisible, RecordNotFound
from bot.ids import as_uuid
from bot.investigation.calls import attempt, none_left_behind, together
from bot.investigation.other_kind import told_as_other_kind
from bot.investigation.prefixes import whole_uri

RULES_READ = 8  # rules whose titles are read for one run or decision


async def resolve_record(aionis: Aionis, uri: AionisUri, *, known: Iterable[str] = ()) -> Resolution:
    """Read one record, and for a decision the titles of its rules and its feedback. The id may be the beginning of one.

    `known` are URIs that are at hand: see `whole_uri`. Raises `OtherKind` for an id that is of another kind of record.
    """
    uri = await whole_uri(aionis, uri, known=known)
    learning = asyncio.ensure_future(aionis.learn_reader(aionis.reader))  # for the card says whom it was read as
    with none_left_behind(learning):
        answer = await resolved(aionis, uri)
        await learning
    resolution = Resolution(uri, answer.value, answer.request_id, aionis.tenancy, reads_as=aionis.reads_as)
    decision, node, commit = answer.value.decision, answer.value.node, answer.value.commit
    if node and uri.type == "rule":
        resolution.rule_state = await _rule_state(aionis, node)
    if commit:
        resolution.rule_titles = await _titles_of(aionis, changed_rules(commit))
    if decision is None:
        return resolution
    titles, feedback = await asyncio.gather(
        rule_titles(aionis, [decision]),
        # Without a commit it has no feedback: that is what gives it one.
        attempt(aionis.decisions_of_run, decision.run_id) if decision.run_id and decision.commit_id else _nothing(),
    )
    resolution.rule_titles = titles
    if isinstance(feedback, AionisError):
        resolution.problems.append(f"feedback ({feedback.what})")
    elif feedback and feedback.value.feedback:
        recent = feedback.value.feedback.recent
        resolution.feedback = [entry for entry in recent if entry.decision_id == decision.decision_id]
    resolution.feedback += await unlisted_judgements(aionis, [decision], resolution.feedback)
    return resolution


async def resolved(aionis: Aionis, uri: AionisUri) -> Answer[Resolved]:
    """Read a record. Raises `OtherKind` for an id that is of another kind of record, or a run's."""
    try:
        return await aionis.resolve(uri)
    except (RecordNotFound, NotVisible) as none:
        raise await told_as_other_kind(aionis, none, uri.type, uri.id) from none


async def unlisted_judgements(
    aionis: Aionis, decisions: Iterable[Decision], listed: Collection[Feedback]
) -> list[Feedback]:
    """Return judgements of decisions that are in their commit alone: of those that no rule chose, and older than are listed.

    A commit has the outcome, and no note. A commit that cannot be read is passed over.
    """
    judged = {entry.decision_id for entry in listed}
    wanted = [one for one in decisions if one.decision_id not in judged and as_uuid(one.commit_id or "")]
    found = await together(attempt(aionis.resolve, aionis.uri("commit", one.commit_id or "")) for one in wanted)
    commits = [None if isinstance(answer, AionisError) else answer.value.commit for answer in found]
    outcomes = [commit and judgement_in(commit, one.decision_id) for one, commit in zip(wanted, commits, strict=True)]
    return [
        Feedback(decision_id=one.decision_id, outcome=outcome)
        for one, outcome in zip(wanted, outcomes, strict=True)
        if outcome
    ]


async def decision_of(aionis: Aionis, run: RunDigest) -> tuple[Decision, dict[str, str]] | None:
    """Read the first decision of a run in an incident, with its rules' titles; None: there is none, or it cannot be read now."""
    if not run.decisions:
        return None
    found = await attempt(aionis.resolve, parse_reference(run.decisions[0], aionis.tenancy))
    if isinstance(found, AionisError) or found.value.decision is None:
        return None
    return found.value.decision, await rule_titles(aionis, [found.value.decision])


async def rule_titles(aionis: Aionis, decisions: Iterable[Decision]) -> dict[str, str]:
    """Return rule id → title for the rules that can be read; the others are shown by id."""
    return await _titles_of(aionis, (str(rule) for decision in decisions for rule in decision.source_rule_ids))


async def _titles_of(aionis: Aionis, rules: Iterable[str]) -> dict[str, str]:
    ids = dict.fromkeys(rules)
    wanted = [rule for rule in ids if as_uuid(rule)][:RULES_READ]
    found = await asyncio.gather(*(attempt(aionis.resolve, aionis.uri("rule", rule.lower())) for rule in wanted))
    return {
        rule: answer.value.node.title
        for rule, answer in zip(wanted, found, strict=True)
        if not isinstance(answer, AionisError) and answer.value.node and answer.value.node.title
    }


async def _rule_state(aionis: Aionis, rule: Node) -> str | None:
    """Return whether a rule decides: what its record says, else whether Aionis would apply it; None where that is not known."""
    context = matching_context(rule)
    if recorded_state(rule) or context is None:
        return recorded_state(rule)
    found = await attempt(aionis.rules_for, context)
    return None if isinstance(found, AionisError) else state_in(found.value, rule.id, asked=RULE_LIMIT)


async def _nothing() -> None:
    return None
