"""Who leads: a button does what it said when it was read, whatever happened since."""

from copy import deepcopy

from bot.blocks.routing import IncidentTarget, encode
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.scenarios.incidents import buttons, incident_id, opened, roots
from tests.scenarios.steps import ephemeral, text_of, told
from tests.scenarios.test_root import root_showing


async def test_the_second_on_one_stale_screen_is_told_who_leads_and_may_take_over(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    stale = deepcopy(roots(slack)[0])
    await slack.click(MAYA, stale, text="I'm on it")
    await slack.click(JONAS, stale, text="I'm on it")
    offered = await told(slack, f"<@{MAYA}> leads", user=JONAS)
    led = deepcopy(await root_showing(slack, f"lead <@{MAYA}>"))
    await slack.click(JONAS, led, text="Step back")
    await slack.wait_for(lambda: sum(f"<@{MAYA}> leads" in text_of(m) for m in ephemeral(slack, JONAS)) == 2)
    await slack.click(JONAS, offered, text="Take over")
    await told(slack, f"in place of <@{MAYA}>", user=JONAS)
    await slack.click(MAYA, led, text="Step back")
    offered = await told(slack, f"<@{JONAS}> leads")
    assert buttons(offered) == ["Take over"]
    await root_showing(slack, f"lead <@{JONAS}>")


async def test_a_button_from_before_the_choices_changes_nothing_and_offers_the_right_one(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await opened(slack, aionis)
    old = deepcopy(roots(slack)[0])
    (button,) = [
        e for block in old["blocks"] for e in block.get("elements", []) if e.get("action_id") == "incident_lead.0"
    ]
    button["value"] = encode(IncidentTarget(incident=incident_id(old)))
    await slack.click(JONAS, old, text="I'm on it")
    offered = await told(slack, "Nobody is on", user=JONAS)
    assert "nobody is on it yet" in text_of(roots(slack)[0])
    await slack.click(JONAS, offered, text="I'm on it")
    await root_showing(slack, f"lead <@{JONAS}>")


async def test_the_lead_and_the_severity_are_taken_in_words(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    root = roots(slack)[0]
    await slack.say(JONAS, INCIDENTS, "@incident-bot I’m on it!", thread_ts=root["ts"])
    await root_showing(slack, f"lead <@{JONAS}>")
    for said in ("@incident-bot take the lead", "@incident-bot lead please", "@incident-bot on it"):
        await slack.say(MAYA, INCIDENTS, said)
    await slack.wait_for(lambda: sum(f"<@{JONAS}> leads" in text_of(one) for one in ephemeral(slack)) == 3)
    await slack.say(MAYA, INCIDENTS, f"@incident-bot lead <@{JONAS}>")
    await told(slack, "says so themselves")
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay lead off")
    await root_showing(slack, "nobody is on it yet")
    for said, shown in (("sev2", "SEV2"), ("sev 1", "SEV1"), ("SEV-3, please.", "SEV3"), ("severity 4", "SEV4")):
        await slack.say(MAYA, INCIDENTS, f"@incident-bot {said}")
        await root_showing(slack, shown)
    await slack.say(MAYA, INCIDENTS, "@incident-bot sev5")
    await told(slack, "which is not a severity")


async def test_a_word_without_its_run_asks_which(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    bare = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay similar")
    assert "Similar to which run?" in str(bare.body)
    joined = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay similar 3d1868e2 as that")
    assert "/replay similar <run_id> as <run_id>" in str(joined.body)
