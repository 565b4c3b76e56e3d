"""Several workspaces with one app, and workspaces of an organisation."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import (
    ACME_OUTAGES,
    ACME_TEAM,
    ERIN,
    INCIDENTS,
    JONAS,
    MAYA,
    OLGA,
    Enterprise,
    LocalSlack,
    User,
    acme_world,
)
from tests.conftest import http_client

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
ORG = Enterprise("E0ALOCAL01", "Local Org", "local-org")


@pytest.fixture
def acme(slack: LocalSlack) -> LocalSlack:
    return slack.add_workspace(acme_world(), bot_token="-".join(("xoxb", secrets.token_hex(8))))


@pytest.fixture
def their_client(slack: LocalSlack, acme: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(acme.bot_token, base_url=slack.api_url)


async def test_equal_channel_ids_are_two_channels(
    slack: LocalSlack, acme: LocalSlack, client: AsyncWebClient, their_client: AsyncWebClient
) -> None:
    assert ACME_OUTAGES == INCIDENTS
    await client.chat_postMessage(channel=INCIDENTS, text="ours")
    await their_client.chat_postMessage(channel=INCIDENTS, text="theirs")
    assert [m["text"] for m in slack.messages(INCIDENTS)] == ["ours"]
    assert [m["text"] for m in acme.messages(ACME_OUTAGES)] == ["theirs"]
    assert (await their_client.auth_test())["bot_id"] != (await client.auth_test())["bot_id"]
    assert len(slack.calls_to("chat.postMessage")) == len(acme.calls_to("chat.postMessage")) == 1


async def test_what_happens_carries_its_workspace(slack: LocalSlack, acme: LocalSlack, listening: AsyncApp) -> None:
    @listening.command("/greet")
    async def greet(ack: Any) -> None:
        await ack()

    listening.event("app_mention")(_nothing)
    listening.event("message")(_nothing)
    command = await acme.command(user=OLGA, channel=ACME_OUTAGES, text="/greet")
    await acme.say(OLGA, ACME_OUTAGES, "@greeter")
    await slack.say(MAYA, INCIDENTS, "hi")
    await slack.settle()
    assert (command.payload["team_id"], command.payload["api_app_id"]) == (ACME_TEAM, slack.config.app_id)
    teams = {d.payload["team_id"] for d in slack.deliveries if d.kind == "events_api"}
    assert teams == {ACME_TEAM, slack.world.team.id}
    answer = await AsyncWebhookClient(command.payload["response_url"]).send(text="only Olga")
    assert answer.status_code == 200
    assert acme.messages(ACME_OUTAGES)[-1]["ephemeral_user"] == OLGA
    assert all(m["text"] != "only Olga" for m in slack.messages(INCIDENTS))


async def _nothing() -> None: ...


async def test_uploads_and_downloads_stay_in_their_workspace(
    slack: LocalSlack, acme: LocalSlack, their_client: AsyncWebClient
) -> None:
    await their_client.files_upload_v2(content="x", filename="a.txt", channel=ACME_OUTAGES)
    assert (slack.files, [file.name for file in acme.files]) == ([], ["a.txt"])
    url = acme.files[0].as_json(slack.base_url)["url_private"]
    async with http_client() as http:
        own = await http.get(url, headers={"Authorization": f"Bearer {acme.bot_token}"})
        foreign = await http.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"})
    assert (own.status_code, foreign.status_code) == (200, 401)


async def test_a_fault_is_everywhere_and_a_limit_is_one_workspaces(
    slack: LocalSlack, acme: LocalSlack, client: AsyncWebClient, their_client: AsyncWebClient
) -> None:
    with slack.faults.outage("auth.test"), pytest.raises(SlackApiError, match="500"):
        await their_client.auth_test()
    slack.limits.hold(INCIDENTS, 30)
    await their_client.chat_postMessage(channel=ACME_OUTAGES, text="x")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=INCIDENTS, text="x")


async def test_the_page_shows_one_workspace(slack: LocalSlack, acme: LocalSlack) -> None:
    async with httpx.AsyncClient(base_url=f"{slack.base_url}/page/") as page:
        theirs = (await page.get("state", params={"team": ACME_TEAM, "user": OLGA})).json()
        body = {"team": ACME_TEAM, "user": OLGA, "channel": ACME_OUTAGES, "text": "hi"}
        assert (await page.post("message", json=body)).json()["message"]["team"] == ACME_TEAM
        ours = (await page.get("state")).json()
        async with page.stream("GET", "events", params={"team": ACME_TEAM, "user": OLGA}) as stream:
            await anext(stream.aiter_lines())
            assert (len(acme.workspace.pages), len(slack.workspace.pages)) == (1, 0)
    assert [channel["name"] for channel in theirs["channels"]] == ["outages"]
    assert (theirs["team"]["name"], ours["team"]["name"]) == ("Acme", "Local Workspace")
    assert ours["messages"][INCIDENTS] == []


async def test_socket_mode_serves_all_workspaces(slack: LocalSlack, acme: LocalSlack) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    assert (await client.apps_connections_open(app_token=slack.app_token))["url"]
    assert acme.link is slack.link


async def test_the_organisation_is_named_in_what_happens(slack: LocalSlack) -> None:
    slack.world.enterprise = ORG
    slack.events.retry_delays = ()
    command = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    shortcut = await slack.shortcut(MAYA, "greet_all")
    await slack.say(MAYA, INCIDENTS, "hi")
    await slack.settle()
    event = slack.deliveries[-1].payload
    assert (command.payload["enterprise_id"], command.payload["is_enterprise_install"]) == (ORG.id, "false")
    assert shortcut.payload["team"]["id"] == slack.world.team.id
    assert shortcut.payload["enterprise"] == {"id": ORG.id, "name": ORG.name}
    assert (event["enterprise_id"], event["authorizations"][0]["team_id"]) == (ORG.id, slack.world.team.id)


async def test_installed_for_the_organisation_payloads_name_no_team(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.world.enterprise = ORG
    slack.workspace.set_org_wide(org_wide=True)
    slack.events.retry_delays = ()
    command = await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    shortcut = await slack.shortcut(MAYA, "greet_all")
    await slack.say(MAYA, INCIDENTS, "hi")
    await slack.settle()
    [authorization] = slack.deliveries[-1].payload["authorizations"]
    assert command.payload["is_enterprise_install"] == "true"
    assert (shortcut.payload["team"], shortcut.payload["is_enterprise_install"]) == (None, True)
    assert (authorization["team_id"], authorization["is_enterprise_install"]) == (None, True)
    assert slack.deliveries[-1].payload["team_id"] == slack.world.team.id
    view = {"type": "home", "blocks": []}
    home = (await client.views_publish(user_id=MAYA, view=view))["view"]
    assert (home["app_installed_team_id"], home["team_id"]) == (ORG.id, slack.world.team.id)


@pytest.mark.parametrize("team", ["T0AOTHER01", ORG.id])
async def test_people_of_the_organisation_are_colleagues(slack: LocalSlack, client: AsyncWebClient, team: str) -> None:
    slack.world.enterprise = ORG
    slack.world.users["W0AORG0001"] = User("W0AORG0001", "wilma", "Wilma Org", team_id=team, enterprise_id=ORG.id)
    wilma = (await client.users_info(user="W0AORG0001"))["user"]
    assert (wilma["team_id"], wilma["is_stranger"]) == (team, False)
    assert wilma["enterprise_user"]["enterprise_id"] == ORG.id
    assert slack.world.team.id in wilma["enterprise_user"]["teams"]
    jonas = (await client.users_info(user=JONAS))["user"]
    assert jonas["enterprise_user"]["id"] == JONAS
    erin = (await client.users_info(user=ERIN))["user"]
    assert erin["is_stranger"]
    assert "enterprise_user" not in erin
