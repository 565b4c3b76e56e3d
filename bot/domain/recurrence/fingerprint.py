"""What makes two failures the same one: a fingerprint, and the ingredients that it is made of.

The recipe has a version: other ingredients make another recipe, so that an old fingerprint is never compared with a new one as if
both meant the same. What is taken out of an error text has one, too: the reading.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.access.tenancy import Tenancy
from bot.domain.error_wording.kept_text import as_kept
from bot.domain.error_wording.wording import wording_of
from bot.domain.run.diagnosis import Diagnosis, Verdict

RECIPE = "failure-1"
# How records and texts are read before that, from 1. Where a version reads a run better (which step broke, with what, and what of
# its error is wording), its reading replaces an older one in the index, and the same ingredients still mean the same failure.
# Before 5: bots that know at most reading 3 understand one digit of a rank, which is twice the reading (`recurrence.lua`).
READING = 4
_LENGTH = 24  # hex digits: 96 bits
_quoted = json.encoder.encode_basestring_ascii


NO_TOOL_KNOWN = "none recorded, or no step broke"


class FailureKind(StrEnum):
    """How a run failed. A run that is still going has not failed yet."""

    FAILED = "failed"
    PARTIAL = "partial"
    STALLED = "stalled"  # started, no end, silent
    DIVERGENT = "divergent"  # says success although a postcondition failed
    UNKNOWN = "unknown"  # ended with a status word that is not known


# Without IN_PROGRESS, which has not failed, and SUCCESS, which `ingredients_of` looks at itself.
_KINDS = {
    Verdict.FAILED: FailureKind.FAILED,
    Verdict.PARTIAL: FailureKind.PARTIAL,
    Verdict.STALLED: FailureKind.STALLED,
    Verdict.UNKNOWN: FailureKind.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a fingerprint is made of. `tool` is "" where no step broke; `error` is the wording alone (`wording.py`).

    Where no step broke, `error` is that of what the agent said at the end; a run that says nothing at all is like no other, and
    `error` names it.
    """

    tenant_id: str
    scope: str
    tool: str
    postconditions: tuple[str, ...]
    error: str
    kind: FailureKind

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint: hex digits, the same for the same ingredients of the same recipe."""
        names = ",".join(map(_quoted, self.postconditions))
        before = ",".join(map(_quoted, (RECIPE, self.tenant_id, self.scope, self.tool)))
        made_of = f"[{before},[{names}],{_quoted(self.error)},{_quoted(self.kind)}]"  # JSON
        return hashlib.sha256(made_of.encode()).hexdigest()[:_LENGTH]


def ingredients_of(diagnosis: Diagnosis) -> Ingredients | None:
    """Return what a run's failure is made of, or None for a run that did not fail (or has not yet). Total and linear."""
    kind = _KINDS.get(diagnosis.verdict)
    if kind is None and diagnosis.verdict is Verdict.SUCCESS and diagnosis.critical is not None:
        kind = FailureKind.DIVERGENT
    if kind is None:
        return None
    critical = diagnosis.critical
    made_of = make_ingredients(
        diagnosis.tenancy,
        tool=critical.step.record.tool_name or "" if critical else "",
        postconditions=[condition.name for condition in critical.failed_postconditions] if critical else [],
        error=(critical.error if critical else diagnosis.summary) or "",
        kind=kind,
    )
    if made_of.tool or made_of.postconditions or made_of.error:
        return made_of
    return replace(made_of, error=f"run {diagnosis.run_id.lower()}")


def make_ingredients(
    tenancy: Tenancy, *, tool: str, postconditions: Iterable[str], error: str, kind: FailureKind
) -> Ingredients:
    """Return the ingredients in their one form: names as Aionis keeps them, each once and in order; of the error its wording."""
    return Ingredients(
        tenant_id=tenancy.tenant_id,
        scope=tenancy.scope,
        tool=as_kept(tool),
        postconditions=tuple(sorted({_name(name) for name in postconditions})),
        error=wording_of(error),
        kind=kind,
    )


def _name(name: str) -> str:
    """Return a name of one word as it is. A sentence in its place may carry values, as an error does."""
    kept = as_kept(name)
    return wording_of(name) if " " in kept else kept
