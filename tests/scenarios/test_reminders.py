"""Reminders of open items, on a clock of the test's own: once for each state, in working hours, put off and stopped."""

from datetime import UTC, datetime, timedelta

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import checklist, mark_done, opened, text_entered, user_entered
from tests.scenarios.steps import Json, text_of, told

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
    menu = next(e for block in message["blocks"] for e in block.get("elements", []) if e["type"] == "static_select")
    now = menu.get("initial_option", {}).get("text", {}).get("text", "")
    wanted = next(option for option in menu["options"][:4] if option["text"]["text"] != now)
    delivery = await slack.click(MAYA, message, action_id=menu["action_id"], value=wanted["value"])
    assert delivery.ok, delivery
    await checklist(slack, f"· {wanted['text']['text']} ·")


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


async def test_a_snooze_puts_it_off_and_a_stop_ends_it(slack: LocalSlack, aionis: SampleAionis, redis_url: str) -> None:
    clock = Clock(WEDNESDAY_NIGHT - timedelta(hours=24))
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url), clock):
        message = await opened(slack, aionis)
        clock.move(timedelta(hours=24, minutes=1))
        await looked_again(slack, message)
        first = (await slack.wait_for(lambda: reminders(slack)[:1]))[0]
        labels = [e["text"]["text"] for block in first["blocks"] for e in block.get("elements", [])]
        assert labels[:3] == ["Snooze 4 h", "Snooze 1 d", "Stop"]
        await slack.click(MAYA, first, action_id="nudge_snooze.1")
        await told(slack, "eminded again")
        clock.move(timedelta(hours=24, minutes=1))
        await looked_again(slack, message)
        second = (await slack.wait_for(lambda: reminders(slack)[1:]))[0]
        assert "1 item of" in second["text"]
        await slack.click(MAYA, second, text="Stop")
        await told(slack, "not be reminded")
        clock.move(timedelta(hours=48))
        await looked_again(slack, message)
        await mark_done(slack, message, "Follow-up monitor", {"proof": text_entered(LINK)})
        await checklist(slack, "2 of 5 done")
        assert len(reminders(slack)) == 2


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
