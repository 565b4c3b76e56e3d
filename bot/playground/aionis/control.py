"""The sample's own routes under `/_sample`: its catalogue, its faults and the calls it got."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.playground.aionis.calls import CallLog
from bot.playground.aionis.faults import Faults, NewFault
from bot.playground.aionis.happenings import Happening, Happenings
from bot.playground.aionis.problems import Problem
from bot.playground.aionis.validation import parse


def control_routes(
    catalogue: Callable[[], list[dict[str, Any]]], faults: Faults, log: CallLog, happenings: Happenings
) -> list[Route]:
    """Return the routes: `runs` (GET), `faults` (GET, POST, DELETE), `calls` (GET, DELETE), `happen` (POST)."""

    async def runs(_: Request) -> JSONResponse:
        return JSONResponse(catalogue())

    async def show_faults(_: Request) -> JSONResponse:
        return JSONResponse(faults.as_json())

    async def add_fault(request: Request) -> JSONResponse:
        try:
            new = parse(NewFault, await request.json())
        except ValueError:
            return JSONResponse({"error": "not_json"}, 400)
        except Problem as problem:
            return JSONResponse(problem.body(), problem.status)
        faults.add(**new.model_dump())
        return JSONResponse(faults.as_json())

    async def clear_faults(_: Request) -> JSONResponse:
        faults.clear()
        return JSONResponse([])

    async def show_calls(_: Request) -> JSONResponse:
        return JSONResponse([call.as_json() for call in log.calls])

    async def clear_calls(_: Request) -> JSONResponse:
        log.calls.clear()
        return JSONResponse([])

    async def happen(request: Request) -> JSONResponse:
        return await answer_happening(request, happenings)

    return [
        Route("/_sample/runs", runs),
        Route("/_sample/happen", happen, methods=["POST"]),
        Route("/_sample/faults", show_faults),
        Route("/_sample/faults", add_fault, methods=["POST"]),
        Route("/_sample/faults", clear_faults, methods=["DELETE"]),
        Route("/_sample/calls", show_calls),
        Route("/_sample/calls", clear_calls, methods=["DELETE"]),
    ]


async def answer_happening(request: Request, happenings: Happenings) -> JSONResponse:
    """Let happen what a request's JSON asks for (`Happening`), and answer `{"what", "ids"}`; 400 for anything else."""
    try:
        asked = parse(Happening, await request.json())
        return JSONResponse({"what": asked.what, "ids": happenings.happen(asked)})
    except ValueError:
        return JSONResponse({"error": "not_json"}, 400)
    except Problem as problem:
        return JSONResponse(problem.body(), problem.status)
