"""The doctor sees what is well and what is not, through the same doors as the bot, and one problem hides no other."""

import asyncio
import functools
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from redis import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from typer.testing import CliRunner

from bot import doctor
from bot.cli import app
from bot.config.settings import Settings, read_settings
from bot.doctor import DoctorFinding, Level
from bot.doctor.manifest import examine_manifest
from bot.doctor.redis import examine_redis, examine_server
from bot.doctor.settings import examine_settings
from bot.doctor.slack import in_the_clear
from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.store.connection import open_redis
from bot.store.examination import RedisFacts
from bot.store.installations import Cipher, Installation, Installations
from bot.store.keys import PROCESS_SETTINGS, PROCESSES, Keys
from tests.conftest import running_bot, settings_for


@pytest.fixture(autouse=True)
def manifest_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests off the network: a schema of our own, of what Slack's says."""
    app = {"properties": {"name": {"type": "string", "maxLength": 35}}, "required": ["name"]}
    path = tmp_path / "manifest.schema.json"
    path.write_text(
        json.dumps({"properties": {"display_information": app}, "required": ["display_information"]}), encoding="utf-8"
    )
    monkeypatch.setattr(doctor, "examine", functools.partial(doctor.examine, manifest_schema=str(path)))
    return path


async def examine(*given: Any, **more: Any) -> list[DoctorFinding]:
    return await doctor.examine(*given, **more)


Break = Callable[[LocalSlack, SampleAionis, str], dict[str, Any]]


def problems(findings: list[DoctorFinding]) -> list[tuple[str, str]]:
    return [(finding.name, finding.seen) for finding in findings if not finding.ok]


async def test_all_is_well(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url)
    async with running_bot(slack, settings) as base_url:
        served = settings.model_copy(update={"bot_port": int(base_url.rpartition(":")[2])})
        findings = await examine(served)
    assert problems(findings) == []
    found = {finding.name: finding for finding in findings}
    assert "takes requests signed" in found["Request URL"].seen
    assert "AIONIS_CONSUMER_AGENT_ID=local-user" in found["Aionis identity"].advice
    assert "all 13 of manifest.yml are granted" in found["Slack scopes"].seen
    assert "private" in found["Redis"].advice
    assert found["Messages"].level is Level.OK
    assert all(finding.advice for finding in findings if finding.level is not Level.OK)


