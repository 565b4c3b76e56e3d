"""Decisions and commits that no record names: those of the runs that were decided last, of rules, and what came before them.

Aionis lists neither kind. What is looked through here costs a call each, so it is done only where the records name nothing
that fits, and boundedly. What an edition does not offer, or has no more, is passed over; any other failure is raised, for
"none fits" would not be true.
"""

from collections.abc import Iterable, Sequence

from bot.aionis import MOST_DECISIONS, Aionis
from bot.domain.run.records import Node
from bot.domain.run.resolved_records import Decision
from bot.domain.run.rule_state import matching_context
from bot.errors import NotVisible, RecordNotFound, RouteMissing, Unsupported
from bot.ids import as_uuid
from bot.investigation.calls import together

RUNS = 20  # with the newest decisions
_RULES = 8  # the newest, whose changes of state are asked for
_PARENTS = 10  # commits of a generation whose parents are read
_GENERATIONS = 2
_NOT_OFFERED = (RouteMissing, Unsupported)


async def latest_decisions(aionis: Aionis) -> list[Decision]:
    """Return the decisions of the runs that were decided last; none where the edition does not list them."""
    try:
        listed = await aionis.latest_deciding_runs(limit=RUNS)
    except _NOT_OFFERED:
        return []
    runs = [run.run_id for run in listed.value.items if run.run_id][:RUNS]
    read = await together(aionis.decisions_of_run(run, limit=MOST_DECISIONS) for run in runs)
    return [one for answer in read for one in answer.value.decisions]


async def latest_commits(aionis: Aionis, rules: Sequence[Node]) -> list[str]:
    """Return the ids of commits that judged decisions or put rules into their state, and of the commits before them."""
    judged = [one.commit_id for one in await latest_decisions(aionis)]
    found = _distinct([*judged, *await _of_rules(aionis, rules)])
    generation = found
    for _ in range(_GENERATIONS):
        read = await together(_parent(aionis, id_) for id_ in generation[:_PARENTS])
        generation = _distinct(read)
        found += generation
    return _distinct(found)


async def _of_rules(aionis: Aionis, rules: Sequence[Node]) -> list[str | None]:
    """Return the commits that put rules into their state: the server names them for rules that apply to a context."""
    contexts = [context for rule in rules[:_RULES] if (context := matching_context(rule)) is not None]
    try:
        answers = await together(aionis.rules_for(context) for context in contexts)
    except _NOT_OFFERED:
        return []
    return [rule.commit_id for answer in answers for rule in (*answer.value.active, *answer.value.shadow)]


async def _parent(aionis: Aionis, id_: str) -> str | None:
    try:
        commit = (await aionis.resolve(aionis.uri("commit", id_))).value.commit
    except (RecordNotFound, NotVisible):
        return None
    return commit.parent_id if commit else None


def _distinct(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(whole for id_ in ids if id_ and (whole := as_uuid(id_))))
