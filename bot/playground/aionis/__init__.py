"""A sample Aionis: answers the real server's contract from memory, for the playground, the tests and the benchmarks.

aionis = SampleAionis()
async with serve(aionis, port=0) as base_url:
    ...
aionis.runs["refund-failed"].run_id
aionis.writer.start_run(goal="…", scope="support", memory_lane="shared")
aionis.let.recur("refund"); aionis.let.storm(failures=500)
aionis.faults.add(endpoint="runs/get", kind="latency", ms=50)
aionis.calls
"""

from bot.playground.aionis.calls import Call
from bot.playground.aionis.control import answer_happening
from bot.playground.aionis.faults import Fault, Faults
from bot.playground.aionis.happenings import Happening, Happenings
from bot.playground.aionis.options import Options, Principal
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.server import SampleAionis, serve
from bot.playground.aionis.world.catalogue import SampleRun
from bot.playground.aionis.world.sizes import make_run
from bot.playground.aionis.writer import Writer

__all__ = [
    "Call",
    "Fault",
    "Faults",
    "Happening",
    "Happenings",
    "Options",
    "Principal",
    "Problem",
    "SampleAionis",
    "SampleRun",
    "Writer",
    "answer_happening",
    "make_run",
    "serve",
]
