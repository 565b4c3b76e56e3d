"""The corrective change that somebody linked is verified once its forge says that it was merged."""

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.live import verification
from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, text_entered, user_entered
from tests.scenarios.steps import text_of

TOKEN = "-".join(["made", "up", "for", "a", "test"])


async def test_a_change_is_verified_once_its_forge_says_so_and_what_it_says_before_is_shown(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = {"merged": True, "merge_commit_sha": "ab" * 20, "merged_at": "2026-11-25T10:00:00Z"}
    answers = [JSONResponse({"message": "Bad credentials"}, 401)]
    monkeypatch.setattr(verification, "_ASKED_EVERY", timedelta(milliseconds=1))

    async def pull(_: Request) -> Response:
        return answers[-1]

    routes = [Route("/repos/acme/agents/pulls/71", pull)]
    async with serve_app(Starlette(routes=routes)) as forge:
        settings = settings_for(slack, aionis.base_url, redis_url, github_token=TOKEN, github_api_url=forge.base_url)
        async with running_bot(slack, settings):
            message = await opened(slack, aionis)
            link = f"{forge.base_url}/acme/agents/pull/71"
            await mark_done(slack, message, "Corrective", {"proof": text_entered(link), "owner": user_entered(JONAS)})
            assert "asserted by" in text_of(await checklist(slack, "refuses the token (HTTP 401)"))
            answers.append(JSONResponse({"merged": False, "state": "open"}))
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay reruns 2")
            assert "refuses the token" not in text_of(await checklist(slack, "not merged yet"))
            answers.append(JSONResponse(merged))
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay reruns 3")
            shown = text_of(await checklist(slack, "merged as abababababab"))
            assert "2026-11-25 10:" in shown
            assert "not merged yet" not in shown
            assert JONAS in shown


async def test_a_merge_is_found_by_itself(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{"merged": False, "state": "open"}]
    monkeypatch.setattr(verification, "_ASKED_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(verification, "_ASKED_AGAIN", (timedelta(milliseconds=50), timedelta(milliseconds=50)))

    async def pull(_: Request) -> Response:
        return JSONResponse(answers[-1])

    async with serve_app(Starlette(routes=[Route("/repos/acme/agents/pulls/71", pull)])) as forge:
        settings = settings_for(slack, aionis.base_url, redis_url, github_token=TOKEN, github_api_url=forge.base_url)
        async with running_bot(slack, settings):
            message = await opened(slack, aionis)
            link = f"{forge.base_url}/acme/agents/pull/71"
            await mark_done(slack, message, "Corrective", {"proof": text_entered(link), "owner": user_entered(JONAS)})
            await checklist(slack, "not merged yet")
            answers.append({"merged": True, "merge_commit_sha": "cd" * 20, "merged_at": "2026-11-25T10:00:00Z"})
            await checklist(slack, "merged as cdcdcdcdcdcd")
