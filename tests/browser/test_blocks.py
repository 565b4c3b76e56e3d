"""Every kind of block on the page: drawn, at work, and never wider than the window."""

import io
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Route, ViewportSize, expect
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Path

from bot.config.manifest import load_manifest
from bot.playground.guide import examples_route
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack, serve
from tests.browser.conftest import person_at
from tests.browser.gallery import ALERTS, FORM, MESSAGES, NOTE, picture
from tests.browser.person import Person
from tests.browser.width import LAPTOP, PHONE, sticking_out

Json = dict[str, Any]

SHOWN = {
    "header": ["FAILED at step 2"],
    "section": ["bold it no code link", "quoted", "one", "two"],
    "buttons": ["Button number 8"],
    "accessory": ["Who owns it?", "Choose an owner"],
    "table": ["Column 5", "payments.create_refund"],
    "data_table": ["Reruns", "run 0", "1000", "1–4 of 9"],
    "container": ["Analysis", "2 steps, 1 failed", "charge ch_7F32", "Details"],
    "folded container": ["Folded analysis"],
    "card": ["Refund 60218", "support · default", "payments answered 409 pull 4", "Look at it"],
    "carousel": ["Card 0", "Card 3"],
    "task_card": ["Ask payments", "charge already refunded", "http status 409", "pull 4"],
    "plan": ["Refund the order", "Ask payments"],
    "markdown": [
        "What happened",
        "as logged",
        '{"http_status": 409}',
        "A literal *star* and 2 * 3 * 4 and snake_case_name.",
    ],
    "video": ["The recording", "of the failing run", "Maya · Tube"],
    "file": ["report-7"],
    "feedback": ["Delete"],
}


class Bot:
    """A bot that keeps what it is told and opens a modal at a command."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.actions: list[Json] = []
        self.submitted: list[Json] = []

    async def receive(self, request: Request) -> Response:
        async with request.form() as form:
            told = dict(form)
        payload = json.loads(str(told.get("payload", "{}")))
        self.actions += payload.get("actions", [])
        if "trigger_id" in told:
            view = {"form": FORM, "note": NOTE}.get(str(told["text"]), ALERTS)
            await self.client.views_open(trigger_id=str(told["trigger_id"]), view=view)
        elif payload.get("type") == "view_submission" and payload["view"]["title"]["text"] == "Note":
            self.submitted.append(payload["view"]["state"]["values"])
        elif payload.get("type") == "view_submission":
            return JSONResponse({"response_action": "errors", "errors": {"field-5": "Nobody would."}})
        return Response()


class Stage:
    """A local Slack with every kind of block in a channel, and a bot behind them."""

    def __init__(self, slack: LocalSlack, bot: Bot, url: str) -> None:
        self.slack = slack
        self.bot = bot
        self.url = url


@pytest_asyncio.fixture(loop_scope="session")
async def stage(built_page: None) -> AsyncIterator[Stage]:
    """Post every kind of block into #incidents."""
    slack = LocalSlack(
        manifest=load_manifest(),
        signing_secret=secrets.token_hex(16),
        bot_token=f"xo{'xb'}-{secrets.token_hex(8)}",
        app_token=f"xa{'pp'}-{secrets.token_hex(8)}",
    )
    slack.limits.enabled = False
    async with serve(slack, routes=[examples_route()]) as url:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        bot = Bot(client)
        async with serve_app(Starlette(routes=[Path("/", bot.receive, methods=["POST"])])) as server:
            slack.request_url = f"{server.base_url}/"
            for name, blocks in MESSAGES.items():
                await client.chat_postMessage(channel=INCIDENTS, text=name, blocks=blocks)
            await client.chat_postMessage(channel=INCIDENTS, text="picture", blocks=[picture(await uploaded(client))])
            yield Stage(slack, bot, url)


@pytest_asyncio.fixture(loop_scope="session")
async def viewer(browser: Browser, stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Person]:
    """Open the page as Maya."""
    async with person_at(browser, stage.url, MAYA, request.node) as person:
        await expect(person.message("Timeline")).to_be_visible()
        yield person


async def uploaded(client: AsyncWebClient) -> str:
    """Upload a wide picture and return its id."""
    drawn = io.BytesIO()
    Image.new("RGB", (1600, 300), "teal").save(drawn, "PNG")
    sent = await client.files_upload_v2(filename="timeline.png", content=drawn.getvalue())
    file_id: str = sent["file"]["id"]
    return file_id


async def test_every_kind_of_block_shows_its_words(viewer: Person) -> None:
    for texts in SHOWN.values():
        for text in texts:
            await expect(viewer.channel.get_by_text(text).or_(viewer.message(text)).first).to_be_visible()
    await expect(viewer.channel.get_by_text("does not draw")).to_have_count(0)


