"""Raw JSON: a file in the thread, downloaded as a person would."""

import json
from pathlib import Path

from playwright.async_api import expect

from bot.playground.aionis import SampleRun
from bot.playground.aionis.world.leaky import SECRETS
from tests.browser.person import Person


async def test_the_file_downloads_as_json_without_secrets(
    maya: Person, runs: dict[str, SampleRun], tmp_path: Path
) -> None:
    run_id = runs["secrets"].run_id
    root = await maya.replay(run_id, "FAILED at step 2")
    analysis = await maya.analysis(root)
    await analysis.get_by_role("button", name="Raw JSON").click()
    await expect(root.get_by_role("button", name="Last reply")).to_contain_text("3 replies")
    file = maya.thread.get_by_role("region", name=f"File run-{run_id}.json")
    await expect(file).to_contain_text("values masked")
    async with maya.page.expect_download() as download:
        await file.get_by_role("link", name="Download").click()
    saved = tmp_path / "run.json"
    await (await download.value).save_as(saved)

    text = saved.read_text(encoding="utf-8")
    assert json.loads(text)["run"]["run_id"] == run_id
    assert "[masked: " in text
    shown = await maya.page.content()
    assert [secret for secret in SECRETS if secret in text or secret in shown] == []
