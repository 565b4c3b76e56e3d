"""The corrective change that somebody linked is verified once its forge says that it was merged."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import JONAS, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, text_entered, user_entered
from tests.scenarios.steps import text_of

TOKEN = "-".join(["made", "up", "for", "a", "test"])


async def test_a_merged_change_is_verified_and_keeps_its_owner(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async def pull(_: Request) -> Response:
        return JSONResponse({"merged": True, "merge_commit_sha": "ab" * 20, "merged_at": "2026-11-25T10:00:00Z"})

    routes = [Route("/repos/acme/agents/pulls/71", pull)]
    async with serve_app(Starlette(routes=routes)) as forge:
        settings = settings_for(slack, aionis.base_url, redis_url, github_token=TOKEN, github_api_url=forge.base_url)
        async with running_bot(slack, settings):
            message = await opened(slack, aionis)
            link = f"{forge.base_url}/acme/agents/pull/71"
            await mark_done(slack, message, "Corrective", {"proof": text_entered(link), "owner": user_entered(JONAS)})
            shown = text_of(await checklist(slack, "merged as abababababab"))
            assert "2026-11-25 10:" in shown
            assert JONAS in shown
