"""Several workspaces with one bot: installed by OAuth, apart in everything, removed, rotated, organisations, and taken over."""

import copy
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
import structlog
from cryptography.fernet import Fernet
from redis import Redis

from bot.config.manifest import load_manifest
from bot.playground.aionis import SampleAionis
from bot.playground.slack import ACME_TEAM, INCIDENTS, MAYA, OLGA, Enterprise, LocalSlack, acme_world, serve
from bot.runtime.services import Services
from bot.slack import SlackGateway
from bot.store import keys
from bot.store.installations import Installations
from tests.conftest import SIGNING_SECRET, http_client, running_bot, settings_for
from tests.scenarios.incidents import checklist, incident_id
from tests.scenarios.steps import analyses, ephemeral, posted, text_of, told
from tests.scenarios.test_gate import GATED, gate

close = SlackGateway.close
Json = dict[str, Any]
HOME = "T0ALOCAL01"
HOME_WITHIN = 40.0  # seconds; beside a replay that looks through the past, on a busy machine
ORG = Enterprise("E0ALOCAL01", "Local Org", "local-org")


@asynccontextmanager
async def two_workspaces(**more: Any) -> AsyncIterator[LocalSlack]:
    """Serve a Slack of two workspaces, the app in neither; their `#incidents` and `#outages` have the same channel id."""
    manifest = load_manifest()
    for section, values in more.items():
        manifest[section] |= values
    slack = LocalSlack(
        manifest=manifest, signing_secret=SIGNING_SECRET, bot_token=None, app_token=f"xa{'pp'}-{secrets.token_hex(8)}"
    )
    slack.add_workspace(acme_world())
    async with serve(slack):
        yield slack


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with two_workspaces() as local:
        yield local


KEY = Fernet.generate_key().decode()


def several(slack: LocalSlack, aionis: SampleAionis, redis_url: str, **more: Any) -> Any:
    given = {
        "slack_bot_token": None,
        "slack_client_id": slack.oauth.client_id,
        "slack_client_secret": slack.oauth.client_secret,
        "token_keys": KEY,
        **more,
    }
    return settings_for(slack, aionis.base_url, redis_url, **given)


async def install(slack: LocalSlack, base_url: str, *, user: str, team: str, **more: Any) -> httpx.Response:
    """Install the app as a person does: the bot's page, Slack's page, and back."""
    async with http_client() as browser:
        asked = await browser.get(f"{base_url}/slack/install")
        assert asked.status_code == 302
        back = slack.oauth.allow(asked.headers["location"], user=user, team=team, **more)
        cookies = SimpleCookie(asked.headers["set-cookie"])
        sent = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        ours = back.replace("https://incident-bot.example.com", base_url)
        return await browser.get(ours, headers={"cookie": sent})


@asynccontextmanager
async def installed(slack: LocalSlack, settings: Any, **more: Any) -> AsyncIterator[str]:
    async with running_bot(slack, settings, **more) as base_url:
        for user, team in ((MAYA, HOME), (OLGA, ACME_TEAM)):
            answer = await install(slack, base_url, user=user, team=team)
            assert answer.status_code == 200, answer.text
        yield base_url


async def replay(slack: LocalSlack, run_id: str, user: str, channel: str = INCIDENTS) -> Json:
    delivery = await slack.command(user=user, channel=channel, text=f"/replay {run_id}")
    assert delivery.ok, delivery
    found: Json = await slack.wait_for(lambda: analyses(slack, channel)[-1])
    return found


