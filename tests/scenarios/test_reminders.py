"""Reminders of open items, on a clock of the test's own: once for each state, in working hours, put off and stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from bot.playground.slack.world import BOT
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, roots, set_severity, text_entered, user_entered
from tests.scenarios.steps import Json, ephemeral, text_of, told

WEDNESDAY_NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)  # midnight in Berlin, afternoon in Los Angeles
LINK = "https://git.example.com/agents/pull/17"


class Clock:
    """The bot's clock: the real one moved to where the test wants it, so that delayed jobs still come."""

    def __init__(self, start: datetime) -> None:
        self._shift = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def move(self, by: timedelta) -> None:
        self._shift += by


def reminders(slack: LocalSlack) -> list[Json]:
    return [m for m in slack.messages(INCIDENTS) if "still open." in m["text"] and not m.get("is_ephemeral")]


async def looked_again(slack: LocalSlack, message: Json) -> None:
    """Change the severity, after which the bot looks at everything that is due."""
    wanted = "SEV2" if "· SEV1 ·" in text_of(message) else "SEV1"
    await set_severity(slack, message, wanted)
    await checklist(slack, f"· {wanted} ·")


async def test_an_owner_is_reminded_in_their_own_morning_and_once(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url), clock):
        message = await opened(slack, aionis)
        await mark_done(slack, message, "Corrective", {"owner": user_entered(JONAS)})
        await checklist(slack, f"owner <@{JONAS}>")
        clock.move(timedelta(hours=24, minutes=1))  # due for everybody; night for Jonas, afternoon for Maya
        await looked_again(slack, message)
        unowned = await slack.wait_for(lambda: reminders(slack)[:1])
        assert "3 items" in unowned[0]["text"]
        assert "Corrective" not in text_of(unowned[0])
        clock.move(timedelta(hours=9))  # nine in the morning in Berlin
        await looked_again(slack, message)
        owned = (await slack.wait_for(lambda: reminders(slack)[1:]))[0]
        assert owned["text"].startswith(f"<@{JONAS}>: 1 item")
        assert "Corrective change merged" in text_of(owned)
        clock.move(timedelta(hours=30))
        await looked_again(slack, message)
        await mark_done(slack, message, "Follow-up monitor", {"proof": text_entered(LINK)})
        await checklist(slack, "2 of 5 done")
        assert len(reminders(slack)) == 2, "the same state was reminded of twice"


def chosen(reminder: Json, words: str) -> Json:
    """Return what `click` needs to choose from a reminder's menu."""
    menu = reminder["blocks"][-1]["elements"][0]
    option = next(option for option in menu["options"] if words in option["text"]["text"])
    return {"action_id": menu["action_id"], "value": option["value"]}


async def test_one_menu_puts_all_of_it_off_or_ends_it_and_a_button_marks_one_done(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url), clock):
        message = await opened(slack, aionis)
        clock.move(timedelta(hours=24, minutes=1))
        await looked_again(slack, message)
        first = (await slack.wait_for(lambda: reminders(slack)[:1]))[0]
        assert "4 items of" in first["text"]
        await slack.click(MAYA, first, **chosen(first, "3 days"))
        await slack.click(MAYA, first, **chosen(first, "1 day"))
        await slack.wait_for(lambda: [m for m in ephemeral(slack) if "eminded again" in text_of(m)][1:])
        clock.move(timedelta(hours=24, minutes=1))
        await looked_again(slack, message)
        second = (await slack.wait_for(lambda: reminders(slack)[1:]))[0]
        assert "4 items of" in second["text"]
        await mark_done(slack, second, "Follow-up monitor", {"proof": text_entered(LINK)})
        await checklist(slack, "2 of 5 done")
        await slack.click(MAYA, second, **chosen(second, "for good"))
        await told(slack, "Nobody will be reminded")
        clock.move(timedelta(hours=48))
        await looked_again(slack, message)
        assert len(reminders(slack)) == 2


@pytest.mark.parametrize(("owner", "lead"), [(JONAS, MAYA), (BOT, ""), (JONAS, "")])
async def test_neither_the_deactivated_nor_bots_are_addressed(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, owner: str, lead: str
) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    slack.world.users[JONAS].is_deleted = True
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url), clock):
        message = await opened(slack, aionis)
        await mark_done(slack, message, "Corrective", {"owner": user_entered(owner)})
        await checklist(slack, f"owner <@{owner}>")
        if lead:
            await slack.click(lead, roots(slack)[0], text="I'm on it")
            await slack.wait_for(lambda: f"lead <@{lead}>" in text_of(roots(slack)[0]))
        clock.move(timedelta(hours=24, minutes=1))  # afternoon for Maya, who opened the incident
        await looked_again(slack, message)
        due = await slack.wait_for(lambda: [one for one in reminders(slack) if "Corrective change" in text_of(one)])
        assert due[0]["text"].startswith(f"<@{MAYA}>: {4 if lead else 1} item")
        assert f"<@{owner}>" not in "".join(map(text_of, reminders(slack)))


async def test_no_reminders_where_they_are_switched_off(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, nudge_hours=0), clock):
        message = await opened(slack, aionis)
        clock.move(timedelta(hours=48))
        await looked_again(slack, message)
        await mark_done(slack, message, "Follow-up monitor", {"proof": text_entered(LINK)})
        await checklist(slack, "2 of 5 done")
        assert reminders(slack) == []
