"""The local Slack and other web sites, by a real browser: the bot's own site may ask to be installed, no other site gets in."""

import asyncio
import copy
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.config.manifest import load_manifest
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, OLGA, LocalSlack, acme_world, serve

ATTACK = """async (base) => {
  const tried = {};
  const attempt = async (name, make) => { tried[name] = await make().then(() => "got in", () => "kept out"); };
  const body = JSON.stringify({ user: "%s", channel: "%s", text: "from elsewhere" });
  await attempt("read", () => fetch(base + "/page/state"));
  await attempt("blind post", () => fetch(base + "/page/message", { method: "POST", mode: "no-cors", body }));
  await attempt("picture", () => new Promise((done, failed) => {
    const image = new Image(); image.onload = done; image.onerror = failed; image.src = base + "/files/F1/x.png"; }));
  await attempt("events", () => new Promise((done, failed) => {
    const source = new EventSource(base + "/page/events"); source.onopen = done; source.onerror = failed; }));
  return tried;
}"""


@asynccontextmanager
async def other_site(body: str = "") -> AsyncIterator[str]:
    """Serve a site on another port, by another name of this machine, which a browser takes for another site."""

    async def page(request: Request) -> Response:
        if request.url.path == "/installed":
            return PlainTextResponse(f"code {bool(request.query_params.get('code'))} {request.query_params['state']}")
        return HTMLResponse(body)

    async with serve_app(Starlette(routes=[Route("/{path:path}", page)])) as server:
        yield server.base_url.replace("127.0.0.1", "localhost")


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


def fresh_slack(**oauth: Any) -> LocalSlack:
    manifest = copy.deepcopy(load_manifest())
    manifest["oauth_config"] |= oauth
    return LocalSlack(manifest=manifest, signing_secret=secrets.token_hex(8), bot_token=None, app_token="any app")


async def test_allow_leads_back_to_the_bots_site(page: Page) -> None:
    async with other_site() as site:
        slack = fresh_slack(redirect_urls=[f"{site}/installed"])
        slack.add_workspace(acme_world())
        async with serve(slack) as url:
            query = urlencode({"client_id": slack.oauth.client_id, "scope": "chat:write", "state": "kept"})
            await page.goto(f"{site}/start")
            await page.evaluate("url => { location.href = url }", f"{url}/oauth/v2/authorize?{query}")
            await page.get_by_label("Workspace").select_option(label="Acme")
            await page.get_by_label("As").select_option(OLGA)
            await page.get_by_role("button", name="Allow").click()
            await expect(page.get_by_text("code True kept")).to_be_visible()


async def test_no_page_elsewhere_reads_posts_or_embeds(page: Page) -> None:
    slack = fresh_slack()
    async with serve(slack) as url, other_site(f'<iframe src="{url}/page/state"></iframe>') as site:
        await page.goto(f"{site}/")
        tried = await page.evaluate(ATTACK % (MAYA, INCIDENTS), url)
        frame = page.frames[1]
        shown = await asyncio.wait_for(frame.content(), 10)
    assert {name for name, outcome in tried.items() if outcome == "got in"} <= {"blind post"}  # sent, and refused
    assert slack.messages(INCIDENTS) == []
    assert "Local Workspace" not in shown
    assert len(slack.workspace.pages) == 0
