"""Reading what a gate needs from Aionis: the failing run it is made from, and the reruns that are held against it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aionis import Aionis
from bot.domain.comparison.reruns import case_of
from bot.domain.recurrence.fingerprint import ingredients_of
from bot.domain.recurrence.gate import GateResult, hold
from bot.domain.recurrence.gate_document import GateDocument, gate_of
from bot.errors import UsageError
from bot.investigation.calls import together
from bot.investigation.pair import later_runs_of_case
from bot.investigation.run import Investigation, investigate

NOT_FAILED = "Run {run_id} did not fail, so that there is nothing a gate could keep from coming back."


@dataclass(slots=True)
class HeldGate:
    """What a gate says, and the reruns that were judged: their run URIs, and the SHA-256 of the answers of Aionis."""

    result: GateResult
    subjects: list[tuple[str, str]]


async def gate_from_run(aionis: Aionis, run_id: str, *, now: datetime, stalled_after: timedelta) -> GateDocument:
    """Return the gate for a failing run. Raises the `AionisError` of the run, and `UsageError` for one that did not fail."""
    found = await investigate(aionis, run_id, now=now, stalled_after=stalled_after)
    if ingredients_of(found.diagnosis) is None:
        raise UsageError(NOT_FAILED.format(run_id=run_id), fix="Name the run that failed.")
    return gate_of([(found.diagnosis, case_of(found.evidence.run_start))], aionis.tenancy)


async def hold_gate(
    aionis: Aionis, gate: GateDocument, run_ids: Sequence[str], *, now: datetime, stalled_after: timedelta
) -> HeldGate:
    """Hold reruns against a gate; where none is named, the newest later run of each failure's case. Raises `AionisError`."""
    wanted = dict.fromkeys(run_ids) or await _later(aionis, gate)
    found = await together(investigate(aionis, run_id, now=now, stalled_after=stalled_after) for run_id in wanted)
    result = hold(gate, [(one.diagnosis, one.evidence) for one in found])
    return HeldGate(result, [_subject(one) for one in found])


async def _later(aionis: Aionis, gate: GateDocument) -> dict[str, None]:
    found = await together(later_runs_of_case(aionis, one.run_id, limit=1) for one in gate.failures)
    return dict.fromkeys(run.run_id for runs in found for run in runs)


def _subject(found: Investigation) -> tuple[str, str]:
    digest = hashlib.sha256(found.answer.body).hexdigest()
    return found.diagnosis.run_uri or f"run {found.diagnosis.run_id}", digest
