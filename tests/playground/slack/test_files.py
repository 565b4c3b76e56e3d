"""Files: upload in three steps, share, download, delete."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import INCIDENTS, RANDOM, LocalSlack
from tests.conftest import http_client

Refuses = Callable[[str], AbstractContextManager[Any]]


async def test_the_sdk_uploads_into_a_thread(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=INCIDENTS, text="root")
    sent = await client.files_upload_v2(
        filename="run.json",
        content='{"a": "ü"}',
        title="The run",
        channel=INCIDENTS,
        thread_ts=root["ts"],
        initial_comment="see",
    )
    [file] = slack.files
    assert (file.content, file.title, file.shared) == ('{"a": "ü"}'.encode(), "The run", [(INCIDENTS, root["ts"])])
    message = slack.messages(INCIDENTS, thread_ts=root["ts"])[1]
    assert (message["subtype"], message["text"], message["files"][0]["id"]) == ("file_share", "see", file.id)
    async with http_client() as http:
        url = sent["file"]["url_private"]
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        answer = await http.get(url, headers=bearer)
        assert (answer.content, answer.headers["content-type"]) == (file.content, "application/json")
        assert (await http.get(url, headers={"Authorization": "Bearer no"})).status_code == 401
        saved = await http.get(sent["file"]["url_private_download"])
        assert saved.headers["content-disposition"] == "attachment"


async def test_each_step_is_checked(slack: LocalSlack, client: AsyncWebClient, refuses: Refuses) -> None:
    with refuses("invalid_arguments"):
        await client.files_getUploadURLExternal(filename="a.txt", length=0)
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    done = [{"id": step["file_id"], "title": "A"}]
    with refuses("file_not_found"):
        await client.files_completeUploadExternal(files=done)
    async with http_client() as http:
        assert (await http.post(step["upload_url"], content=b"toolong")).status_code == 400
        assert (await http.post(step["upload_url"], files={"file": b"abc"})).text == "OK - 3"
        assert (await http.post(step["upload_url"], content=b"abc")).status_code == 400
    with refuses("not_in_channel"):
        await client.files_completeUploadExternal(files=done, channel_id=RANDOM)
    with refuses("invalid_thread_ts"):
        await client.files_completeUploadExternal(files=done, channel_id=INCIDENTS, thread_ts="1.0")
    await client.files_completeUploadExternal(files=done, channel_id=INCIDENTS)
    assert (await client.files_info(file=step["file_id"]))["file"]["mimetype"] == "text/plain"
    await client.files_delete(file=step["file_id"])
    with refuses("file_not_found"):
        await client.files_info(file=step["file_id"])
    assert "files" not in slack.messages(INCIDENTS)[0]
