"""Ready is who can take commands: can store them, believes Slack's signatures, and is reached."""

import asyncio
import re
import secrets
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.app import create_app, run_worker
from bot.errors import SettingsError
from bot.ids import short_hash
from bot.playground.aionis import SampleAionis
from bot.playground.http import serve_app
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.playground.slack.world import acme_world
from bot.runtime import bolts
from bot.runtime.container import open_services, open_store
from bot.runtime.process_group import EXCHANGED, joined_group, others_differ
from bot.store.connection import open_redis
from bot.store.keys import PROCESS_SETTINGS
from tests.conftest import http_client, ready, running_bot, settings_for
from tests.scenarios.incidents import opened, roots, severity_choice
from tests.scenarios.processes import environment
from tests.scenarios.steps import analyses, ephemeral, text_of, told


async def readiness(base_url: str) -> tuple[int, dict[str, Any]]:
    async with http_client(base_url) as probe:
        answer = await probe.get("/readyz")
    return answer.status_code, answer.json()


async def test_a_store_that_takes_nothing_is_not_ready(bot: str, redis_url: str) -> None:
    with Redis.from_url(redis_url) as server:
        server.execute_command("CONFIG", "SET", "maxmemory", "1")
        try:
            status, said = await readiness(bot)
        finally:
            server.execute_command("CONFIG", "SET", "maxmemory", "0")
    assert (status, said["redis"]) == (503, "stores nothing (its memory is full)")
    assert (await readiness(bot))[0] == 200


async def test_a_store_that_became_a_read_only_replica_is_not_ready(bot: str, redis_url: str) -> None:
    with Redis.from_url(redis_url) as server:
        server.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            status, said = await readiness(bot)
        finally:
            server.execute_command("REPLICAOF", "NO", "ONE")
    assert (status, said["redis"]) == (503, "stores nothing (it is a replica)")
    assert (await readiness(bot))[0] == 200


async def test_work_waits_while_the_store_takes_no_writes(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str
) -> None:
    aionis.faults.add(kind="hang", endpoint="runs/get")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
    await slack.wait_for(lambda: any("runs/get" in call.path for call in aionis.calls))
    with Redis.from_url(redis_url) as server:
        server.config_set("min-replicas-to-write", "1")
        try:
            aionis.faults.clear()
            assert (await readiness(bot))[1]["redis"] == "stores nothing (NOREPLICAS)"
            refused = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
            assert "nothing was started" in str(refused.body)
            assert not analyses(slack)
        finally:
            server.config_set("min-replicas-to-write", "0")
    await slack.wait_for(lambda: analyses(slack), timeout=30)
    assert len(roots(slack)) == len(analyses(slack)) == 1
    assert not [m for m in ephemeral(slack) if "Something broke" in text_of(m)]


