"""A forge with one merged change, so that a corrective change can be verified in the playground: GitHub's answer for it."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PROJECT, NUMBER = "agents/refunds", 71
LINK = f"/{PROJECT}/pull/{NUMBER}"
_COMMIT = "5f1e0c9a7b3d42e68a10f4c2d9b7e6310a8c5d21"


def forge_routes(merged_at: datetime) -> list[Route]:
    """Return the routes: what the API answers for the change, and what somebody sees who follows its link."""

    async def api(_: Request) -> Response:
        return JSONResponse({"merged": True, "merge_commit_sha": _COMMIT, "merged_at": merged_at.isoformat()})

    async def page(_: Request) -> Response:
        return PlainTextResponse(
            f"Pull request {NUMBER} of {PROJECT}, merged as {_COMMIT[:12]}: refunds go out once.\n"
        )

    return [Route(f"/repos/{PROJECT}/pulls/{NUMBER}", api), Route(LINK, page)]
