"""What a channel may read, who may change that, and who gets nothing at all."""

import pytest
from redis import Redis

from bot.playground.aionis import SampleAionis
from bot.playground.slack import ERIN, INCIDENTS, JONAS, MAYA, RAVI, REFUNDS, SHARED, LocalSlack
from bot.store.keys import Keys
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import button, incident_id, opened, roots, text_entered
from tests.scenarios.steps import ephemeral, modal, posted, replayed, text_of, told

ACME = "acme/support"


async def bound(slack: LocalSlack, text: str, channel: str = INCIDENTS, user: str = MAYA) -> None:
    await slack.command(user=user, channel=channel, text=f"/replay bind {text}")
    await slack.wait_for(lambda: [m for m in posted(slack, channel) if "This channel reads" in m["text"]])


async def test_a_channel_reads_what_it_is_bound_to(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        await bound(slack, "scope=support tenant=acme")
        root = await replayed(slack, aionis.runs["acme-failed"].run_id)
        assert ACME in text_of(root)
        assert {call.body["tenant_id"] for call in aionis.calls if call.path != "/health"} == {"acme"}
        await slack.command(user=MAYA, channel=REFUNDS, text=f"/replay {aionis.runs['acme-failed'].run_id}")
        await told(slack, "Aionis has no run", channel=REFUNDS)


async def test_only_allowed_scopes_can_be_bound(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=MAYA, channel=INCIDENTS, text="/replay bind tenant=acme scope=support")
    assert "AIONIS_ALLOWED_SCOPES" in text_of(await told(slack, "is not among the scopes"))


async def test_who_may_not_bind_is_told_who_may(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay bind tenant=default scope=support")
    assert "@maya, who created this channel" in text_of(await told(slack, "You may not bind", user=JONAS))


async def test_what_is_typed_wrongly_is_answered_with_the_form(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text="/replay bind acme")
    assert "/replay bind tenant=" in str(delivery.body)


async def test_an_unbound_channel_without_default_is_told_how_to_bind_and_can(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_default_binding=False)
    async with running_bot(slack, settings):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        refused = await told(slack, "is not bound to a tenant and scope")
        assert aionis.calls == []
        await slack.click(MAYA, refused, text="Bind this channel…")
        view = await modal(slack, "Bind this channel")
        wrong = await slack.submit(MAYA, view, {"scope": text_entered("tenant:x")})
        assert "is not a scope" in str(wrong.body)
        await slack.submit(MAYA, slack.views(MAYA)[-1], {"scope": text_entered("support")})
        await slack.wait_for(lambda: [m for m in posted(slack) if "This channel reads" in m["text"]])
        assert "FAILED" in (await replayed(slack, aionis.runs["refund-failed"].run_id))["text"]


async def test_the_buttons_of_an_incident_do_nothing_once_the_channel_reads_something_else(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        message = await opened(slack, aionis)
        root = posted(slack)[0]
        await bound(slack, "tenant=acme scope=support")
        await slack.click(MAYA, message, action_id=button(message, "Follow-up monitor"))
        await told(slack, "and this channel reads acme/support now")
        await slack.click(MAYA, root, text="Details")
        await modal(slack, "and this channel reads acme/support now")
        await replayed(slack, aionis.runs["acme-failed"].run_id)
        assert incident_id(roots(slack)[-1]) != incident_id(message)


async def test_words_in_an_incidents_thread_mean_no_other_once_the_channel_reads_something_else(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        root = roots(slack)[0] if (await opened(slack, aionis)) else {}
        await bound(slack, "tenant=acme scope=support")
        words = ("close", "summary", "export", "status", "sev1", "lead", "gate")
        await slack.say(MAYA, INCIDENTS, f"@incident-bot {aionis.runs['acme-failed'].run_id}", thread_ts=root["ts"])
        await slack.wait_for(lambda: len(roots(slack)) == 3)  # with the line of the binding
        for word in words:
            await slack.say(JONAS, INCIDENTS, f"@incident-bot {word}", thread_ts=root["ts"])
        refused = "is about default/support, and this channel reads acme/support now"
        await slack.wait_for(lambda: sum(refused in text_of(one) for one in ephemeral(slack, JONAS)) == len(words))
        assert "INC-" in text_of(roots(slack)[-1])


async def test_a_channel_shared_with_another_company_gets_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    for user in (MAYA, ERIN):
        await slack.command(user=user, channel=SHARED, text=f"/replay {aionis.runs['refund-failed'].run_id}")
        await told(slack, "shared with another company", user=user, channel=SHARED)
    assert aionis.calls == []
    assert posted(slack, SHARED) == []


async def test_unless_that_is_allowed(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, allow_shared_channels=True)):
        root = await replayed(slack, aionis.runs["refund-failed"].run_id, SHARED)
        assert "FAILED" in root["text"]


async def test_guests_get_no_answers_unless_that_is_allowed(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        await slack.command(user=RAVI, channel=INCIDENTS, text="/replay recent")
        await told(slack, "Guests of this workspace", user=RAVI)
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, allow_guests=True)):
        await slack.command(user=RAVI, channel=INCIDENTS, text="/replay recent")
        await told(slack, "Latest failed runs", user=RAVI)


@pytest.mark.parametrize("command", ["{failed}", "new {failed}", "{rerun}", "compare {failed} {rerun}"])
async def test_what_was_asked_for_before_the_channel_was_bound_elsewhere_leaves_no_incident(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, command: str
) -> None:
    runs = {name: aionis.runs[f"refund-{name}"].run_id for name in ("failed", "rerun")}
    if command == "{rerun}":
        await opened(slack, aionis)
    before, asked = len(posted(slack)), len(aionis.calls)
    aionis.faults.add(endpoint="runs/get", kind="latency", ms=400, times=1)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {command.format(**runs)}")
    await slack.wait_for(lambda: len(aionis.calls) > asked)
    with Redis.from_url(redis_url) as client:
        client.hset(
            Keys(slack.world.team.id).binding(INCIDENTS),
            mapping={"tenant": "acme", "scope": "support", "tenancy": ACME},
        )
    failure = await told(slack, "This channel was bound to something else while default/support was read.")
    assert "Ask again" in text_of(failure)
    assert len(posted(slack)) == before, "neither a root nor an analysis of what no incident has"
