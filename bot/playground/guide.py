"""What the page offers to somebody new: a guided path, things that can be made to happen, and the sample's runs.

A step of the path either types a line (`types`) or presses a button of the bot's (`presses`: its possible labels, the first
that is on the screen wins). The page knows nothing of the bot but what is said here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground import aionis as sample
from bot.playground.forge import LINK

Json = dict[str, Any]

_LABELS = {"compare": "Compare", "decision": "Decision", "commit": "Commit", "node": "Node", "edge": "Edge"}
HAPPENINGS: tuple[Json, ...] = (
    {
        "title": "The refund fails again",
        "text": "The same failure with other ids, numbers and times, as if the agent had just met it.",
        "asks": {"what": "recur", "case": "refund"},
    },
    {
        "title": "The refund is run again",
        "text": f"A rerun after the fix, {LINK[1:]} on this page's address, was merged: it works.",
        "asks": {"what": "rerun", "case": "refund"},
    },
    {
        "title": "A rule changes",
        "text": "From now on the case is decided otherwise.",
        "asks": {"what": "change_rule", "case": "refund"},
    },
    {"title": "A run crashes", "text": "Started two hours ago, silent since, never ended.", "asks": {"what": "crash"}},
    {
        "title": "A storm of 500 failures",
        "text": "Five kinds of failure within a minute, all over the queue.",
        "asks": {"what": "storm", "failures": 500, "kinds": 5, "seconds": 60},
    },
)


def guided_path(runs: Mapping[str, sample.SampleRun]) -> list[Json]:
    """Return the five steps from a failing run to its evidence."""
    failed, rerun = runs["refund-failed"].run_id, runs["refund-rerun"].run_id
    return [
        {
            "title": "Replay the failing refund",
            "text": "An agent was to refund order 60218 and failed. What did it do, and where did it break?",
            "types": f"/replay {failed}",
        },
        {
            "title": "Look at the step",
            "text": "The critical step with its input, what was expected and what came back.",
            "presses": ["Details", "Step details"],
        },
        {
            "title": "Compare with the rerun",
            "text": "The case ran again after the fix. Is it fixed? The root says so only where the records prove it; "
            "the comparison is in the thread.",
            "types": f"/replay compare {failed} {rerun}",
        },
        {
            "title": "Close",
            "text": "What still blocks is shown first; nobody closes by accident.",
            "presses": ["Close…", "Close incident"],
        },
        {
            "title": "Export",
            "text": "Everything that was seen, said and done, as one hashed archive in the thread, also after the close.",
            "types": "/replay export",
        },
    ]


def example(run: sample.SampleRun) -> Json:
    """Return one run of the page's list: its commands have a word each, the ids are folded behind it."""
    commands = [{"label": _label(command), "command": command} for command in run.example_commands]
    return {"title": run.title, "description": run.description, "commands": commands}


def examples_route(runs: Sequence[Json] = (), *, steps: Sequence[Json] = (), happenings: Sequence[Json] = ()) -> Route:
    """Return the route that tells the page what there is to try."""
    offer = {"runs": list(runs), "steps": list(steps), "happenings": list(happenings)}

    async def examples(_: Request) -> Response:
        return JSONResponse(offer)

    return Route("/page/examples", examples)


def happen_route(let: sample.Happenings) -> Route:
    """Return the route by which the page lets runs happen in the sample Aionis: `{"what": "recur", …}`."""

    async def happen(request: Request) -> Response:
        return await sample.answer_happening(request, let)

    return Route("/page/happen", happen, methods=["POST"])


def sample_routes(aionis: sample.SampleAionis) -> list[Route]:
    """Return the routes by which the page offers everything that the sample has."""
    runs = [example(run) for run in aionis.runs.values()]
    steps = guided_path(aionis.runs)
    return [examples_route(runs, steps=steps, happenings=HAPPENINGS), happen_route(aionis.let)]


def _label(command: str) -> str:
    """Return the word on a command's button: what it does, or which kind of record it opens."""
    word = next((word for word in _LABELS if f" {word}" in command or f"/{word}/" in command), None)
    return _LABELS[word] if word else "Replay"
