"""Two bots on one Redis, a hundred people, a thousand clicks: each is in the log once or was refused, and nothing is undone."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.app import EVENTS_PATH
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.state import Incident
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, LocalSlack
from bot.playground.slack.world import User, World, default_world
from bot.store.connection import open_redis
from bot.store.incidents import IncidentStore
from bot.store.keys import Keys
from tests.admissions import admission
from tests.conftest import make_slack
from tests.scenarios.incidents import button, incident_id, is_checklist, opened
from tests.scenarios.processes import environment, free_port, is_ready, process
from tests.scenarios.steps import Json, ephemeral, text_of
from tests.scenarios.test_durability import until

PEOPLE, CLICKS_EACH = 100, 10
AT_ONCE = 20  # clicks under way: more, and a busy machine opens no dialog within the seconds that Slack allows
PATIENCE = 300.0  # seconds: a thousand clicks on two cores that are busy with other things, too
ITEMS = ["One", "Two", "Three", "Four", "Five"]
CHECKLIST = "items:\n" + "".join(
    f"  - {{id: item_{n}, title: Item {title}, proof: none}}\n" for n, title in enumerate(ITEMS)
)


def crowded() -> World:
    """Return the usual workspace with a hundred more people in its incident channel."""
    world = default_world()
    for number in range(PEOPLE):
        user = User(f"U0CROWD{number:03}", f"person{number}", f"Person {number}", team_id=world.team.id)
        world.users[user.id] = user
        world.channels[INCIDENTS].members.append(user.id)
    return world


@asynccontextmanager
async def two_bots(slack: LocalSlack, aionis: SampleAionis, redis_url: str, folder: Path) -> AsyncIterator[list[str]]:
    """Run two bot processes with their workers; yields where they listen."""
    checklist = folder / "checklist.yaml"
    checklist.write_text(CHECKLIST, encoding="utf-8")
    ports = [free_port(), free_port()]
    async with AsyncExitStack() as stack:
        for port in ports:
            given = environment(
                slack, aionis.base_url, folder / "data", port, REDIS_URL=redis_url, CHECKLIST_FILE=str(checklist)
            )
            await stack.enter_async_context(process("serve", given))
        await until(lambda: all(is_ready(port) for port in ports))
        yield [f"http://127.0.0.1:{port}{EVENTS_PATH}" for port in ports]


class Crowd:
    """People who click on what they see, some of it old; `keys` are Slack's ids of the clicks that ask for a change."""

    def __init__(self, slack: LocalSlack, urls: list[str], seed: int) -> None:
        self._slack = slack
        self._urls = cycle(urls)
        self._random = random.Random(seed)  # noqa: S311 no secret
        self._under_way = asyncio.Semaphore(AT_ONCE)
        self.keys: list[str] = []

    async def person(self, user: str, first: Json) -> None:
        """Click ten times, on the checklist as it is or as it was."""
        seen = [first]
        for _ in range(CLICKS_EACH):
            async with self._under_way:
                seen.append(next(m for m in self._slack.messages(INCIDENTS) if is_checklist(m)))
                await self._click(user, self._random.choice(seen), f"Item {self._random.choice(ITEMS)}*")

    async def _click(self, user: str, message: Json, item: str) -> None:
        self._slack.request_url = next(self._urls)  # read before the click first waits for anything
        action_id = button(message, item)
        delivery = await self._slack.click(user, message, action_id=action_id)
        if action_id.startswith("checklist_undo") and delivery.ok and self._slack.views(user):
            self._slack.request_url = next(self._urls)
            delivery = await self._slack.submit(user, self._slack.views(user)[-1])
        assert delivery.ok, delivery
        self.keys.append(delivery.payload["trigger_id"])


@pytest.mark.redis_server
async def test_every_click_counts_once_or_is_refused(aionis: SampleAionis, tmp_path: Path, redis_server: str) -> None:
    slack = make_slack(crowded())
    slack.limits.enabled = False  # Slack would let no workspace click that fast
    async with local.serve(slack), two_bots(slack, aionis, redis_server, tmp_path) as urls:
        slack.request_url = urls[0]
        first = await opened(slack, aionis)
        crowd = Crowd(slack, urls, seed=20261125)
        await asyncio.gather(*(crowd.person(f"U0CROWD{number:03}", first) for number in range(PEOPLE)))
        async with open_redis(redis_server) as redis:
            store = IncidentStore(
                redis, Keys(slack.world.team.id), retention=timedelta(days=1), default_tenancy="default/support"
            )
            here = admission(INCIDENTS, Tenancy("default", "support"), team=slack.world.team.id)
            incident = await store.read(here, incident_id(first))
            entries = await store.log(incident)
        told = await slack.wait_for(lambda: all_told(slack, crowd, entries), timeout=PATIENCE)
        await slack.wait_for(lambda: shows(slack, incident), timeout=PATIENCE)
    assert len(crowd.keys) == PEOPLE * CLICKS_EACH == len(set(crowd.keys))
    assert_each_click_once(entries, crowd.keys, told)
    assert_nothing_was_undone_by_a_stale_screen(entries)


class Told(NamedTuple):
    """How many clicks were refused, and how many came so late on a busy machine that nobody can say what became of them."""

    refused: int
    late: int


def all_told(slack: LocalSlack, crowd: Crowd, entries: list[Entry]) -> Told | None:
    """Return what people were told, once everybody whose click is not in the log was told something."""
    said = [text_of(message) for message in everybodys_ephemeral(slack)]
    refused = sum(any(one in text for one in ("Already done by", "Already open")) for text in said)
    missing = len(set(crowd.keys) - {entry.key for entry in entries})
    return Told(refused, len(said) - refused) if len(said) >= missing else None


def everybodys_ephemeral(slack: LocalSlack) -> list[Json]:
    people = [user for user in slack.world.users if user.startswith("U0CROWD")]
    return [message for user in people for message in ephemeral(slack, user) if message["ephemeral_user"] == user]


def shows(slack: LocalSlack, incident: Incident) -> bool:
    """Tell whether the checklist shows every item as the incident has it."""
    message = next(m for m in slack.messages(INCIDENTS) if is_checklist(m))
    rows = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    return all(
        any(row.startswith("✓" if item.done else "☐") and f"*{item.spec.title}*" in row for row in rows)
        and (not item.done or any(f"by <@{item.facts.by}>" in row and f"*{item.spec.title}*" in row for row in rows))
        for item in incident.items
    )


def assert_each_click_once(entries: list[Entry], keys: list[str], told: Told) -> None:
    found = Counter(entry.key for entry in entries)
    assert found.most_common(1)[0][1] == 1
    clicked = [entry for entry in entries if entry.key in set(keys)]
    assert len(clicked) + told.refused <= len(keys) <= len(clicked) + told.refused + told.late
    assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))


def assert_nothing_was_undone_by_a_stale_screen(entries: list[Entry]) -> None:
    """Every item goes from open to done and back by turns: a click from an old screen changed nothing."""
    turns: dict[str, list[EntryKind]] = {}
    for entry in entries:
        if entry.kind in {EntryKind.ITEM_ASSERTED, EntryKind.ITEM_UNDONE}:
            turns.setdefault(entry.payload["item"], []).append(entry.kind)
    for kinds in turns.values():
        assert kinds[::2] == [EntryKind.ITEM_ASSERTED] * len(kinds[::2])
        assert kinds[1::2] == [EntryKind.ITEM_UNDONE] * len(kinds[1::2])