async def test_a_clock_that_slack_does_not_believe_is_not_ready(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    slack.clock_skew = 400
    async with serve_app(create_app(settings_for(slack, aionis.base_url, redis_url))) as server:
        status, said = await readiness(server.base_url)
    assert status == 503
    assert said["clock"].startswith("is off by -")


async def test_a_clock_that_went_wrong_while_nothing_was_asked_of_slack_is_noticed_and_forgiven(
    slack: LocalSlack, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.clock.HEARD_FOR", 0.0)
    for skew, expected in ((400, 503), (0, 200)):
        slack.clock_skew = skew
        assert (await readiness(bot))[0] == expected


async def test_a_store_that_runs_no_scripts_is_not_ready(bot: str, redis_url: str) -> None:
    with Redis.from_url(redis_url) as server:
        server.execute_command("ACL", "SETUSER", "default", "-@scripting")
        try:
            status, said = await readiness(bot)
        finally:
            server.execute_command("ACL", "SETUSER", "default", "+@all")
    assert (status, said["redis"]) == (503, "stores nothing (its user may not)")


async def test_a_socket_that_is_down_is_not_ready(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token)
    async with running_bot(slack, settings) as base_url:
        slack.request_url = None
        assert (await readiness(base_url))[1]["socket"] == "connected"
        with slack.faults.outage("apps.connections.open"):
            slack.cut_sockets()
            seen: list[int] = []

            async def look() -> int:
                seen.append((await readiness(base_url))[0])
                return seen[-1]

            while await look() != 503:
                assert len(seen) < 2_000


async def test_a_socket_that_slack_leaves_is_not_ready_until_another_one_is_open(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.LOOK_EVERY", 0.1)
    settings = settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token)
    async with running_bot(slack, settings) as base_url:
        slack.request_url = None
        with slack.faults.outage("apps.connections.open") as away:
            await slack.link.sockets.disconnect("link_disabled")
            await slack.wait_for(lambda: away.hits >= 4)  # the first answer of a 500 is asked for twice
            assert (await readiness(base_url))[1]["socket"] == "not connected"
        await slack.wait_for(lambda: len(slack.link.sockets))
        await ready(base_url)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "No incident is open")


async def test_a_socket_that_cannot_be_opened_at_the_start_is_opened_later(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.LOOK_EVERY", 0.1)
    settings = settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token)
    outage = slack.faults.outage("apps.connections.open")
    async with serve_app(create_app(settings)) as server:
        assert (await readiness(server.base_url))[1]["socket"] == "not connected"
        outage.end()
        await ready(server.base_url)


async def test_an_app_token_that_slack_refuses_ends_the_start(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    app = create_app(settings_for(slack, aionis.base_url, redis_url, slack_app_token=slack.app_token))
    slack.faults.window("apps.connections.open", error="invalid_auth")
    with pytest.raises(SettingsError, match=r"SLACK_APP_TOKEN is not accepted .*invalid_auth") as refused:
        async with app.router.lifespan_context(app):
            pass
    assert "connections:write" in refused.value.fix


async def test_a_store_that_forgets_is_refused_at_the_start(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    with Redis.from_url(redis_url) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(SettingsError, match="allkeys-lru") as refused:
                async with open_services(settings_for(slack, aionis.base_url, redis_url)):
                    pass
            assert "ALLOW_EVICTING_REDIS" in refused.value.fix
            allowed = settings_for(slack, aionis.base_url, redis_url, allow_evicting_redis=True)
            async with open_services(allowed) as services:
                assert services.queue
        finally:
            server.config_set("maxmemory-policy", "noeviction")


async def test_a_store_that_takes_no_writes_ends_the_process_with_2_and_a_sentence(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: Path
) -> None:
    given = environment(slack, aionis.base_url, tmp_path, 0, REDIS_URL=redis_url)
    with Redis.from_url(redis_url) as server:
        server.config_set("min-replicas-to-write", "1")
        try:
            bot = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"), env=given, stdout=PIPE, stderr=STDOUT
            )
            said = (await bot.communicate())[0].decode()
        finally:
            server.config_set("min-replicas-to-write", "0")
    assert bot.returncode == 2, said
    assert said.startswith("✗ The server behind REDIS_URL takes no writes or scripts (NOREPLICAS).")
    assert "Traceback" not in said


async def test_a_click_on_a_frozen_store_is_answered_in_time(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await opened(slack, aionis)
    monkeypatch.setattr(bolts, "_ANSWERED_WITHIN", 0.5)
    with Redis.from_url(redis_url) as server:
        server.execute_command("CLIENT", "PAUSE", "3000", "ALL")
        delivery = await slack.click(MAYA, shown, **severity_choice(shown, "SEV1"))
    assert delivery.ok
    await told(slack, "not certain that it was done")


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"aionis_scope": "billing"}, "AIONIS_SCOPE"),
        ({"allow_guests": True}, "ALLOW_GUESTS"),
        ({"run_stalled_seconds": 5}, "RUN_STALLED_SECONDS"),
        ({"aionis_api_key": "another"}, "AIONIS_API_KEY"),
        ({"aionis_bearer": "another"}, "AIONIS_BEARER"),
        ({"replay_emoji": "off"}, "REPLAY_EMOJI"),
        ({"fix_reruns": 3}, "FIX_RERUNS"),
        ({"watch_opens_incidents": False}, "WATCH_OPENS_INCIDENTS"),
        ({"gitlab_url": "https://git.example.com"}, "GITLAB_URL"),
        ({"reopen_hours": 1}, "REOPEN_HOURS"),
    ],
)
async def test_who_decides_otherwise_does_not_start_beside_the_others(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, other: dict[str, Any], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        await run_worker(settings_for(slack, aionis.base_url, redis_url, **other))


@pytest.mark.parametrize("name", ["aionis_api_key", "aionis_bearer", "github_token", "gitlab_token"])
async def test_a_secret_that_differs_is_named_and_nowhere_to_be_read(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, name: str
) -> None:
    one, other = secrets.token_hex(8), secrets.token_hex(8)
    mine, exchanged, without = (
        settings_for(slack, aionis.base_url, redis_url, **given) for given in ({name: one}, {name: other}, {})
    )
    async with running_bot(slack, mine):
        with pytest.raises(SettingsError, match=name.upper()) as refused:
            await run_worker(without if name in EXCHANGED else exchanged)
        async with open_redis(redis_url) as redis:
            kept = str(await redis.hgetall(PROCESS_SETTINGS))
            # A new token is put in place in one process after the other.
            assert await others_differ(redis, exchanged) == ([] if name in EXCHANGED else [name.upper()])
    assert not {one, other, short_hash(one), short_hash(other)} & {
        *str(refused.value).split(),
        *re.findall(r"\w+", kept),
    }


@pytest.mark.parametrize("name", ["checklist_file", "redaction_file"])
async def test_files_are_compared_by_what_is_in_them(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: Path, name: str
) -> None:
    files = [tmp_path / one for one in ("mine", "copy", "other")]
    for file, content in zip(files, ("a", "a", "b"), strict=True):
        file.write_text(content, encoding="utf-8")
    mine, copy, other = (settings_for(slack, aionis.base_url, redis_url, **{name: str(file)}) for file in files)
    async with open_store(mine) as redis, joined_group(redis, mine, {}):
        assert await others_differ(redis, copy) == []
        assert await others_differ(redis, other) == [name.upper()]
        assert await others_differ(redis, settings_for(slack, aionis.base_url, redis_url)) == [name.upper()]


async def test_what_means_the_same_is_no_difference(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    lists = {"aionis_allowed_scopes": "acme/*,beta/*", "admin_users": "U0MAYA0001,U0JONAS002"}
    turned = {name: ",".join(reversed(text.split(","))) for name, text in lists.items()}
    mine = settings_for(slack, aionis.base_url, redis_url, **lists)
    async with open_store(mine) as redis, joined_group(redis, mine, {}):
        assert await others_differ(redis, settings_for(slack, f"{aionis.base_url}/", redis_url, **turned)) == []


async def test_a_bot_of_another_workspace_does_not_start_beside_this_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str
) -> None:
    acme = slack.add_workspace(acme_world(), bot_token=f"xo{'xb'}-{secrets.token_hex(8)}")
    with pytest.raises(SettingsError, match="workspace"):
        await run_worker(settings_for(acme, aionis.base_url, redis_url))


async def test_other_settings_start_once_the_others_are_gone(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    for scope in ("support", "billing"):
        async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_scope=scope)):
            pass
