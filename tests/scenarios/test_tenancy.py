"""Nobody reads, changes or is shown what is not theirs: after a binding changes, from outside, from a modal left open."""

import json
from datetime import timedelta

from bot.config.manifest import load_manifest
from bot.playground import slack as local
from bot.playground.aionis import SampleAionis
from bot.playground.slack import ERIN, INCIDENTS, JONAS, MAYA, RAVI, SHARED, LocalSlack
from bot.playground.slack.world import Enterprise, User
from tests.conftest import make_slack, running_bot, settings_for
from tests.scenarios.incidents import (
    button,
    checklist,
    incident_id,
    opened,
    option,
    roots,
    severity_choice,
    summaries,
    text_entered,
)
from tests.scenarios.steps import Json, analyses, ephemeral, modal, text_of, told
from tests.scenarios.test_binding import bound
from tests.scenarios.test_home_tab import home
from tests.scenarios.test_reminders import WEDNESDAY_NIGHT, Clock, reminders

MONITOR = "Follow-up monitor"
ORG = Enterprise("E0ALOCAL01", "Local Org", "local-org")


def errors_of(delivery: object) -> str:
    """Return what a submitted modal was answered: errors below its inputs, so that it stays open as it was typed."""
    body: Json = getattr(delivery, "body")  # noqa: B009 whatever the local Slack was answered
    assert body["response_action"] == "errors", body
    return json.dumps(body["errors"], ensure_ascii=False)


async def test_after_a_rebind_nothing_shows_the_old_tenancy(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        old = await opened(slack, aionis)
        goal = aionis.runs["refund-failed"]
        await bound(slack, "tenant=acme scope=support")
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "No incident is open in this channel")
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['acme-failed'].run_id}")
        await slack.wait_for(lambda: len(roots(slack)) > 1)
        await slack.wait_for(lambda: "INC-" in text_of(roots(slack)[-1]))
        new = roots(slack)[-1]
        await slack.click(MAYA, old, **severity_choice(old, "SEV1"))
        await told(slack, f"{incident_id(old)} is about default/support, and this channel reads acme/support now")
        await slack.click(MAYA, roots(slack)[0], **option(roots(slack)[0], "Bind this channel…"))
        await told(slack, "This channel reads")  # the way back is no change of the incident
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['acme-failed'].run_id}")
        choices = text_of(await told(slack, "is already in"))
        shown = await home(slack, "Open incidents · 1", MAYA)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        status = text_of(await told(slack, "open for"))
        for text in (choices, shown, status):
            assert incident_id(old) not in text
        for text in (choices, status):  # Home shows it for the other channels, which read it still
            assert goal.run_id[:8] not in text
        assert incident_id(new) in status


