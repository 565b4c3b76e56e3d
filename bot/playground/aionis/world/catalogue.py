"""The list of the world's runs, for the playground's panel and for tests."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from bot.playground.aionis.addresses import Tenancy
from bot.playground.aionis.store import ScopeStore, Store
from bot.playground.aionis.world.story import run_id_of
from bot.playground.aionis.writer import Writer

Record = Callable[[Writer, datetime], None]
When = Literal[
    "at once",  # as the world is loaded
    "on first look",  # before anything but another run is read: large enough to slow every start
    "on request",  # when its own id is asked for, so searches do not know it before: huge
]


@dataclass(frozen=True, slots=True)
class Tale:
    """A run to be recorded: what the panel says about it, and the function that records it relative to `now`."""

    name: str
    title: str
    description: str
    verdict_hint: str
    record: Record
    tenant_id: str = "default"
    scope: str = "support"
    recorded: When = "at once"

    @property
    def tenancy(self) -> Tenancy:
        """Return where the run lives."""
        return Tenancy(self.tenant_id, self.scope)


@dataclass(frozen=True, slots=True)
class SampleRun:
    """One recorded run of the world, with the commands worth typing about it."""

    name: str
    run_id: str
    title: str
    description: str
    verdict_hint: str
    tenant_id: str
    scope: str
    decision_uris: tuple[str, ...]
    commit_uris: tuple[str, ...]
    example_commands: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the entry of `GET /_sample/runs`."""
        return asdict(self)


def catalogued(tale: Tale, store: Store) -> SampleRun:
    """Return the entry of a tale, with the URIs that its records have by now (none for one that is not recorded yet)."""
    run_id = run_id_of(tale.name)
    decisions = _decision_uris(tale, store, run_id)
    commits = _commit_uris(tale, store, run_id)
    commands = [f"/replay {run_id}", *(f"/resolve {uri}" for uri in (*decisions[:1], *commits[:1]))]
    return SampleRun(
        name=tale.name,
        run_id=run_id,
        title=tale.title,
        description=tale.description,
        verdict_hint=tale.verdict_hint,
        tenant_id=tale.tenant_id,
        scope=tale.scope,
        decision_uris=decisions,
        commit_uris=commits,
        example_commands=tuple(commands),
    )


def _decision_uris(tale: Tale, store: Store, run_id: str) -> tuple[str, ...]:
    decisions = store.peek(tale.tenancy).decisions_of(run_id)
    return tuple(tale.tenancy.uri("decision", decision.id) for decision in decisions)


def _commit_uris(tale: Tale, store: Store, run_id: str) -> tuple[str, ...]:
    """Return the commits worth a look: of judged decisions, failed results, the end, and rules that were disabled."""
    scope = store.peek(tale.tenancy)
    judged = [decision.commit_id for decision in scope.decisions_of(run_id) if decision.commit_id]
    records = scope.runs[run_id].records.values() if run_id in scope.runs else ()
    telling = [
        node.commit_id
        for node in sorted(records, key=lambda node: node.order)
        if node.replay_kind == "run_end" or node.slots.get("status") in {"failed", "partial"}
    ]
    found = [*judged, *telling, *_rule_commits(scope, run_id)]
    return tuple(tale.tenancy.uri("commit", commit_id) for commit_id in dict.fromkeys(found))


def _rule_commits(scope: ScopeStore, run_id: str) -> list[str]:
    """Return the latest state change of every rule that decided in the run and is out of use now."""
    rules = {rule_id for decision in scope.decisions_of(run_id) for rule_id in decision.source_rule_ids}
    changes = {
        change["rule_node_id"]: commit.id
        for commit in scope.commits.values()
        for change in commit.diff.get("rule_state_change", ())
    }
    return [changes[rule_id] for rule_id in sorted(rules) if scope.rule_states[rule_id] == "disabled"]
