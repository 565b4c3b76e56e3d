"""The doctor sees what is well and what is not, through the same doors as the bot, and one problem hides no other."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.config.settings import Settings
from bot.doctor import Finding, Level, examine
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, LocalSlack
from bot.store.keys import Keys
from tests.conftest import running_bot, settings_for

Break = Callable[[LocalSlack, SampleAionis, str], dict[str, Any]]


def problems(findings: list[Finding]) -> list[tuple[str, str]]:
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


def _late_clock(slack: LocalSlack, _aionis: SampleAionis, _redis: str) -> dict[str, Any]:
    slack.clock_skew = 900
    return {}


BROKEN: dict[str, tuple[Break, str, str]] = {
    "users:read": (_without("users:read"), "Slack scopes", "users:read is missing"),
    "pins:write": (_without("pins:write"), "Slack scopes", "pins:write is missing"),
    "files:write": (_without("files:write"), "Slack scopes", "files:write is missing"),
    "token": (_given(slack_bot_token="wrong"), "Slack", "invalid_auth"),
    "slack away": (_given(slack_api_url="http://127.0.0.1:1/api/"), "Slack", "did not answer"),
    "app token": (_given(slack_app_token="wrong"), "Socket Mode", "invalid_auth"),
    "clock": (_late_clock, "Clock", "off Slack's clock"),
    "redis away": (_given(redis_url="redis://127.0.0.1:1"), "Redis", "REDIS_URL"),
    "eviction": (_config("maxmemory-policy", "allkeys-lru"), "Redis", "forgets keys when its memor"),
    "memory": (_config("maxmemory", "1000000"), "Redis memory", "bytes are used"),
    "binding": (_bound_elsewhere, "Channel bindings", "secret/prod"),
    "aionis away": (_given(aionis_base_url="http://127.0.0.1:1"), "Aionis", "Aionis"),
    "scope": (_given(aionis_scope="nope"), "Aionis tenant and scope", "no run is visible in default/nope"),
    "tenant": (_given(aionis_tenant_id="nobody"), "Aionis tenant and scope", "no run is visible in nobody/support"),
    "runs/get": (_refuses("runs/get"), "Aionis replays", "Aionis"),
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