async def test_what_a_channel_may_be_bound_to_is_for_managers(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(
        slack, aionis.base_url, redis_url, aionis_allowed_scopes="secret-customer/prod", aionis_default_binding=False
    )
    async with running_bot(slack, settings):
        for user, refusal in ((RAVI, "Guests of this workspace"), (JONAS, "You may not bind this channel")):
            delivery = await slack.command(user=user, channel=INCIDENTS, text="/replay bind")
            assert refusal in str(delivery.body)
            await slack.say(user, INCIDENTS, "@incident-bot bind")
            await told(slack, refusal, user=user)
            assert slack.views(user) == []
        delivery = await slack.command(user=ERIN, channel=SHARED, text="/replay bind")
        assert "shared with another company" in str(delivery.body)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
        offered = await told(slack, "is not bound to a tenant and scope")
        await slack.command(user=JONAS, channel=INCIDENTS, text="/replay recent")
        his = await told(slack, "is not bound to a tenant and scope", user=JONAS)
        assert "Bind this channel…" not in text_of(his), "what he may not do is not offered to him"
        assert "Ask @maya" in text_of(his)
        for user in (RAVI, JONAS, ERIN):
            seen = [*ephemeral(slack, user), *ephemeral(slack, user, SHARED)]
            assert "secret-customer" not in json.dumps(seen)
        await slack.click(MAYA, offered, text="Bind this channel…")
        await modal(slack, "secret-customer/prod")


async def test_a_refused_submission_says_so_in_the_modal_and_keeps_what_was_typed(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    settings = settings_for(slack, aionis.base_url, redis_url, aionis_allowed_scopes="acme/*")
    async with running_bot(slack, settings):
        message = await opened(slack, aionis)
        await slack.click(MAYA, message, action_id=button(message, MONITOR))
        view = slack.views(MAYA)[-1]
        await bound(slack, "tenant=acme scope=support")
        delivery = await slack.submit(MAYA, view, {"proof": text_entered("https://example.com/monitor")})
        assert "this channel reads acme/support now" in errors_of(delivery)
        assert [one["id"] for one in slack.views(MAYA)] == [view["id"]]


async def test_who_has_left_the_channel_no_longer_submits(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await slack.click(JONAS, message, action_id=button(message, MONITOR))
    form = slack.views(JONAS)[-1]
    slack.admin.remove(INCIDENTS, JONAS)
    delivery = await slack.submit(JONAS, form, {"proof": text_entered("https://example.com/monitor")})
    assert "not in that channel any more" in errors_of(delivery)
    assert "1 of 5 done" in text_of(await checklist(slack, ""))


async def test_who_has_left_the_channel_no_longer_pages(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    await opened(slack, aionis)
    await slack.click(JONAS, analyses(slack)[-1], text="Step details")
    step = await modal(slack, "Step 2 of 2", user=JONAS)
    slack.admin.remove(INCIDENTS, JONAS)
    assert (await slack.click_view(JONAS, step, text="← Previous")).ok
    await modal(slack, "not in that channel any more", user=JONAS)
    assert "Step 1 of 2" not in json.dumps(slack.views(JONAS))


async def test_colleagues_of_an_organisations_other_workspace_are_colleagues(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    slack.world.enterprise = ORG
    for user, team in (("W0AORG0001", "T0AOTHER01"), ("W0AORG0002", ORG.id)):
        slack.world.users[user] = User(user, user.lower(), "Wilma Org", team_id=team, enterprise_id=ORG.id)
        slack.world.channels[INCIDENTS].members.append(user)
    slack.workspace.set_org_wide(org_wide=True)  # a click says `team: null` then
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url)):
        message = await opened(slack, aionis)
        for user in ("W0AORG0001", "W0AORG0002"):
            await slack.command(user=user, channel=INCIDENTS, text="/replay status")
            await told(slack, "Blocks the close", user=user)
        delivery = await slack.click("W0AORG0001", message, action_id=button(message, MONITOR))
        assert delivery.payload["team"] is None
        view = slack.views("W0AORG0001")[-1]
        await slack.submit("W0AORG0001", view, {"proof": text_entered("https://example.com/monitor")})
        await checklist(slack, "2 of 5 done")


async def test_an_accepted_invitation_has_the_place_asked_anew(aionis: SampleAionis, redis_url: str) -> None:
    manifest = load_manifest()
    subscribed: list[str] = manifest["settings"]["event_subscriptions"]["bot_events"]
    subscribed[subscribed.index("channel_shared")] = "shared_channel_invite_accepted"
    workspace = make_slack(manifest=manifest)
    async with local.serve(workspace), running_bot(workspace, settings_for(workspace, aionis.base_url, redis_url)):
        await workspace.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(workspace, "No incident is open")
        workspace.admin.share(INCIDENTS)
        await workspace.settle()
        await workspace.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(workspace, "shared with another company")


async def test_once_a_channel_is_shared_with_another_company_nothing_is_posted_there(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    settings = settings_for(slack, aionis.base_url, redis_url, summary_quiet_seconds=1, summary_quiet_messages=1)
    async with running_bot(slack, settings, clock):
        message = await opened(slack, aionis)
        thread = message["thread_ts"]
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay summary")
        await slack.wait_for(lambda: summaries(slack))
        await slack.wait_for(lambda: "1 of 5 done" in text_of(roots(slack)[0]))  # nothing of before is still on its way
        slack.admin.share(INCIDENTS)
        await slack.settle()
        before = [text_of(m) for m in slack.messages(INCIDENTS)]
        summary = text_of(summaries(slack)[-1])
        clock.move(timedelta(hours=48))
        said = await slack.say(JONAS, INCIDENTS, "we found it :pushpin:", thread_ts=thread)
        await slack.react(JONAS, INCIDENTS, said["ts"], "pushpin")
        delivery = await slack.click(MAYA, message, action_id=button(message, MONITOR))
        assert delivery.ok
        await told(slack, "shared with another company")
        await slack.settle()
        assert reminders(slack) == []
        assert text_of(summaries(slack)[-1]) == summary
        assert [text_of(m) for m in slack.messages(INCIDENTS)][: len(before)] == before
        slack.admin.unshare(INCIDENTS)
        await slack.settle()
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        await told(slack, "Blocks the close")
