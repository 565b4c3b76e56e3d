"""Where the CPU of a replay goes: until it is acked, until its root is posted, until its analysis is, and after that."""

from collections.abc import Callable
from typing import Any

from benchmarks.processes import Bench, free_port, module
from benchmarks.rig import QUIET, Rig, Taken

PHASES = ("until the ack", "until the root is sent", "until the analysis is sent", "after that")
_WITHIN = 120.0  # seconds


async def cpu_by_phase(rig: Rig, idle: Taken, run_id: str, channels: list[str]) -> dict[str, float]:
    """Type a replay that opens an incident in each channel, one when the last is over; returns phase → CPU ms of one."""
    total = dict.fromkeys(PHASES, 0.0)
    for channel in channels:
        sent = _Posts(rig.slack.api.calls, rig.cpu)
        rig.slack.api.calls = sent
        moments = [rig.cpu()]
        await rig.type(f"/replay {run_id}", [channel])
        acked = rig.cpu()
        await rig.quiet()
        root, analysis = sent.at[:2]
        moments += [min(acked, root), root, analysis, rig.cpu()]
        for phase, before, after in zip(PHASES, moments, moments[1:], strict=False):
            total[phase] += (after - before) * 1000 / len(channels)
    total[PHASES[-1]] -= idle.cpu * 1000 * QUIET  # of waiting for the end
    return total


class _Posts(list[Any]):
    """The calls that Slack gets, with the bot's CPU clock at each post."""

    def __init__(self, earlier: list[Any], clock: Callable[[], float]) -> None:
        super().__init__(earlier)
        self._clock = clock
        self.at: list[float] = []

    def append(self, call: Any) -> None:
        """Note the clock, where the call is a post."""
        if call.method == "chat.postMessage":
            self.at.append(self._clock())
        super().append(call)


def bare_calls(bench: Bench, *, aionis: int, slack: int) -> float:
    """Return the CPU ms of as many calls by httpx alone."""
    port = free_port()
    with bench.serving(module("upstream"), {"PORT": str(port)}, port) as url:
        given = {"URL": url, "AIONIS": str(aionis), "SLACK": str(slack)}
        return float(bench.run(module("bare_calls"), given, within=_WITHIN))