def _without(scope: str) -> Break:
    def take(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
        slack.workspace.installation.scopes.remove(scope)
        return {}

    return take


def _refuses(endpoint: str) -> Break:
    def add(_slack: LocalSlack, aionis: SampleAionis, _redis: str) -> dict[str, Any]:
        aionis.faults.add(kind="unsupported", endpoint=endpoint)
        return {}

    return add


def _given(**settings: Any) -> Break:
    return lambda _slack, _aionis, _redis: settings


def _config(name: str, value: str) -> Break:
    def put(_slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
        with Redis.from_url(redis_url) as server:
            server.config_set(name, value)
        return {}

    return put


def _bound_elsewhere(_slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
    with Redis.from_url(redis_url) as server:
        server.hset(
            Keys(_slack.world.team.id).binding(INCIDENTS),
            mapping={"tenant": "secret", "scope": "prod", "tenancy": "secret/prod"},
        )
    return {}


def _foreign_key(_slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
    with Redis.from_url(redis_url) as server:
        server.set("incident-bot:workspaces", "T1")
    return {}


def _late_clock(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    slack.clock_skew = 900
    return {}


def _left_for(seconds: float) -> Break:
    """Store a job that nobody does."""

    def store(slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
        name = Keys(slack.world.team.id).queue
        with Redis.from_url(redis_url) as server:
            server.hset("incident-bot:workspaces", "token", slack.world.team.id)
            server.hset(f"{name}:job:1", mapping={"kind": "replay", "payload": "{}", "lane": "0:1", "first": 0})
            server.zadd(f"{name}:lane:0:1", {"1": 1})
            server.zadd(f"{name}:ready:0", {"0:1": (time.time() - seconds) * 1000})
        return {}

    return store


def _blocks_refused(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    slack.faults.next("blocks.validate", error="invalid_blocks")
    return {}


def _may(rights: str) -> Break:
    def limit(_slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
        password = "pw".rjust(8, "0")
        with Redis.from_url(redis_url) as server:
            server.execute_command("ACL", "SETUSER", "limited", "reset", "on", f">{password}", "~*", *rights.split())
        return {"redis_url": redis_url.replace("unix://", f"unix://limited:{password}@")}

    return limit


def _reached(before: str = "", behind: str = "") -> Break:
    """Reach Redis otherwise, by what is put around its URL."""
    return lambda _slack, _aionis, url: {"redis_url": url.replace("unix://", f"unix://{before}") + behind}


def _api_elsewhere(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    return {"slack_api_url": slack.api_url.replace("/api/", "/")}


def _portal(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    return {"gitlab_token": "made-up", "gitlab_url": slack.api_url}  # which answers JSON that is no user


def _others_run(_slack: LocalSlack, _aionis: SampleAionis, redis_url: str) -> dict[str, Any]:
    with Redis.from_url(redis_url) as server:
        server.zadd(PROCESSES, {"another": time.time() * 1000})
        server.hset(PROCESS_SETTINGS, "ALLOW_GUESTS", "other")
    return {}


def _forge_elsewhere(_slack: LocalSlack, aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    return {"github_token": "made-up", "github_api_url": aionis.base_url}


BROKEN: dict[str, tuple[Break, str, str]] = {
    "users:read": (_without("users:read"), "Slack scopes", "users:read is missing"),
    "pins:write": (_without("pins:write"), "Slack scopes", "pins:write is missing"),
    "files:write": (_without("files:write"), "Slack scopes", "files:write is missing"),
    "token": (_given(slack_bot_token="wrong"), "Slack", "invalid_auth"),
    "slack away": (_given(slack_api_url="http://127.0.0.1:1/api/"), "Slack", "did not answer"),
    "app token": (_given(slack_app_token="wrong"), "Socket Mode", "invalid_auth"),
    "clock": (_late_clock, "Clock", "off Slack's clock"),
    "redis away": (_given(redis_url="redis://127.0.0.1:1"), "Redis", "REDIS_URL"),
    "eviction": (_config("maxmemory-policy", "allkeys-lru"), "Redis eviction", "allkeys-lru"),
    "memory": (_config("maxmemory", "1000000"), "Redis memory", "bytes are used"),
    "may read": (_may("+@read +@connection +info"), "Redis", "may not do all"),
    "no scripts": (_may("+@all -@scripting"), "Redis", "may not do all"),
    "no replicas": (_config("min-replicas-to-write", "1"), "Redis", "NOREPLICAS"),
    "others": (_others_run, "Processes", "ALLOW_GUESTS"),
    "redis password": (_reached("nobody:wrong@"), "Redis", "refuses its user and password"),
    "redis database": (_reached(behind="?db=99"), "Redis", "refuses what is asked first: DB index is out of range"),
    "slack url": (_api_elsewhere, "Slack", "just now (404)"),
    "portal": (_portal, "Forge", "does not answer as its API does"),
    "binding": (_bound_elsewhere, "Channel bindings", "secret/prod"),
    "aionis away": (_given(aionis_base_url="http://127.0.0.1:1"), "Aionis", "Aionis"),
    "scope": (_given(aionis_scope="nope"), "Aionis tenant and scope", "no run is visible in default/nope"),
    "tenant": (_given(aionis_tenant_id="nobody"), "Aionis tenant and scope", "no run is visible in nobody/support"),
    "runs/get": (_refuses("runs/get"), "Aionis replays", "Aionis"),
    "no worker": (_left_for(120), "Jobs", "one could be done and has not been for"),
    "signing key": (_given(signing_key_file=Path("nowhere.pem")), "Settings", "SIGNING_KEY_FILE"),
    "checklist": (_given(checklist_file=Path("nowhere.yml")), "Settings", "CHECKLIST_FILE"),
    "blocks": (_blocks_refused, "Messages", "invalid_blocks"),
    "im:history": (_without("im:history"), "Slack scopes", "there are no answers to what is typed in a direct"),
    "reactions:read": (_without("reactions:read"), "Slack scopes", "(`:rewind:`) replays nothing"),
    "team": (_given(aionis_consumer_team_id="nope"), "Aionis identity", "belongs to the team nope"),
    "foreign key": (_foreign_key, "Redis", "incident-bot:workspaces in Redis is a string"),
    "agent": (_given(aionis_consumer_agent_id="mispelt"), "Aionis identity", "no private record in default/support"),
    "forge": (_forge_elsewhere, "Forge", "does not answer as its API does"),
    "admin": (_given(admin_users="U0NOBODY11"), "ADMIN_USERS", "none of those that it names is active"),
    "metrics": (_given(metrics="0.0.0.0:3000"), "Settings", "METRICS and BOT_PORT both want port 3000"),
    "find": (_refuses("find"), "Aionis tenant and scope", "Aionis"),
}


@pytest.fixture
def broken_settings(request: pytest.FixtureRequest, slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> Any:
    break_it: Break = BROKEN[request.param][0]
    given = break_it(slack, aionis, redis_url)
    settings = settings_for(slack, given.pop("aionis_base_url", aionis.base_url), given.pop("redis_url", redis_url))
    yield settings.model_copy(update=Settings.model_validate({**settings.model_dump(), **given}).model_dump())
    with Redis.from_url(redis_url) as server:
        server.config_set("maxmemory-policy", "noeviction")
        server.config_set("maxmemory", "0")
        server.config_set("min-replicas-to-write", "0")


@pytest.mark.parametrize(
    ("broken_settings", "name", "said"),
    [(case, name, said) for case, (_, name, said) in BROKEN.items()],
    indirect=["broken_settings"],
    ids=list(BROKEN),
)
async def test_each_broken_setup_is_named_with_what_to_do(broken_settings: Settings, name: str, said: str) -> None:
    findings = await examine(broken_settings)
    told = [finding for finding in findings if finding.name == name and not finding.ok]
    assert any(said in finding.seen for finding in told), findings
    assert all(finding.advice for finding in told)


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        ("https://slack.com/api/", False),
        ("http://slack.com/api/", True),
        ("http://10.0.0.7:8080/api/", True),
        ("http://[2001:db8::1]/api/", True),
        ("http://127.0.0.2:1/api/", False),
        ("http://[::1]/api/", False),
        ("http://localhost/api/", False),
    ],
)
def test_a_token_that_would_go_unencrypted_is_warned_of(url: str, warns: bool) -> None:
    assert [one.level for one in in_the_clear(url)] == [Level.WARNING] * warns


async def test_every_check_runs_whatever_the_others_find(slack: LocalSlack) -> None:
    settings = settings_for(slack, "http://127.0.0.1:1", "redis://127.0.0.1:1", slack_bot_token="wrong")
    assert [name for name, _ in problems(await examine(settings))] == ["Redis", "Slack", "Aionis"]


async def test_another_signing_secret_is_found_by_asking_the_running_bot(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url)
    async with running_bot(slack, settings) as base_url:
        other = settings_for(
            slack,
            aionis.base_url,
            redis_url,
            slack_signing_secret="another",
            bot_port=int(base_url.rpartition(":")[2]),
        )
        assert (
            "Request URL",
            f"{base_url}/slack/events refuses a request signed with SLACK_SIGNING_SECRET",
        ) in problems(await examine(other))


def test_the_command_says_it_as_json_and_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "SLACK_BOT_TOKEN": "wrong",
        "SLACK_SIGNING_SECRET": "x",
        "SLACK_API_URL": "http://127.0.0.1:1/api/",
        "REDIS_URL": "redis://127.0.0.1:1",
        "AIONIS_BASE_URL": "http://127.0.0.1:1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["ok"] is False
    assert {finding["name"] for finding in said["findings"]} >= {"Redis", "Slack", "Aionis"}


async def test_jobs_that_wait_for_a_slack_that_is_away_are_counted(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    name = Keys(slack.world.team.id).queue
    with Redis.from_url(redis_url) as server:
        server.hset("incident-bot:workspaces", "token", slack.world.team.id)
        for key, troubles in (("1", 3), ("2", 0)):
            job = {"kind": "replay", "payload": "{}", "lane": "0:1", "first": 1_000, "troubles": troubles}
            server.hset(f"{name}:job:{key}", mapping=job)
            server.zadd(f"{name}:lane:0:1", {key: int(key)})
        server.zadd(f"{name}:due", {"0:1": (time.time() + 30) * 1000})
    found = await examine(settings_for(slack, aionis.base_url, redis_url))
    (told,) = [finding for finding in found if finding.name == "Jobs"]
    assert (told.level, "2 wait for a Slack or Redis that is away" in told.seen) == (Level.WARNING, True)


async def test_the_manifest_is_compared_with_slacks_schema_or_that_is_said(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, manifest_schema: Path
) -> None:
    async def of(schema: str) -> DoctorFinding:
        return (await examine_manifest(schema))[0]

    assert (await of(str(manifest_schema))).level is Level.OK
    manifest_schema.write_text('{"required": ["absent"]}', encoding="utf-8")  # noqa: ASYNC240 a few bytes
    assert "'absent' is a required property" in (await of(str(manifest_schema))).seen
    manifest_schema.write_text("[" * 100_000, encoding="utf-8")  # noqa: ASYNC240 as above
    for nowhere in ("http://127.0.0.1:1/schema.json", "nowhere.json", __file__, "/dev/zero", str(manifest_schema)):
        assert "NOT compared" in (await of(nowhere)).seen


async def test_a_schema_that_comes_in_pieces_is_read_whole(manifest_schema: Path) -> None:
    whole = manifest_schema.read_text(encoding="utf-8")  # noqa: ASYNC240 a few bytes

    async def pieces() -> AsyncIterator[str]:
        yield whole[:20]
        await asyncio.sleep(0.05)  # so that it is no single piece; the outcome does not hang on it
        yield whole[20:]

    async def answer(_request: Request) -> Response:
        return StreamingResponse(pieces())

    async with serve_app(Starlette(routes=[Route("/schema.json", answer)])) as there:
        (told,) = await examine_manifest(f"{there.base_url}/schema.json")
    assert told.level is Level.OK


async def test_a_wrong_setting_hides_nothing_but_what_needs_it(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": slack.api_url}
    wrong = {"AIONIS_BASE_URL": "nowhere", "BOT_PORT": "many", "REDIS_URL": redis_url}
    for name, value in {**given, **wrong}.items():
        monkeypatch.setenv(name, value)
    findings = await examine(*read_settings())
    told = [seen for name, seen in problems(findings) if name == "Settings"]
    assert [seen.partition(" ")[0] for seen in told] == ["AIONIS_BASE_URL", "BOT_PORT"]
    assert {finding.name for finding in findings if finding.seen == "not looked at"} == {"Aionis", "Request URL"}
    assert {"Redis", "Slack", "Slack scopes", "Messages"} <= {finding.name for finding in findings if finding.ok}


async def test_a_secret_that_may_be_guessed_is_warned_of(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, hook_secret="x" * 15)
    (found,) = [one for one in await examine_settings(settings, {}) if one.level is Level.WARNING]
    assert "HOOK_SECRET" in found.seen


async def test_an_admin_whom_the_workspace_does_not_have_is_warned_of(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    slack.world.usergroups["S0ONCALL01"] = [MAYA]
    settings = settings_for(slack, aionis.base_url, redis_url, admin_users=f"{MAYA},S0ONCALL01,S0NOBODY11")
    (found,) = [one for one in await examine(settings) if one.name == "ADMIN_USERS"]
    assert (found.level, found.seen) == (Level.WARNING, "S0NOBODY11: not active in this workspace")


async def test_each_workspace_that_has_the_app_is_looked_at(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    key = Fernet.generate_key().decode()
    given: Any = {"slack_client_id": slack.oauth.client_id, "slack_client_secret": slack.oauth.client_secret}
    settings = settings_for(slack, aionis.base_url, redis_url, **given, token_keys=key)
    async with open_redis(redis_url) as redis:
        kept = Installations(redis, Cipher([key]))
        await kept.save(Installation(slack.world.team.id, "", "", slack.bot_token))
        await kept.save(Installation("T0GONE0001", "", "", "wrong"))
    found = await examine(settings)
    (gone,) = [seen for name, seen in problems(found) if name == "Slack"]
    assert gone.startswith("workspace T0GONE0001: ")
    assert "invalid_auth" in gone
    assert any(finding.name == "Slack" and slack.world.team.id in finding.seen for finding in found)
    assert any(finding.name == "Workspaces" for finding in found)
    named = settings.model_copy(update={"slack_workspaces": (slack.world.team.id,)})
    (unserved,) = [finding for finding in await examine(named) if finding.name == "Workspaces"]
    assert "T0GONE0001 has the app and is not in SLACK_WORKSPACES" in unserved.seen
    other = settings.model_copy(update={"token_keys": (SecretStr(Fernet.generate_key().decode()),)})
    assert any("TOKEN_KEYS opens" in seen for _, seen in problems(await examine(other)))


@pytest.mark.parametrize(
    ("url", "version", "named"),
    [
        ("redis://10.1.2.3", "5.0.7", {"Redis password", "Redis TLS", "Redis version"}),
        ("rediss://:word@redis.internal", "7.4.1", set()),
        ("redis://redis.internal?password=word", "8.0.0", {"Redis TLS"}),
        ("redis://localhost", "7.0.0", set()),
        ("unix:///run/redis.sock", "6.2.1", {"Redis version"}),
        ("redis+sentinel://localhost:1,[::1]:2/main", "7.0.0", set()),
        ("redis+sentinel://localhost:1,10.1.2.3/main", "7.0.0", {"Redis password", "Redis TLS"}),
    ],
)
async def test_what_a_server_lacks_for_operations_is_named(
    slack: LocalSlack, url: str, version: str, named: set[str]
) -> None:
    facts = RedisFacts(
        version=version,
        role="master",
        maxmemory=0,
        used_memory=1,
        maxmemory_policy="noeviction",
        persistent=True,
        clock_offset=0,
    )
    found = [*examine_server(settings_for(slack, "http://h", url), facts)]
    assert {finding.name for finding in found if finding.level is Level.WARNING} == named


async def test_what_is_missing_misspelt_or_no_line_is_named_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "-".join(["a", "secret", "alone", "on", "its", "line"])
    lines = (
        "AIONIS_URL=http://h",
        "SLACK_SIGNIN_SECRET=x",
        "SLACK_WORKSPACES=T0123ABCD",
        f"{secret} and more",
        "OTHER=1",
    )
    Path(".env").write_text("\n".join(lines), encoding="utf-8")  # noqa: ASYNC240 a few bytes
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/run/secrets/token")
    found = await examine_settings(*read_settings())
    assert [finding.seen.partition(",")[0].partition(" ")[0] for finding in found] == [
        *("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", ".env"),
        *("AIONIS_URL", "SLACK_BOT_TOKEN_FILE", "SLACK_SIGNIN_SECRET", "SLACK_WORKSPACES"),
    ]
    assert ".env, line 4: " in found[2].seen
    assert secret not in str(found)
    Path(".env").unlink()  # noqa: ASYNC240 as above
    Path(".env").mkdir()  # noqa: ASYNC240 as Docker does for a mount whose source is missing
    assert "The file .env here cannot be read." in [one.seen for one in await examine_settings(*read_settings())]


async def test_what_several_workspaces_need_is_named_all_at_once(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, slack_client_id="1.2", slack_workspaces="T0123ABCD")
    told = [(name, seen.partition(" ")[0]) for name, seen in problems(await examine(settings))]
    assert told == [("Settings", "SLACK_CLIENT_SECRET"), ("Settings", "TOKEN_KEYS")]


async def test_a_redis_that_says_nothing_is_given_up(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.redis._WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        (found,) = await examine_redis(settings_for(slack, "http://127.0.0.1:1", url))
    assert "has not told all within" in found.seen
    assert "rediss://" in found.advice
