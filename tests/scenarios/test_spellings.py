"""Everything that people are known to type is understood, from Slack's signed request to what they see."""

from functools import partial

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import opened, roots
from tests.scenarios.steps import Json, ephemeral, text_of

MENTIONS = (
    "@incident-bot: replay {run}",
    "hey @incident-bot replay {undashed}",
    "@incident-bot please *replay* {hyphens}",
    "@incident-bot {run}",
    "@incident-bot https://runs.example.com/projects/{other}/runs/{run}?tab=steps",
    "replay {soft}\u200b @incident-bot",
    "can you replay {run} @incident-bot please, thanks!",
)
COMMANDS = ("{hyphens}", "run\u00a0{dashes}.", "{undashed}\u200b", "https://runs.example.com/runs/{soft}")
NEW = ("new {run}", "{run} new.", "{run}\u00a0NEW\u200b")
BINDINGS = (
    ("tenant=acme\u00a0scope=prod", "acme/prod"),
    ("Tenant=acme, SCOPE=eu", "acme/eu"),
    ("scope=“checkout prod/eu” tenant=acme", "acme/checkout prod/eu"),
)
RECORDS = ("AIONIS://{uri}", "aionis://default/support/DECISION/{id}", "Decision {hyphens}", "memory://decision/{id}")


def forms(id_: str, **more: str) -> dict[str, str]:
    return {
        "run": id_,
        "id": id_,
        "hyphens": id_.replace("-", "\u2011"),
        "dashes": id_.replace("-", "–"),
        "soft": f"{id_[:11]}\u00ad{id_[11:]}",
        "undashed": id_.replace("-", ""),
        **more,
    }


def told_so(slack: LocalSlack, user: str, containing: str) -> list[Json]:
    return [message for message in ephemeral(slack, user) if containing in text_of(message)]


async def test_every_mention_is_understood(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    named = forms(aionis.runs["refund-failed"].run_id, other=aionis.runs["partial"].run_id)
    for said in MENTIONS:
        await slack.say(JONAS, INCIDENTS, said.format(**named))
    await slack.wait_for(lambda: len(told_so(slack, JONAS, "is already in")) == len(MENTIONS))
    assert len(ephemeral(slack, JONAS)) == len(MENTIONS), "one line each, and nothing else"
    assert all(delivery.ok for delivery in slack.deliveries)


async def test_every_command_is_understood(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    named = forms(aionis.runs["refund-failed"].run_id)
    before = len(told_so(slack, MAYA, "is already in"))
    for typed in COMMANDS:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {typed.format(**named)}")
    await slack.wait_for(lambda: len(told_so(slack, MAYA, "is already in")) == before + len(COMMANDS))
    for typed in NEW:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {typed.format(**named)}")
    await slack.wait_for(lambda: len(roots(slack)) == 1 + len(NEW))


async def test_every_record_is_understood(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    uri = aionis.runs["refund-failed"].decision_uris[0]
    named = forms(uri.rpartition("/")[2], uri=uri.partition("://")[2])
    for typed in RECORDS:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {typed.format(**named)}")
        await slack.say(JONAS, INCIDENTS, f"@incident-bot resolve {typed.format(**named)}")

    def cards() -> list[Json]:
        shown = slack.messages(INCIDENTS)
        return [message for message in shown if message["text"].startswith("Decision · payments.create_refund")]

    await slack.wait_for(lambda: len(cards()) == 2 * len(RECORDS))


def bound_to(slack: LocalSlack, reads: str) -> list[Json]:
    return [message for message in slack.messages(INCIDENTS) if message["text"] == f"This channel reads {reads} now."]


async def test_every_binding_is_understood(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")):
        for typed, reads in BINDINGS:
            await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay bind {typed}")
            await slack.wait_for(partial(bound_to, slack, reads))
        unquoted = await slack.command(
            user=MAYA, channel=INCIDENTS, text="/replay bind tenant=acme scope=checkout prod"
        )
        assert "with quotes around what has blanks" in str(unquoted.body)
