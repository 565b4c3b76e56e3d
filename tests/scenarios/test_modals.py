"""The modals: open at once, fill when Aionis has answered, page, and say what went wrong."""

import json
import re
from typing import Any

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world.leaky import SECRETS
from bot.playground.slack import MAYA, LocalSlack
from tests.scenarios.steps import modal, replayed, replies, told


def buttons(view: dict[str, Any]) -> dict[str, str]:
    """Return label → action id of a modal's buttons."""
    found = {}
    for block in view["blocks"]:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if element.get("type") == "button":
                found[element["text"]["text"]] = element["action_id"]
    return found


async def test_step_details_open_at_once_and_fill_when_aionis_has_answered(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    aionis.faults.add(kind="hang", endpoint="runs/get", times=1)
    await slack.click(MAYA, root, action_id="open_step.0")
    assert "Asking Aionis" in json.dumps(slack.views(MAYA)[-1])
    aionis.faults.clear()
    view = await modal(slack, "payments.create_refund")
    shown = json.dumps(view, ensure_ascii=False)
    for expected in ("Input", "Expected output signature", "Actual output signature", "Postconditions", "s3://"):
        assert expected in shown


async def test_steps_page_back_forth_and_to_the_first_failing(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["three-hundred"].run_id)
    await slack.click(MAYA, root, action_id="open_step.0")
    view = await modal(slack, "Step 212 of 300")
    await slack.click_view(MAYA, view, action_id=buttons(view)["← Previous"])
    view = await modal(slack, "Step 211 of 300")
    assert "batch" in json.dumps(view), "the slots of a step outside of the first page of records are read, too"
    await slack.click_view(MAYA, view, action_id=buttons(view)["First failing"])
    view = await modal(slack, "Step 212 of 300")
    await slack.click_view(MAYA, view, action_id=buttons(view)["Next →"])
    await modal(slack, "Step 213 of 300")


async def test_the_full_timeline_pages_and_opens_a_step_on_top(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["three-hundred"].run_id)
    await slack.click(MAYA, root, action_id="open_timeline.0")
    view = await modal(slack, "Page 8 of 10")
    assert "Critical step" not in buttons(view), "it opens on the page of the critical step"
    await slack.click_view(MAYA, view, action_id=buttons(view)["← Previous"])
    view = await modal(slack, "Page 7 of 10")
    await slack.click_view(MAYA, view, action_id=buttons(view)["Failed only"])
    view = await modal(slack, "failed only")
    assert "open_step.212" in json.dumps(view)
    assert re.search(r"[0-9]\\u00a0(ms|s|min)", json.dumps(view)), "a narrow row breaks between no number and its unit"
    assert "open_step.200" not in json.dumps(view)
    await slack.click_view(MAYA, view, action_id=buttons(view)["All steps"])
    view = await modal(slack, "Page 8 of 10")
    await slack.click_view(MAYA, view, action_id="open_step.212")
    await modal(slack, "Step 212 of 300")
    assert len(slack.views(MAYA)) == 2


async def test_a_modal_that_cannot_be_filled_says_why(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    aionis.faults.add(kind="not_json", endpoint="runs/get")
    await slack.click(MAYA, root, action_id="open_step.0")
    view = await modal(slack, "not understood")
    assert "Request id" in json.dumps(view)


@pytest.mark.parametrize(
    ("opened_by", "endpoint", "filled"),
    [
        ("open_step.0", "runs/get", "payments.create_refund"),
        ("open_timeline.0", "runs/get", "Page 1 of 1"),
        ("compare_runs.0", "find", "Which run is the rerun of"),
    ],
)
async def test_a_modal_that_aionis_could_not_fill_is_filled_by_trying_again(
    slack: LocalSlack, aionis: SampleAionis, bot: str, opened_by: str, endpoint: str, filled: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    aionis.faults.add(kind="not_json", endpoint="runs/get")
    aionis.faults.add(kind="not_json", endpoint=endpoint)
    await slack.click(MAYA, root, action_id=opened_by)
    view = await modal(slack, "Try again")
    assert "`/" not in json.dumps(view)
    aionis.faults.clear()
    await slack.click_view(MAYA, view, action_id=buttons(view)["Try again"])
    await modal(slack, filled)


async def test_raw_json_arrives_in_the_thread_with_secrets_masked(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["secrets"].run_id)
    await slack.click(MAYA, root, action_id="raw_json.0")
    shared = await slack.wait_for(lambda: next((m for m in replies(slack, root) if m.get("files")), None))
    assert shared["text"].startswith(f"Run {aionis.runs['secrets'].run_id[:8]}, as read from Aionis")
    file = next(file for file in slack.files if file.id == shared["files"][0]["id"])
    assert file.content is not None
    answer = json.loads(file.content)
    assert answer["run"]["run_id"] == aionis.runs["secrets"].run_id
    assert b"[masked: " in file.content
    assert [secret for secret in SECRETS if json.dumps(secret)[1:-1] in file.content.decode()] == []


async def test_a_click_whose_trigger_expired_is_told(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    slack.faults.next("views.open", error="expired_trigger_id")
    await slack.click(MAYA, root, action_id="open_step.0")
    await told(slack, "Click again")
