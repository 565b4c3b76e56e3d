"""Which open incident a run belongs to: the one that holds it, else one of the same case or goal; else people decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.comparison.fix_verdict import same_goal
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import Incident

_GOAL = 240  # characters that every version keeps of a longer goal


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a run goes. `incident` is certain; without one, `choices` are the open ones, the bot's guess first.

    `guess_new` tells that a new incident is the better guess. Nothing set: no incident is open.
    """

    incident: Incident | None = None
    choices: tuple[Incident, ...] = ()
    guess_new: bool = False


def belonging(runs: Sequence[RunDigest], open_ones: Sequence[Incident]) -> Belonging:
    """Return where runs that come together belong; `open_ones` are the channel's open incidents, the latest first."""
    ids = {run.run_id for run in runs}
    holding = next((one for one in open_ones if ids & {run.run_id for run in one.runs}), None)
    # One without a run takes any: there is no case yet that it could be of.
    alike = next((one for one in open_ones if _same_case(runs, one.runs) or not one.runs), None)
    if found := holding or alike:
        return Belonging(found)
    # The same goal under another case is the better guess, however new what is related otherwise is.
    guessed = next((one for likely in (_same_goal, _related) for one in open_ones if likely(runs, one.runs)), None)
    choices = tuple(sorted(open_ones, key=lambda one: one is not guessed))
    return Belonging(choices=choices, guess_new=guessed is None)


def _same_case(runs: Sequence[RunDigest], others: Sequence[RunDigest]) -> bool:
    return any(_one_case(run, other) for run in runs for other in others)


def _one_case(run: RunDigest, other: RunDigest) -> bool:
    """Tell whether two runs are of one case; where both name one that decides, else the goal does."""
    if run.case and other.case:
        return run.case == other.case
    return _one_goal(run, other)


def _same_goal(runs: Sequence[RunDigest], others: Sequence[RunDigest]) -> bool:
    return any(_one_goal(run, other) for run in runs for other in others)


def _one_goal(run: RunDigest, other: RunDigest) -> bool:
    return bool(run.goal and other.goal and same_goal(run.goal[:_GOAL], other.goal[:_GOAL]))


def _related(runs: Sequence[RunDigest], others: Sequence[RunDigest]) -> bool:
    """Tell whether an agent or a critical step of both is the same: a guess, and no more."""
    known = {name for other in others for name in (other.agent, other.critical) if name}
    return any(name in known for run in runs for name in (run.agent, run.critical) if name)
