"""A Redis Cluster, of which the bot uses one slot: works as on one server, follows the slot, and tells wrong settings."""

import asyncio
import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as PlainRedis
from redis.asyncio import Redis

from bot.domain.bundle.archive import problems_of
from bot.errors import SettingsError
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.store.connection import STORE_IS_AWAY, bytes_of, ensure_answers, ensure_stores, open_redis, probe
from bot.store.one_slot import BEFORE, SLOT
from tests.conftest import read_back_key, running_bot, settings_for, wait_until
from tests.scenarios.incidents import checklist, incident_id, opened, set_severity
from tests.scenarios.steps import analyses
from tests.scenarios.test_export import exported
from tests.store.test_audit import command
from tests.store.test_sentinel import PASSWORD, free_port, server

SECURED = f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\nrepl-diskless-sync-delay 0\n"


class Node:
    """One server of the cluster."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], bus: int) -> None:
        self.port, self.process, self.bus = port, process, bus
        self.client = PlainRedis(port=port, password=PASSWORD, decode_responses=True)

    def cluster(self, *command: str | int) -> Any:
        return self.client.execute_command("CLUSTER", *command)  # type: ignore[no-untyped-call]

    @property
    def id(self) -> str:
        return str(self.cluster("MYID"))


class Cluster:
    """The node that has the bot's slot, its replica, and a node with all other slots."""

    def __init__(self, owner: Node, other: Node, replica: Node) -> None:
        self.owner, self.other, self.replica = owner, other, replica
        self.nodes = (owner, other, replica)

    @property
    def url(self) -> str:
        dead = free_port()  # the first of the nodes is away
        return f"redis+cluster://:{PASSWORD}@127.0.0.1:{dead},127.0.0.1:{self.other.port}"

    def form(self) -> None:
        self.owner.cluster("ADDSLOTSRANGE", SLOT, SLOT)
        self.other.cluster("ADDSLOTSRANGE", 0, SLOT - 1, SLOT + 1, 16383)
        for node in (self.owner, self.replica):
            node.cluster("MEET", "127.0.0.1", self.other.port, self.other.bus)
        wait_until(lambda: len(self.replica.cluster("SLOTS")) == 3)
        self.replica.cluster("REPLICATE", self.owner.id)
        wait_until(lambda: all("cluster_state:ok" in node.cluster("INFO") for node in self.nodes))
        wait_until(lambda: self.replica.client.info("replication")["master_link_status"] == "up")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Start one: two seconds, which is how long a node waits before it takes writes."""
    with contextlib.ExitStack() as stack:
        nodes = []
        for _ in range(3):
            bus = free_port()
            own = f"cluster-enabled yes\ncluster-port {bus}\ncluster-node-timeout 1000\n{SECURED}"
            nodes.append(Node(*stack.enter_context(server(tmp_path, config=own)), bus))
        cluster = Cluster(*nodes)
        cluster.form()
        yield cluster


@pytest.mark.reads_back  # which is that nothing is written before, by a client that knows no clusters
async def test_the_bot_works_on_a_cluster_and_goes_on_where_the_slot_goes(
    slack: LocalSlack, aionis: SampleAionis, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", cluster.url)
    settings = settings_for(slack, aionis.base_url, cluster.url)
    async with open_redis(cluster.url) as redis:
        await redis.set(read_back_key(settings.rules.own), "read")
    async with running_bot(slack, settings):
        shown = await opened(slack, aionis, "refund-failed")
        cluster.replica.cluster("FAILOVER")
        await set_severity(slack, shown, "SEV2")
        await checklist(slack, "SEV2")
        await slack.wait_for(lambda: cluster.replica.client.role()[0] == "master")
        assert problems_of((await exported(slack))[0]) == []
        await replayed_while_its_node_dies(slack, aionis, cluster)
        assert "as it was written" in await command("audit", incident_id(shown))
    stored = [str(name) for name in cluster.owner.client.keys("*")]
    async with open_redis(cluster.url) as redis:
        names = [BEFORE + str(name) async for name in redis.scan_iter()]
    assert len(names) > 10
    assert set(names) <= set(stored), "some have expired since"
    assert [name for name in stored if not name.startswith(BEFORE)] == []
    assert cluster.other.client.dbsize() == 0


async def replayed_while_its_node_dies(slack: LocalSlack, aionis: SampleAionis, cluster: Cluster) -> None:
    """Have a command wait for Slack while the node that has it is killed, and its replica takes over."""
    run = aionis.runs["refund-rerun"].run_id
    with slack.faults.outage("chat.postMessage") as outage:
        assert (await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {run}")).ok
        await slack.wait_for(lambda: outage.hits)
        cluster.replica.client.wait(1, 10_000)  # what no replica has yet is lost with its node
        cluster.replica.process.kill()
    cluster.owner.cluster("FAILOVER", "TAKEOVER")
    await slack.wait_for(lambda: [m for m in analyses(slack) if m["text"].startswith(f"Run {run[:8]}")])


async def test_bytes_are_read_by_the_same_names_a_node_that_takes_nothing_says_why_and_a_slot_without_one_is_away(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.connection._RETRIES", 0)
    async with open_redis(cluster.url) as redis:
        await redis.set("incident-bot:{T1/C1}:x", "y")
        assert [name async for name in bytes_of(redis).scan_iter("*C1}*")] == [b"incident-bot:{T1/C1}:x"]
        cluster.owner.client.config_set("min-replicas-to-write", 2)
        assert (await probe(redis, within=5.0))[0] == "stores nothing (NOREPLICAS)"
        with pytest.raises(SettingsError, match="NOREPLICAS"):
            await ensure_stores(redis)
        cluster.owner.client.config_set("min-replicas-to-write", 0)
        cluster.owner.cluster("DELSLOTS", SLOT)
        with pytest.raises(STORE_IS_AWAY):
            await redis.get("a")
        assert (await probe(redis, within=5.0))[0] == "does not answer"
        cluster.owner.cluster("ADDSLOTS", SLOT)
        while not await _answers(redis):  # noqa: ASYNC110 another process takes it
            await asyncio.sleep(0.02)


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.get("a") is None)
    except STORE_IS_AWAY:
        return False


@pytest.mark.redis_server
async def test_wrong_settings_are_told(tmp_path: Path, redis_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.connection._RETRIES", 0)
    plain = redis_server.rpartition(":")[2].partition("/")[0]
    with server(tmp_path, config=f"cluster-enabled yes\ncluster-port {free_port()}\n{SECURED}") as (port, _):
        for url, said in (
            (f"redis+cluster://127.0.0.1:{port}", "refuses its user and password"),
            (f"redis+cluster://:{PASSWORD}@127.0.0.1:{port}", f"The Redis Cluster is down, says 127.0.0.1:{port}"),
            (f"redis+cluster://127.0.0.1:{plain}", f"127.0.0.1:{plain} is no node of one .*Write redis://"),
            (
                f"redis+cluster://127.0.0.1:{free_port()}",
                r"None of the nodes .*: (no connection|the connection was refused)",
            ),
        ):
            async with open_redis(url) as redis:
                with pytest.raises(SettingsError) as refused:
                    await ensure_answers(redis)
            assert re.search(said, str(refused.value)), refused.value
            assert PASSWORD not in str(refused.value)
