"""Which of the runs that ended are reruns of failing ones: later runs of the same case, many found by few calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.aionis import Aionis
from bot.aionis.client import FIND_LIMIT
from bot.domain.recurrence.last_good import case_key_of
from bot.domain.recurrence.listed_runs import run_id_of
from bot.domain.run.records import Node
from bot.investigation.calls import together

MOST_READ = 40  # runs whose own record is read alone, because the newest pages did not hold it
PAGES = 10  # of the newest records, where more than that are missing


@dataclass(frozen=True, slots=True)
class FoundReruns:
    """Failing run → those of the ended runs that are reruns of it, oldest first; `unread` are runs whose record was not read."""

    of: dict[str, list[str]]
    unread: tuple[str, ...]


async def reruns_among(aionis: Aionis, failing: Sequence[str], ended: Sequence[str]) -> FoundReruns:
    """Return which of the ended runs are reruns of failing ones.

    One call where the newest page has all their records. Raises the `AionisError` of a `find` that failed.
    """
    records, unread = await _records(aionis, list(dict.fromkeys([*failing, *ended])))
    return FoundReruns({run: list(_reruns(records[run], records, ended)) for run in failing if run in records}, unread)


def _reruns(failing: Node, records: Mapping[str, Node], ended: Sequence[str]) -> Iterable[str]:
    case, began = case_key_of(failing), failing.created_at
    later = [
        (record.created_at, run)
        for run in dict.fromkeys(ended)
        if (record := records.get(run)) and began and record.created_at and record.created_at > began
        if case is not None and case_key_of(record) == case
    ]
    return [run for _, run in sorted(later)]


async def _records(aionis: Aionis, wanted: Sequence[str]) -> tuple[dict[str, Node], tuple[str, ...]]:
    """Return run → its own record, and the runs of which it was not read."""
    found: dict[str, Node] = {}
    missing: list[str] = []
    # The newest pages first: each `find` has Aionis look through the whole scope, however few records are asked for.
    for page in range(PAGES):
        answer = await aionis.find(slots={"replay_kind": "run"}, type_="event", offset=page * FIND_LIMIT)
        found |= {run: node for node in answer.value.nodes if (run := run_id_of(node))}
        missing = [run for run in wanted if run not in found] if answer.value.page.has_more else []
        if len(missing) <= MOST_READ:
            break
    some = missing[:MOST_READ]
    alone = await together(aionis.find(client_id=f"replay:run:{run}", type_="event", limit=1) for run in some)
    found |= {run: one.value.nodes[0] for run, one in zip(some, alone, strict=True) if one.value.nodes}
    return found, tuple(missing[MOST_READ:])
