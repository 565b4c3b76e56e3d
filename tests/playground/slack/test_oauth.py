"""Installing the app: the page, codes, tokens and their rotation, uninstalling."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.http import serve_app
from bot.playground.slack import (
    ACME_BOT,
    ACME_TEAM,
    INCIDENTS,
    MAYA,
    OLGA,
    Enterprise,
    LocalSlack,
    RefusedError,
    acme_world,
    serve,
)
from tests.conftest import http_client
from tests.playground.slack.test_events import Listener

Json = dict[str, Any]
Refuses = Callable[[str], AbstractContextManager[Any]]
REDIRECT = "https://bot.example/slack/oauth_redirect"


@pytest.fixture
def manifest(manifest: Json) -> Json:
    manifest["oauth_config"]["redirect_urls"] = [REDIRECT]
    manifest["settings"]["event_subscriptions"]["bot_events"] += ["app_uninstalled", "tokens_revoked"]
    return manifest


@pytest.fixture
async def slack(manifest: Json) -> AsyncIterator[LocalSlack]:
    """Two workspaces, and the app in neither."""
    local = LocalSlack(manifest=manifest, signing_secret=secrets.token_hex(8), bot_token=None, app_token="xapp")
    local.add_workspace(acme_world())
    async with serve(local):
        yield local


@pytest.fixture
def nobody(slack: LocalSlack) -> AsyncWebClient:
    """A client without a token."""
    return AsyncWebClient(base_url=slack.api_url)


def asking(slack: LocalSlack, **more: str) -> str:
    query = {"client_id": slack.oauth.client_id, "scope": "chat:write,commands", "state": "s&1", **more}
    return f"{slack.base_url}/oauth/v2/authorize?{urlencode(query)}"


def code_of(redirect: str) -> str:
    return parse_qs(urlsplit(redirect).query)["code"][0]


async def installed(slack: LocalSlack, nobody: AsyncWebClient, user: str = MAYA, **more: Any) -> Json:
    code = code_of(slack.oauth.allow(asking(slack), user=user, **more))
    answer = await nobody.oauth_v2_access(
        client_id=slack.oauth.client_id, client_secret=slack.oauth.client_secret, code=code
    )
    assert isinstance(answer.data, dict)
    return answer.data


def client_of(slack: LocalSlack, grant: Json) -> AsyncWebClient:
    return AsyncWebClient(grant["access_token"], base_url=slack.api_url)


async def test_the_page_asks_and_sends_back_a_code_with_the_state(slack: LocalSlack) -> None:
    async with http_client() as http:
        page = await http.get(asking(slack, team=ACME_TEAM))
        assert "Install Greeter?" in page.text
        assert "<code>chat:write</code>" in page.text
        assert f'<option value="{ACME_TEAM}" selected>Acme' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        form = {"decision": "allow", "team": ACME_TEAM, "user": OLGA}
        sent = await http.post(asking(slack), data=form, headers={"Origin": slack.base_url})
        forged = await http.post(asking(slack), data=form, headers={"Origin": "https://evil.example"})
        denied = await http.post(asking(slack), data={"decision": "deny"})
    assert (sent.status_code, forged.status_code) == (302, 403)
    assert sent.headers["location"].startswith(f"{REDIRECT}?code=")
    assert dict(parse_qsl(urlsplit(sent.headers["location"]).query))["state"] == "s&1"
    assert denied.headers["location"] == f"{REDIRECT}?error=access_denied&state=s%261"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "chat:write,admin"}, "invalid_scope"),
        ({"redirect_uri": "https://evil.example/slack/oauth_redirect"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{REDIRECT}_elsewhere"}, "bad_redirect_uri"),
        ({"redirect_uri": "http://bot.example/slack/oauth_redirect"}, "bad_redirect_uri"),
    ],
)
async def test_what_the_page_refuses(slack: LocalSlack, more: Json, code: str) -> None:
    async with http_client() as http:
        page = await http.get(asking(slack, **more))
    assert (page.status_code, code in page.text) == (400, True)
    with pytest.raises(RefusedError) as refused:
        slack.oauth.allow(asking(slack, **more), user=MAYA)
    assert refused.value.code == code


async def test_who_does_not_exist_installs_nothing(slack: LocalSlack) -> None:
    with pytest.raises(RefusedError, match="no person"):
        slack.oauth.allow(asking(slack), user="U0NOBODY")
    with pytest.raises(RefusedError, match="whole organisation"):
        slack.oauth.allow(asking(slack), user=MAYA, org_wide=True)


async def test_the_page_shows_text_and_no_markup(slack: LocalSlack) -> None:
    slack.workspaces[1].world.users[OLGA].real_name = "<script>alert(1)</script>"
    async with http_client() as http:
        page = await http.get(asking(slack, state='"><script>', team="<script>"))
    assert "<script" not in page.text


async def test_a_code_is_exchanged_for_a_token_of_its_workspace(slack: LocalSlack, nobody: AsyncWebClient) -> None:
    below = f"{REDIRECT}/acme"
    code = code_of(slack.oauth.allow(asking(slack, redirect_uri=below), user=OLGA, team=ACME_TEAM))
    body = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret, "code": code}
    grant = await nobody.oauth_v2_access(**body, redirect_uri=below)
    assert (grant["team"], grant["enterprise"]) == ({"id": ACME_TEAM, "name": "Acme"}, None)
    assert (grant["bot_user_id"], grant["authed_user"]["id"]) == (ACME_BOT, OLGA)
    assert (grant["scope"], grant["token_type"], grant["is_enterprise_install"]) == (
        "chat:write,commands",
        "bot",
        False,
    )
    assert "expires_in" not in grant
    me = await client_of(slack, grant.data).auth_test()  # type: ignore[arg-type]
    assert (me["team_id"], me["user_id"], me.headers["x-oauth-scopes"]) == (ACME_TEAM, ACME_BOT, "chat:write,commands")
    kept = str(slack.calls) + str(slack.workspaces[1].calls)
    assert not any(secret in kept for secret in (slack.oauth.client_secret, code))


async def test_codes_and_credentials_are_checked(slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses) -> None:
    own: Json = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret}
    code = code_of(slack.oauth.allow(asking(slack), user=MAYA))
    for changed, error in (
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "x"}, "bad_client_secret"),
        ({"code": "1.x"}, "invalid_code"),
        ({"redirect_uri": "https://evil.example"}, "bad_redirect_uri"),
    ):
        with refuses(error):
            await nobody.oauth_v2_access(**{**own, "code": code, **changed})
    assert (await nobody.oauth_v2_access(**own, code=code))["ok"]
    with refuses("code_already_used"):
        await nobody.oauth_v2_access(**own, code=code)
    late = code_of(slack.oauth.allow(asking(slack), user=MAYA))
    slack.clock_skew = 601.0
    with refuses("invalid_code"):
        await nobody.oauth_v2_access(**own, code=late)
    async with http_client() as http:
        garbled = await http.post(f"{slack.api_url}oauth.v2.access", headers={"Authorization": "Basic ???"})
    assert garbled.json()["ok"] is False


async def test_tokens_rotate(slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses) -> None:
    object.__setattr__(slack.config, "rotates_tokens", True)
    grant = await installed(slack, nobody)
    assert (grant["expires_in"], grant["access_token"].startswith("xoxe.xoxb-1-")) == (43_200, True)
    slack.admin.expire_tokens()
    with refuses("token_expired"):
        await client_of(slack, grant).auth_test()
    own: Json = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret}
    refresh: Json = {**own, "grant_type": "refresh_token", "refresh_token": grant["refresh_token"]}
    fresh = await nobody.oauth_v2_access(**refresh)
    assert fresh["refresh_token"] != grant["refresh_token"]
    await client_of(slack, fresh.data).auth_test()  # type: ignore[arg-type]
    with refuses("invalid_refresh_token"):
        await nobody.oauth_v2_access(**refresh)


async def test_a_lasting_token_is_exchanged_for_one_that_expires(
    slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses
) -> None:
    grant = await installed(slack, nobody)
    own: Json = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret}
    fresh = await nobody.oauth_v2_exchange(**own, token=grant["access_token"])
    assert fresh["expires_in"] == 43_200
    with refuses("token_revoked"):
        await client_of(slack, grant).auth_test()
    with refuses("invalid_auth"):
        await nobody.oauth_v2_exchange(**own, token="x")
    with refuses("not_allowed_token_type"):
        await nobody.oauth_v2_exchange(**own, token="xapp")


async def test_a_workspace_without_the_app_has_nothing_of_it(slack: LocalSlack, nobody: AsyncWebClient) -> None:
    with pytest.raises(RefusedError, match="not installed"):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")
    with pytest.raises(RefusedError, match="not installed"):
        await slack.shortcut(MAYA, "greet_all")
    await slack.say(MAYA, INCIDENTS, "@greeter")
    assert slack.deliveries == []
    await installed(slack, nobody)
    assert (await slack.command(user=MAYA, channel=INCIDENTS, text="/greet")).error == "no_request_url"


async def kinds(slack: LocalSlack) -> list[str]:
    await slack.settle()
    return sorted(delivery.payload["event"]["type"] for delivery in slack.deliveries)


@pytest.fixture
async def heard(slack: LocalSlack) -> AsyncIterator[Listener]:
    listener = Listener()
    async with serve_app(listener.app) as server:
        slack.request_url = f"{server.base_url}/slack/events"
        yield listener


async def test_revoking_the_last_token_uninstalls_the_app(
    slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses, heard: Listener
) -> None:
    first, second = await installed(slack, nobody), await installed(slack, nobody)
    assert not (await client_of(slack, first).auth_revoke(test=True))["revoked"]
    assert (await client_of(slack, first).auth_revoke())["revoked"]
    assert await kinds(slack) == ["tokens_revoked"]
    with refuses("token_revoked"):
        await client_of(slack, first).auth_test()
    await client_of(slack, second).auth_revoke()
    assert await kinds(slack) == ["app_uninstalled", "tokens_revoked", "tokens_revoked"]
    assert not slack.workspace.installation.active
    with refuses("not_authed"):
        await nobody.auth_revoke()


async def test_uninstalling_ends_one_workspace_only(
    slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses, heard: Listener
) -> None:
    ours = await installed(slack, nobody)
    theirs = await installed(slack, nobody, OLGA, team=ACME_TEAM)
    own: Json = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret}
    with refuses("bad_client_secret"):
        await client_of(slack, ours).apps_uninstall(client_id=own["client_id"], client_secret="x")
    await client_of(slack, ours).apps_uninstall(**own)
    assert await kinds(slack) == ["app_uninstalled", "tokens_revoked"]
    assert {body["team_id"] for body, _ in heard.heard} == {slack.world.team.id}
    with refuses("account_inactive"):
        await client_of(slack, ours).auth_test()
    await client_of(slack, theirs).auth_test()
    slack.workspaces[1].admin.uninstall()
    with refuses("account_inactive"):
        await client_of(slack, theirs).auth_test()
    await slack.settle()
    assert heard.heard[-1][0]["team_id"] == ACME_TEAM
    again = await installed(slack, nobody)
    await client_of(slack, again).auth_test()


async def test_installed_for_an_organisation_one_token_serves_its_workspaces(
    slack: LocalSlack, nobody: AsyncWebClient, refuses: Refuses
) -> None:
    ours, theirs = slack.workspaces
    object.__setattr__(ours.config, "org_deploy", True)
    ours.world.enterprise = theirs.world.enterprise = Enterprise("E0ALOCAL01", "Local Org", "local-org")
    theirs.world.channels["C0AONLYACM"] = theirs.world.channels[INCIDENTS]
    async with http_client() as http:
        assert "whole organisation" in (await http.get(asking(slack))).text
        form = {"decision": "allow", "team": ours.world.team.id, "user": MAYA, "org": "on"}
        code = code_of((await http.post(asking(slack), data=form)).headers["location"])
    own: Json = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret}
    grant = await nobody.oauth_v2_access(**own, code=code)
    assert (grant["team"], grant["enterprise"]["id"], grant["is_enterprise_install"]) == (None, "E0ALOCAL01", True)
    client = AsyncWebClient(grant["access_token"], base_url=slack.api_url)
    me = await client.auth_test()
    assert (me["team_id"], me["enterprise_id"], me["is_enterprise_install"]) == ("E0ALOCAL01", "E0ALOCAL01", True)
    slack.admin.grant_scopes("users:read")
    theirs.admin.grant_scopes("users:read")
    with refuses("missing_argument"):
        await client.users_list()
    members = (await client.users_list(team_id=ACME_TEAM))["members"]
    assert OLGA in [member["id"] for member in members]
    await client.chat_postMessage(channel="C0AONLYACM", text="by channel")
    assert len(theirs.calls_to("chat.postMessage")) == 1
    await client.apps_uninstall(**own)
    assert [place.workspace.installation.active for place in slack.workspaces] == [False, False]
