"""What one field of a record gives away is masked in all that is shown of it, wherever else it stands."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world.story import Story
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, text_entered
from tests.scenarios.steps import analyses, comparisons, posted, replayed, text_of
from tests.scenarios.test_export import exported
from tests.scenarios.test_root_cause import FILLED, open_table

TOKEN = "".join(("hunter", "2!"))  # by itself it looks like nobody's secret


def recorded(aionis: SampleAionis, name: str, *, ends: str = "failed") -> str:
    """Record a run that names its password in one place and repeats it in every other; returns its id."""
    story = Story(aionis.writer, name, aionis.now() - timedelta(minutes=5))
    story.start(f"Log in again with {TOKEN}", metadata={"case": f"case-{TOKEN}", "agent": f"agent {TOKEN}"})
    told: dict[str, Any] = {"error": f"401 for {TOKEN} ({name})"} if ends == "failed" else {}
    story.step("auth.login", status=ends, output_signature={"login": {"password": TOKEN}, "tried": TOKEN}, **told)
    story.end(ends, summary=f"gave up on {TOKEN}")
    return story.run_id


async def test_a_password_is_masked_in_every_place_of_its_record(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: object
) -> None:
    failing, rerun = recorded(aionis, "retried"), recorded(aionis, "retried-again", ends="success")
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        await replayed(slack, failing)
        board = await checklist(slack, "")
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {failing} {rerun}")
        await slack.wait_for(lambda: comparisons(slack))
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
        content, _ = await exported(slack)
    assert board
    shown = [text_of(message) for message in slack.messages(INCIDENTS, viewer=MAYA)]
    for message in posted(slack):
        shown += [text_of(reply) for reply in slack.messages(INCIDENTS, thread_ts=message["ts"])]
    shown += [f"{file.name} {file.title} {(file.content or b'').decode(errors='replace')}" for file in slack.files]
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        shown += [f"{name} {bundle.read(name).decode()}" for name in bundle.namelist()]
    assert [text[max(0, text.index(TOKEN) - 200) :][:300] for text in shown if TOKEN in text] == []
    assert "[masked: password]" in text_of(posted(slack)[0])


async def test_what_people_type_is_masked_in_their_other_fields(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await replayed(slack, aionis.runs["refund-failed"].run_id)
    board = await checklist(slack, "")
    typed = {
        **FILLED,
        "expected": text_entered(f"auth.login, retried with {TOKEN}"),
        "explanation": text_entered(f"password: {TOKEN}"),
    }
    await slack.submit(MAYA, await open_table(slack, board), typed)
    await checklist(slack, "2 of 5 done")
    table = await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if "[masked: password]" in text_of(m)])
    assert "retried with" in text_of(table[0])
    shown = [text_of(message) for message in slack.messages(INCIDENTS)]
    assert [text[max(0, text.index(TOKEN) - 200) :][:300] for text in shown if TOKEN in text] == []


@pytest.mark.parametrize("words", [["replay"], ["replay", "--json"], ["replay", "--blocks"]], ids=" ".join)
async def test_the_terminal_masks_it_too(
    aionis: SampleAionis, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    import asyncio  # noqa: PLC0415 only here

    monkeypatch.setenv("AIONIS_BASE_URL", aionis.base_url)
    monkeypatch.setenv("AIONIS_SCOPE", "support")
    run = recorded(aionis, "retried")
    result = await asyncio.to_thread(CliRunner().invoke, app, [words[0], run, *words[1:]])
    assert result.exit_code == 0, result.output
    assert TOKEN not in result.output
    assert "[masked: password]" in result.output


@pytest.mark.reads_back
async def test_what_is_added_to_a_replay_is_masked_by_what_was_read_for_it_once(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    recorded(aionis, "again 1")
    again = recorded(aionis, "again 2")
    await replayed(slack, again)
    edited = (await slack.wait_for(lambda: [one for one in analyses(slack) if "Seen before" in text_of(one)]))[0]
    assert TOKEN not in text_of(edited)
    assert "[masked: password]" in text_of(edited)
    asked = [call for call in aionis.calls if call.path.endswith("runs/get") and call.body["run_id"] == again]
    assert len(asked) == 1