async def test_an_unknown_block_is_said_and_shown_as_it_came(viewer: Person) -> None:
    async def with_hologram(route: Route) -> None:
        state = await (await route.fetch()).json()
        state["messages"][INCIDENTS][-1]["blocks"] = [{"type": "hologram", "block_id": "h", "depth": 3}]
        await route.fulfill(json=state)

    await viewer.page.route("**/page/state*", with_hologram)
    await viewer.page.reload()
    await viewer.channel.get_by_text("A block of type “hologram” that the local Slack does not draw").click()
    await expect(viewer.channel.get_by_text('"depth": 3')).to_be_visible()


async def test_what_sits_in_a_card_carousel_or_container_reaches_the_bot(viewer: Person, stage: Stage) -> None:
    buttons = {
        "Look at it": "card_look",
        "Card 3": "c3",
        "Details": "inner_details",
        "Good": "feedback",
        "Delete": "trash",
    }
    for label in buttons:
        await viewer.channel.get_by_role("button", name=label).first.click()
    await stage.slack.wait_for(lambda: len(stage.bot.actions) == len(buttons))
    assert [action["action_id"] for action in stage.bot.actions] == list(buttons.values())


async def test_a_container_unfolds(viewer: Person) -> None:
    folded = viewer.channel.locator(".block-container").filter(has_text="Folded analysis")
    await expect(folded.get_by_role("button", name="Details")).to_be_hidden()
    await folded.get_by_text("Folded analysis").click()
    await expect(folded.get_by_role("button", name="Details")).to_be_visible()


async def test_a_data_table_pages_and_sorts_by_number(viewer: Person) -> None:
    table = viewer.channel.locator(".data-table")
    await table.get_by_role("button", name="Next").click()
    await expect(table).to_contain_text("5–8 of 9")
    await table.get_by_role("button", name="Took, ms").click()
    await table.get_by_role("button", name="Previous").click()
    await expect(table.get_by_role("row").nth(1)).to_contain_text("992")


async def test_a_picture_of_the_bot_s_own_is_shown_inside_the_message(viewer: Person) -> None:
    drawn = viewer.channel.get_by_role("img", name="Two steps, the second failed")
    await expect(drawn).to_be_visible()
    assert await drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600


async def test_a_modal_s_alerts(viewer: Person) -> None:
    await viewer.type("/replay")
    modal = viewer.dialog("Alerts")
    for level in ("info", "warning", "error", "success"):
        await expect(modal.locator(f".alert-{level}")).to_contain_text(f"an {level}")


@pytest.mark.parametrize("window", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_what_is_wrong_in_a_modal_is_scrolled_into_view(viewer: Person, window: ViewportSize) -> None:
    await viewer.page.set_viewport_size(window)
    await viewer.type("/replay form")
    form = viewer.dialog("Long form")
    save = form.get_by_role("button", name="Save")
    await form.get_by_role("textbox", name="Field 9").fill("the last one")
    await save.click()
    required = form.get_by_text("Please complete this required field.")
    await expect(required.first).to_be_in_viewport(ratio=1)
    await expect(form.get_by_text("Field 1")).to_be_in_viewport(ratio=1)
    await expect(form.get_by_role("textbox", name="Field 1")).to_be_focused()
    for index in (1, 8):
        await form.get_by_role("textbox", name=f"Field {index}").fill("something")
    await save.click()
    await expect(form.get_by_text("Nobody would.")).to_be_in_viewport(ratio=1)
    await expect(form.get_by_role("textbox", name="Field 5")).to_be_focused()
    assert await sticking_out(viewer.page) == []


@pytest.mark.parametrize("window", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_nothing_is_wider_than_the_window(viewer: Person, window: ViewportSize) -> None:
    await viewer.page.set_viewport_size(window)
    await expect(viewer.channel.get_by_role("img", name="Two steps, the second failed")).to_be_visible()
    assert await sticking_out(viewer.page) == []


async def test_rich_text_is_typed_and_told_as_rich_text(viewer: Person, stage: Stage) -> None:
    await viewer.type("/replay note")
    note = viewer.dialog("Note")
    await note.get_by_role("button", name="Save").click()
    await expect(note.get_by_text("Please complete this required field.")).to_be_visible()
    await note.get_by_role("textbox", name="What happened").fill("it *broke*")
    await note.get_by_role("button", name="Save").click()
    await expect(note).to_have_count(0)
    (values,) = stage.bot.submitted
    told = values["note"]["text"]["rich_text_value"]["elements"][0]
    assert told == {"type": "rich_text_section", "elements": [{"type": "text", "text": "it *broke*"}]}


async def test_the_measure_finds_what_sticks_out(viewer: Person) -> None:
    await viewer.page.set_viewport_size(PHONE)
    await viewer.page.evaluate(
        "() => Object.assign(document.querySelector('article').appendChild(document.createElement('b')).style,"
        " { display: 'block', minWidth: '500px' })"
    )
    assert any(found.startswith("b.") for found in await sticking_out(viewer.page))
