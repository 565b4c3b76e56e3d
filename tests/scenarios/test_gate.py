"""A gate that passes verifies the follow-up, from Slack and from the terminal; one that fails takes that back."""

import asyncio
import json

from typer.testing import CliRunner, Result

from bot.cli import app
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.incidents import checklist, incident_id, opened
from tests.scenarios.steps import replied, text_of, told

GATED = "gate passed with run "
_TRIES = 100


async def gate(aionis: SampleAionis, redis_url: str, *arguments: str) -> Result:
    environment = {"AIONIS_BASE_URL": aionis.base_url, "AIONIS_SCOPE": "support", "REDIS_URL": redis_url}
    for _ in range(_TRIES):
        held = await asyncio.to_thread(CliRunner().invoke, app, ["gate", *arguments], env=environment)
        # What Aionis answered is kept once everything is shown, a moment after the checklist.
        if "as far as it keeps them" not in held.output:
            return held
        await asyncio.sleep(0.1)
    raise AssertionError(held.output)


async def test_a_gate_held_in_a_terminal_is_in_the_log_and_verifies_the_follow_up(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str
) -> None:
    incident = incident_id(await opened(slack, aionis))
    rerun = aionis.runs["refund-rerun"].run_id
    passed = await gate(aionis, redis_url, incident, "--run", rerun, "--json")
    assert passed.exit_code == 0, passed.output
    assert json.loads(passed.stdout)["sha256"][:12] in text_of(await checklist(slack, f"{GATED}{rerun[:8]}"))
    failed = await gate(aionis, redis_url, incident, "--run", aionis.let.rerun("refund", succeed=False))
    assert failed.exit_code == 3, failed.output
    await checklist(slack, "the gate did not pass with run ")


async def test_a_gate_held_in_slack_says_every_check_and_verifies_the_follow_up(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await opened(slack, aionis)
    rerun = aionis.runs["refund-rerun"].run_id
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay gate {aionis.let.rerun('refund', succeed=False)}")
    await replied(slack, root, "FAILED")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay gate with {rerun[:8]}")
    said = text_of(await replied(slack, root, "PASSED"))
    for expected in ("the rerun is proof", "the critical step succeeded", "the fingerprint did not recur", rerun[:8]):
        assert expected in said
    await checklist(slack, f"{GATED}{rerun[:8]}")


async def test_what_names_no_run_is_told(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay gate nonsense")
    await told(slack, "which names no run")


async def test_what_is_held_is_what_was_named_and_none_is_left_out_unsaid(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    named = [aionis.let.rerun("refund") for _ in range(11)]
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay gate {' '.join(named)}")
    await told(slack, "11 runs are named, and at most 10")
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay gate {' '.join(named[:2])}")
    await told(slack, "Holding 2 runs against the incident's gate")
