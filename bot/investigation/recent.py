"""The runs of a scope that are in trouble as they stand now, newest first (Aionis contract, section 16).

Searching for failed ends finds neither runs that broke off nor those that ended twice, and finds runs that have succeeded since.
So the newest records say which runs there are, and each run itself says how it stands.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from bot.aionis import Aionis, Answer
from bot.domain.recurrence.decisions import Decisions
from bot.domain.recurrence.fingerprint import ingredients_of
from bot.domain.recurrence.listed_runs import RunRecords, by_run, diagnosed
from bot.domain.recurrence.troubled import TroubledRun
from bot.domain.run.diagnosis import Verdict, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.errors import AionisError
from bot.investigation.calls import attempt, together

MOST = 120  # runs that one look reads, each whole: Aionis cannot be asked for a run's status alone
_AT_ONCE = 10  # of them: Aionis takes 20 calls in a burst, unless it is set otherwise
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_TROUBLE = frozenset({Verdict.FAILED, Verdict.PARTIAL, Verdict.STALLED, Verdict.UNKNOWN})
_KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("event", {"replay_kind": "run"}),
    ("event", {"replay_kind": "run_end"}),
    ("evidence", {"replay_kind": "step_result", "status": "failed"}),
)


class TroubledRuns:
    """Reads the troubled runs of a scope. `has_more` tells, once they were read, whether there are runs not looked at."""

    def __init__(self, aionis: Aionis, *, now: datetime, stalled_after: timedelta) -> None:
        self._aionis = aionis
        self._now = now
        self._stalled_after = stalled_after
        self.has_more = False

    async def read(self) -> AsyncGenerator[TroubledRun, None]:
        """Yield them, newest first, reading no further than is asked for. Raises the `AionisError` of a `find` that failed."""
        answers = await together(self._aionis.find(slots=dict(slots), type_=type_) for type_, slots in _KINDS)
        self.has_more = any(answer.value.page.has_more for answer in answers)
        records = list(by_run(node for answer in answers for node in answer.value.nodes).values())
        records.sort(key=_latest, reverse=True)
        self.has_more = self.has_more or len(records) > MOST
        for place in range(0, min(len(records), MOST), _AT_ONCE):
            some = records[place : min(place + _AT_ONCE, MOST)]
            for found in await together(self._read(one) for one in some):
                if found.diagnosis.verdict in _TROUBLE:
                    yield found

    async def _read(self, records: RunRecords) -> TroubledRun:
        """Read how a run stands now; one that cannot be read stands as its records say."""
        nodes = [*reversed(records.step_result), *records.run_end, *records.run]
        answer: Answer[ReplayedRun] | AionisError = await attempt(self._aionis.get_own_run, records.run_id, found=nodes)
        told = _first_end(records)
        if isinstance(answer, AionisError):
            found = diagnosed(records, tenancy=self._aionis.tenancy, now=self._now, stalled_after=self._stalled_after)
            return TroubledRun(found, _latest(records), told, unread=True)
        run = answer.value
        evidence = Evidence(nodes=nodes, nodes_asked=True)
        found = diagnose(
            run,
            outline(run),
            evidence,
            tenancy=self._aionis.tenancy,
            now=self._now,
            stalled_after=self._stalled_after,
        )
        return TroubledRun(found, found.last_activity or _latest(records), told)


async def by_failure(found: TroubledRuns, decisions: Decisions, *, most: int) -> dict[str, list[TroubledRun]]:
    """Return failure → its runs, newest first; reading stops where one more than `most` is known to be there."""
    groups: dict[str, list[TroubledRun]] = {}
    async with aclosing(found.read()) as runs:
        async for run in runs:
            groups.setdefault(_failure(run, decisions), []).append(run)
            if len(groups) > most:
                break
    return groups


def _failure(run: TroubledRun, decisions: Decisions) -> str:
    ingredients = ingredients_of(run.diagnosis)
    run_id = run.diagnosis.run_id.lower()
    return decisions.of_run(run_id, ingredients.fingerprint if ingredients else run_id)


def _latest(records: RunRecords) -> datetime:
    return records.latest or _EARLIEST


def _first_end(records: RunRecords) -> str | None:
    status = records.run_end[0].slots.get("status") if records.run_end else None
    return status if isinstance(status, str) else None
