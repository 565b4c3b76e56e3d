"""Messages that nobody typed: other apps, workflows, uploads, unfurled links; edited mentions; pictures of own files."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, RANDOM, LocalSlack, RefusedError
from tests.playground.slack.test_events import Listener

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ALERT = {"title": "Run failed", "title_link": "https://host/runs/1", "fields": [{"title": "run", "value": "1"}]}


@pytest.fixture
async def listener(slack: LocalSlack) -> AsyncIterator[Listener]:
    heard = Listener()
    async with serve_app(heard.app) as server:
        slack.request_url = f"{server.base_url}/slack/events"
        yield heard


async def test_a_workflow_mentions_the_bot_without_being_a_user(slack: LocalSlack, listener: Listener) -> None:
    said = await slack.app_says(INCIDENTS, "@greeter look", name="Escalate", attachments=[ALERT])
    await slack.settle()
    assert {event["type"] for event in listener.events} == {"message", "app_mention"}
    for event in listener.events:
        assert "user" not in event
        assert (event["bot_id"], event["username"], event["ts"]) == ("B0AALERTS1", "Escalate", said["ts"])
        assert event["attachments"] == [ALERT]
    assert said["subtype"] == "bot_message"


async def test_another_app_may_have_a_bot_user_and_answer_in_a_thread(slack: LocalSlack, listener: Listener) -> None:
    root = await slack.say(MAYA, INCIDENTS, "hi")
    blocks = [{"type": "divider"}]
    said = await slack.app_says(INCIDENTS, "@greeter", as_user=True, thread_ts=root["ts"], blocks=blocks)
    assert (said["user"], said["thread_ts"], said["blocks"]) == ("U0AALERTS1", root["ts"], blocks)
    assert "subtype" not in said
    silent = await slack.app_says(INCIDENTS, "", attachments=[ALERT], thread_ts=root["ts"])
    assert "blocks" not in silent
    assert slack.messages(INCIDENTS)[0]["reply_users"] == ["U0AALERTS1", "B0AALERTS1"]
    with pytest.raises(AssertionError, match="B0AALERTS1"):  # the report names whoever wrote
        await slack.wait_for(lambda: None, timeout=0.01)


async def test_an_app_that_mentions_the_bot_where_it_is_not_is_told_nothing(slack: LocalSlack) -> None:
    await slack.app_says(RANDOM, "@greeter")
    assert (slack.notices, slack.deliveries) == ([], [])


async def test_an_edited_mention_is_heard_again(slack: LocalSlack, listener: Listener) -> None:
    said = await slack.say(MAYA, INCIDENTS, "@greeter one")
    await slack.edit(MAYA, INCIDENTS, said["ts"], "@greeter two")
    await slack.settle()
    mentions = [body for body, _ in listener.heard if body["event"]["type"] == "app_mention"]
    assert len({body["event_id"] for body in mentions}) == 2
    assert {body["event"]["ts"] for body in mentions} == {said["ts"]}
    assert {"edited" in body["event"] for body in mentions} == {True, False}


async def test_a_person_shares_a_file_with_a_preview(slack: LocalSlack, listener: Listener) -> None:
    lines = "\n".join(f"line {n}" for n in range(8))
    said = await slack.upload(MAYA, INCIDENTS, "trace.log", lines.encode(), text="@greeter see")
    bare = await slack.upload(MAYA, INCIDENTS, "picture.png", PNG, thread_ts=said["ts"])
    await slack.settle()
    heard = [event for event in listener.events if event["type"] == "app_mention"]
    assert heard[0]["files"][0]["preview"] == "\n".join(f"line {n}" for n in range(5))
    assert (said["files"][0]["lines_more"], said["subtype"]) == (3, "file_share")
    assert "preview" not in bare["files"][0]
    assert slack.files[1].shared == [(INCIDENTS, said["ts"])]


async def test_unfurling_is_a_change_without_another_text(slack: LocalSlack, listener: Listener) -> None:
    said = await slack.say(MAYA, INCIDENTS, "see https://host/runs/1", attachments=[{"text": "shared"}])
    await slack.settle()
    await slack.unfurl(INCIDENTS, said["ts"], [ALERT])
    await slack.settle()
    changed = listener.events[-1]
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", changed["previous_message"]["text"])
    assert changed["message"]["attachments"] == [{"text": "shared"}, ALERT]
    with pytest.raises(RefusedError):
        await slack.unfurl(INCIDENTS, "1.000000", [ALERT])


async def test_a_picture_of_an_own_file_is_shown_once_it_is_processed(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses
) -> None:
    slack.policy.file_processing = 3600.0
    uploaded = (await client.files_upload_v2(content=PNG, filename="timeline.png"))["file"]
    picture = {"type": "image", "alt_text": "timeline", "slack_file": {"id": uploaded["id"]}}
    assert (await client.files_info(file=uploaded["id"]))["file"]["mimetype"] == ""
    with refuses("invalid_blocks") as error:
        await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[picture])
    assert error.value.response["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    slack.policy.file_processing = 0.0
    assert (await client.files_info(file=uploaded["id"]))["file"]["mimetype"] == "image/png"
    posted = await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[picture])
    by_url = picture | {"slack_file": {"url": uploaded["url_private"]}}
    await client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="x", blocks=[by_url])


@pytest.mark.parametrize("wanted", [{"id": "F0NOWHERE"}, {"url": "https://files.example/x.png"}])
async def test_a_picture_of_no_file_is_refused_everywhere(
    slack: LocalSlack, client: AsyncWebClient, refuses: Refuses, wanted: Json
) -> None:
    picture = {"type": "image", "alt_text": "x", "slack_file": wanted}
    boxed = {"type": "context", "elements": [picture]}
    with refuses("invalid_blocks"):
        await client.chat_postEphemeral(channel=INCIDENTS, user=MAYA, text="x", blocks=[boxed])
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [picture]}
    with refuses("invalid_arguments"):
        await client.views_open(trigger_id=slack.workspace.grants.trigger(MAYA), view=view)


async def test_a_file_that_is_no_picture_is_not_shown_as_one(client: AsyncWebClient, refuses: Refuses) -> None:
    uploaded = (await client.files_upload_v2(content="x", filename="a.txt"))["file"]
    picture = {"type": "image", "alt_text": "x", "slack_file": {"id": uploaded["id"]}}
    with refuses("invalid_blocks"):
        await client.chat_postMessage(channel=INCIDENTS, text="x", blocks=[picture])
