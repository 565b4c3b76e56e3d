"""Answers of megabytes: whoever types next waits for no masking, and only an export waits for all of it."""

import asyncio
import io
import json
import re
import zipfile

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.heavy_work import HeavyWork, do_task
from tests.scenarios.incidents import checklist
from tests.scenarios.steps import ephemeral, replayed, text_of, told
from tests.scenarios.test_export import exported


def held_back(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have work on megabytes wait until the event is set that is returned."""
    let = asyncio.Event()

    async def held(_: HeavyWork, task: str, given: bytes) -> bytes:
        await let.wait()
        return await asyncio.to_thread(do_task, task, given)

    monkeypatch.setattr(HeavyWork, "_in_process", held)
    return let


async def test_what_is_typed_next_waits_for_no_masking_and_the_export_for_all_of_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runtime.heavy_work.SMALL", 4_096)
    monkeypatch.setattr("bot.jobs.evidence.SMALL", 0)
    let = held_back(monkeypatch)
    names = ("refund-failed", "refund-rerun")
    for name in names:
        await replayed(slack, aionis.runs[name].run_id)
    await checklist(slack, "")
    exporting = asyncio.create_task(exported(slack))
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
    await told(slack, "INC-")
    let.set()
    content, _ = await exporting
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        asked = [json.loads(archive.read(one))["asked"] for one in archive.namelist() if one.endswith("runs-get.json")]
    assert sorted(one["run_id"] for one in asked) == sorted(aionis.runs[name].run_id for name in names)


async def test_what_is_too_large_for_the_bundle_is_named_beside_it(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.domain.bundle.kept_answers.LARGEST", 3_000)
    monkeypatch.setattr("bot.domain.bundle.kept_answers._SURELY_KEPT", 30)
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    await checklist(slack, "")
    await exported(slack)
    beside = next(m for m in slack.messages(INCIDENTS) if m["text"].startswith("Evidence of INC-"))
    assert re.search(r"Left out: \d+ answers? of Aionis, too large for a bundle", text_of(beside))


@pytest.mark.parametrize(
    ("asked_for", "words", "name"),
    [("raw_json.0", "masking it…", ".json"), ("export_evidence.0", "Packing the evidence…", ".zip")],
)
async def test_whoever_waits_for_a_file_is_told_that_it_is_being_made(
    slack: LocalSlack,
    aionis: SampleAionis,
    bot: str,
    monkeypatch: pytest.MonkeyPatch,
    asked_for: str,
    words: str,
    name: str,
) -> None:
    analysis = await replayed(slack, aionis.runs["refund-failed"].run_id)
    shown = await checklist(slack, "")
    monkeypatch.setattr("bot.jobs.reading.SLOW_AFTER", 0.05)
    monkeypatch.setattr("bot.runtime.heavy_work.SMALL", 0)
    let = held_back(monkeypatch)
    await slack.click(MAYA, shown if name == ".zip" else analysis, action_id=asked_for)
    await slack.wait_for(lambda: [m for m in ephemeral(slack) if words in text_of(m)])
    assert not [file for file in slack.files if file.name.endswith(name)]
    let.set()
    await slack.wait_for(lambda: [file for file in slack.files if file.name.endswith(name)])
    assert [words in text_of(m) for m in ephemeral(slack)].count(True) == 1
