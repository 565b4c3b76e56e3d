"""Which of the runs that ended are reruns of failing ones: later runs of the same case, many found by few calls."""

from collections.abc import Iterable, Mapping, Sequence

from bot.aionis import Aionis
from bot.domain.recurrence.last_good import case_key_of
from bot.domain.recurrence.records import run_id_of
from bot.domain.run.records import Node
from bot.investigation.calls import together

MOST_READ = 40  # runs whose own record is read alone, because the newest page did not hold it


async def reruns_among(aionis: Aionis, failing: Sequence[str], ended: Sequence[str]) -> dict[str, list[str]]:
    """Return failing run → those of the ended runs that are reruns of it, oldest first.

    One call where the newest page has all their records. Raises the `AionisError` of a `find` that failed.
    """
    records = await _records(aionis, dict.fromkeys([*failing, *ended]))
    return {run: list(_reruns(records[run], records, ended)) for run in failing if run in records}


def _reruns(failing: Node, records: Mapping[str, Node], ended: Sequence[str]) -> Iterable[str]:
    case, began = case_key_of(failing), failing.created_at
    later = [
        (record.created_at, run)
        for run in dict.fromkeys(ended)
        if (record := records.get(run)) and began and record.created_at and record.created_at > began
        if case is not None and case_key_of(record) == case
    ]
    return [run for _, run in sorted(later)]


async def _records(aionis: Aionis, wanted: Iterable[str]) -> dict[str, Node]:
    # The newest page first: each `find` has Aionis look through the whole scope, however few records are asked for.
    page = await aionis.find(slots={"replay_kind": "run"}, type_="event")
    found = {run: node for node in page.value.nodes if (run := run_id_of(node))}
    missing = [run for run in wanted if run not in found][:MOST_READ] if page.value.page.has_more else []
    alone = await together(aionis.find(client_id=f"replay:run:{run}", type_="event", limit=1) for run in missing)
    found.update({run: one.value.nodes[0] for run, one in zip(missing, alone, strict=True) if one.value.nodes})
    return found