async def test_two_workspaces_cannot_see_each_other_by_any_route(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    acme = slack.workspaces[1]
    async with installed(slack, several(slack, aionis, redis_url)) as base_url:
        await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
        (root,) = posted(slack)
        incident = re.search(r"INC-[0-9A-Z]{4,8}", text_of(root))[0]  # type: ignore[index]
        assert posted(acme) == []
        # the command, a mention, the Home tab, by id, by the failure's past, and by a watch
        await acme.command(user=OLGA, channel=INCIDENTS, text="/replay status")
        assert incident not in text_of(await told(acme, "No incident is open", user=OLGA))
        await acme.command(user=OLGA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        theirs = await acme.wait_for(lambda: analyses(acme)[-1])
        await acme.open_home(OLGA)
        home = json.dumps(await acme.wait_for(lambda: acme.home(OLGA), HOME_WITHIN))
        said = " ".join(text_of(one) for one in [*acme.messages(INCIDENTS), theirs]) + home
        assert incident not in said
        assert "seen before" not in said.lower()
        await acme.command(user=OLGA, channel=INCIDENTS, text=f"/replay close {incident}")
        await told(acme, f"{incident} is not kept any more", user=OLGA)  # as any id that nobody has
        # a click on their incident, as it would come from here: the channel's id is the same
        await slack.click(MAYA, root, text="I'm on it")
        await slack.wait_for(lambda: MAYA in text_of(posted(slack)[0]))
        click = copy.deepcopy(next(one.payload for one in reversed(slack.deliveries) if one.kind == "interactive"))
        click |= {"team": {"id": ACME_TEAM, "domain": "acme"}, "trigger_id": "foreign.1"}
        click["user"] |= {"id": OLGA, "team_id": ACME_TEAM}
        del click["response_url"]
        await slack.link.send("interactive", click)
        await told(acme, "not kept any more", user=OLGA)
        assert OLGA not in text_of(posted(slack)[0])
        # bindings and watches
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch")
        await slack.wait_for(lambda: [one for one in posted(slack) if "watch" in text_of(one).lower()])
        await acme.command(user=OLGA, channel=INCIDENTS, text="/replay watch status")
        await told(acme, "does not watch", user=OLGA)
    with Redis.from_url(redis_url, decode_responses=True) as store:
        assert store.hkeys(keys.INSTALLATIONS) == [HOME, ACME_TEAM]
        tokens = [slack.bot_token, acme.bot_token]
        assert not any(token in _dump(store, name) for name in map(str, store.keys("*")) for token in tokens)
        of = {keys.workspace_in_key(str(name)) for name in store.keys("*")}
        assert of <= {"", HOME, ACME_TEAM, "INSTALLED"}
    # What is asked without a token is Slack's time, by whoever looks whether the bot is ready.
    refused = [call for call in [*slack.calls, *acme.calls] if call.error and call.method != "auth.test"]
    assert not refused
    assert base_url


def _dump(store: Redis, name: str) -> str:
    kind = str(store.type(name))
    read: dict[str, Callable[[], Any]] = {
        "string": lambda: store.get(name),
        "hash": lambda: store.hgetall(name),
        "zset": lambda: store.zrange(name, 0, -1),
        "stream": lambda: store.xrange(name),
        "list": lambda: store.lrange(name, 0, -1),
        "set": lambda: store.smembers(name),
    }
    return f"{name} {read[kind]() if kind in read else None}"  # it may expire meanwhile


async def test_the_pages_refuse_what_was_not_begun_there_and_who_may_not(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = several(slack, aionis, redis_url, slack_workspaces=f"{HOME}")
    async with running_bot(slack, settings) as base_url, http_client() as browser:
        refused = await install(slack, base_url, user=OLGA, team=ACME_TEAM)
        assert refused.status_code == 403
        assert "SLACK_WORKSPACES" in refused.text
        forged = await browser.get(f"{base_url}/slack/oauth_redirect?code=1&state=2")
        assert (forged.status_code, "Nothing was installed" in forged.text) == (400, True)
        denied = await browser.get(f"{base_url}/slack/oauth_redirect?error=access_denied&state=<script>")
        assert "You did not allow it" in denied.text
        assert "<script" not in denied.text
        stranger = await slack.link.send("slash_commands", command_of(OLGA, ACME_TEAM))
        assert "not installed" in str(stranger.body)
    with Redis.from_url(redis_url, decode_responses=True) as store:
        assert store.hkeys(keys.INSTALLATIONS) == []


def command_of(user: str, team: str) -> Json:
    return {
        "command": "/replay",
        "text": "help",
        "user_id": user,
        "team_id": team,
        "channel_id": INCIDENTS,
        "trigger_id": "1.2",
        "is_enterprise_install": "false",
    }


async def test_several_workspaces_are_served_over_one_socket(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    acme = slack.workspaces[1]
    async with installed(slack, several(slack, aionis, redis_url, slack_app_token=slack.app_token)):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay bind tenant=default scope=support")
        await slack.wait_for(lambda: [one for one in posted(slack) if "default/support" in text_of(one)])
        await acme.command(user=OLGA, channel=INCIDENTS, text="/replay status")
        await told(acme, "No incident is open", user=OLGA)
    assert posted(acme) == []


async def test_a_workspace_reads_the_tenancies_that_it_is_named_with(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    acme = slack.workspaces[1]
    named = f"{HOME},{ACME_TEAM}=acme/prod"
    settings = several(slack, aionis, redis_url, slack_workspaces=named, aionis_allowed_scopes="default/*")
    async with installed(slack, settings):
        await acme.command(user=OLGA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        await told(acme, "acme/prod", user=OLGA)
        await acme.command(user=OLGA, channel=INCIDENTS, text="/replay bind tenant=default scope=support")
        await told(acme, "not among the scopes", user=OLGA)
        await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
    assert posted(acme) == []


@pytest.mark.parametrize("before", ["", f"{HOME},{ACME_TEAM}"], ids=["installed while unset", "taken out"])
async def test_a_workspace_that_is_not_named_any_more_is_not_served(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, before: str
) -> None:
    acme, run = slack.workspaces[1], aionis.runs["refund-failed"].run_id
    async with installed(slack, several(slack, aionis, redis_url, slack_workspaces=before, worker_concurrency=0)):
        await acme.command(user=OLGA, channel=INCIDENTS, text=f"/replay {run}")  # waits for a worker
    settings = several(slack, aionis, redis_url, slack_workspaces=HOME)
    async with running_bot(slack, settings):
        await told(acme, "not installed here", user=OLGA)
        stranger = await slack.link.send("slash_commands", command_of(OLGA, ACME_TEAM))
        assert "not installed here" in str(stranger.body)
        assert (await slack.link.send("events_api", event_of(ACME_TEAM, "app_mention"))).ok
        await replay(slack, run, MAYA)
        assert posted(acme) == []
        with Redis.from_url(redis_url, decode_responses=True) as store:
            assert store.hkeys(keys.INSTALLATIONS) == [HOME, ACME_TEAM]
            assert (await slack.link.send("events_api", event_of(ACME_TEAM, "app_uninstalled"))).ok
            assert store.hkeys(keys.INSTALLATIONS) == [HOME]


def event_of(team: str, kind: str) -> Json:
    event = {"type": kind, "user": OLGA, "text": "replay", "channel": INCIDENTS, "ts": "1.2"}
    return {"type": "event_callback", "event_id": f"Ev{kind}", "team_id": team, "event": event}


async def test_an_organisations_tenancies_hold_for_its_single_workspaces(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    acme = slack.workspaces[1]
    acme.world.enterprise = ORG
    settings = several(slack, aionis, redis_url, slack_workspaces=f"{HOME},{ORG.id}=acme/prod")
    async with installed(slack, settings):
        await acme.command(user=OLGA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        await told(acme, "acme/prod", user=OLGA)
    assert posted(acme) == []


async def test_a_gate_held_in_a_terminal_is_shown_in_the_workspace_of_its_incident(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    acme = slack.workspaces[1]
    async with installed(slack, several(slack, aionis, redis_url)):
        await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
        await replay(acme, aionis.runs["refund-failed"].run_id, OLGA)
        incident = incident_id(await checklist(acme, ""))
        rerun = aionis.runs["refund-rerun"].run_id
        passed = await gate(aionis, redis_url, incident, "--run", rerun)
        assert passed.exit_code == 0, passed.output
        await checklist(acme, f"{GATED}{rerun[:8]}")
    assert GATED not in json.dumps(slack.messages(INCIDENTS))


async def test_a_removed_app_leaves_no_tokens_and_later_no_data(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runtime.workspaces.ERASES_EVERY", 0.02)
    monkeypatch.setattr("bot.runtime.workspaces._LINGER", 0.1)
    closed: list[Any] = []
    monkeypatch.setattr(SlackGateway, "close", lambda gateway: close(closed.append(gateway) or gateway))  # type: ignore[func-returns-value]
    acme, now = slack.workspaces[1], [datetime.now(UTC)]
    async with installed(slack, several(slack, aionis, redis_url), now=lambda: now[0]):
        await replay(acme, aionis.runs["refund-failed"].run_id, OLGA)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay bind tenant=default scope=support")
        acme.admin.uninstall()
        with Redis.from_url(redis_url, decode_responses=True) as store:
            await slack.wait_for(lambda: store.hkeys(keys.INSTALLATIONS) == [HOME])
            assert _of(store, ACME_TEAM)  # its data waits
            again = await slack.link.send("slash_commands", command_of(OLGA, ACME_TEAM))
            assert "not installed" in str(again.body)
            async with polling(slack):
                await slack.wait_for(lambda: closed)
            now[0] += timedelta(days=31)
            async with polling(slack):
                await slack.wait_for(lambda: not _of(store, ACME_TEAM) and not store.zcard(keys.LEFT))
            assert [name for name in map(str, store.keys("*")) if ACME_TEAM in _dump(store, name)] == []
            assert _of(store, HOME)
        assert _teams(closed) == {ACME_TEAM}
    assert _teams(closed) == {ACME_TEAM, HOME}, "and the other with the process"


def _teams(gateways: list[Any]) -> set[str]:
    return {gateway._identity.team_id for gateway in gateways}


def _of(store: Redis, workspace: str) -> list[str]:
    return [name for name in map(str, store.keys("*")) if keys.workspace_in_key(name) == workspace]


@asynccontextmanager
async def polling(slack: LocalSlack) -> AsyncIterator[None]:
    """Let what waits for a change of Slack's look at Redis, too."""
    import asyncio  # noqa: PLC0415 only here

    async def poll() -> None:
        while True:
            slack.workspace.changes.happened()
            await asyncio.sleep(0.02)

    task = asyncio.create_task(poll())
    try:
        yield
    finally:
        task.cancel()


async def test_watches_go_on_after_a_start_where_one_workspace_fails_and_one_is_gone(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._STORE_PAUSE", 0.05)
    settings = several(slack, aionis, redis_url)
    async with installed(slack, settings):
        pass
    listed, asked = Installations.workspaces, list[str]()

    async def with_one_that_is_gone(installations: Installations) -> list[str]:
        return ["T0AGONE0001", *await listed(installations)]

    async def keep_polling(services: Services) -> None:
        asked.append(services.workspace)
        if len(asked) == 1:
            raise ValueError("an entry that cannot be read")

    monkeypatch.setattr(Installations, "workspaces", with_one_that_is_gone)
    monkeypatch.setattr("bot.jobs.watch.keep_polling", keep_polling)
    with structlog.testing.capture_logs() as logs:
        async with running_bot(slack, settings), polling(slack):
            await slack.wait_for(lambda: len(asked) == 3)
    assert asked == [ACME_TEAM, HOME, ACME_TEAM]
    assert [one["workspace"] for one in logs if one["event"] == "polls_not_begun"] == [ACME_TEAM]


async def test_tokens_are_exchanged_before_and_after_their_time(aionis: SampleAionis, redis_url: str) -> None:
    async with two_workspaces(settings={"token_rotation_enabled": True}) as slack:
        acme = slack.workspaces[1]
        other = Fernet.generate_key().decode()
        async with installed(slack, several(slack, aionis, redis_url)):
            first = slack.bot_token
            await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
            slack.workspace.installation.expire()  # twelve hours are over, and our clock does not know
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
            await told(slack, "INC-")
            assert slack.bot_token != first
            assert slack.bot_token.startswith("xoxe.")
        # Another start, with another key in front: all is encrypted anew, and the older key can go.
        async with running_bot(slack, several(slack, aionis, redis_url, token_keys=f"{other},{KEY}")):
            pass
        async with running_bot(slack, several(slack, aionis, redis_url, token_keys=other)):
            await replay(acme, aionis.runs["refund-failed"].run_id, OLGA)


async def test_an_organisation_is_one_workspace_with_all_of_its_channels(aionis: SampleAionis, redis_url: str) -> None:
    async with two_workspaces(settings={"org_deploy_enabled": True}) as slack:
        acme = slack.workspaces[1]
        slack.world.enterprise = acme.world.enterprise = ORG
        async with running_bot(slack, several(slack, aionis, redis_url)) as base_url:
            assert (await install(slack, base_url, user=MAYA, team=HOME, org_wide=True)).status_code == 200
            await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
            await slack.open_home(MAYA)
            await slack.wait_for(lambda: slack.home(MAYA), HOME_WITHIN)
            theirs = acme.world.channels.pop(INCIDENTS)  # an organisation's channels have ids of their own
            theirs.id = "C0AACMEORG"
            acme.world.channels[theirs.id] = theirs
            await replay(acme, aionis.runs["feed-failed"].run_id, OLGA, theirs.id)
            (root,) = posted(acme, theirs.id)
            await acme.click(OLGA, root, text="I'm on it")
            await acme.wait_for(lambda: OLGA in text_of(posted(acme, theirs.id)[0]))
            await acme.open_home(OLGA)
            await acme.wait_for(lambda: "feed" in json.dumps(acme.home(OLGA) or {}).lower(), HOME_WITHIN)
        with Redis.from_url(redis_url, decode_responses=True) as store:
            assert store.hkeys(keys.INSTALLATIONS) == [ORG.id]
            assert _of(store, ORG.id)
            assert [name for name in _of(store, HOME) if ":read:" not in name] == []  # but for what the fixture wrote
        assert "missing_argument" not in {call.error for call in slack.calls}


async def test_what_one_token_had_is_taken_over_with_the_jobs_that_wait(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    token = f"xo{'xb'}-{secrets.token_hex(8)}"
    slack.bot_token = token
    slack.workspace.installation.issue(token)
    alone = settings_for(slack, aionis.base_url, redis_url, worker_concurrency=0)
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        await replay(slack, aionis.runs["refund-failed"].run_id, MAYA)
    async with running_bot(slack, alone):  # nobody does jobs
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['feed-failed'].run_id} new")
    settings = several(slack, aionis, redis_url, slack_bot_token=token)
    async with running_bot(slack, settings):
        await slack.wait_for(lambda: len(analyses(slack)) == 2)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "INC-")
    async with running_bot(slack, several(slack, aionis, redis_url)):  # the token may go from the settings
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay help")
        assert ephemeral(slack)
