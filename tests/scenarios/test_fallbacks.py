"""Whatever the bot posts says the same as text: for notifications, screen readers, and clients that show no blocks."""

import re

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.steps import Json, analyses, posted, text_of
from tests.scenarios.test_close import completed

TYPED = (
    "help",
    "recent",
    "status",
    "similar {run}",
    "gate",
    "watch status",
    "severity SEV1",
    "lead",
    "summary",
    "export",
)
SAID = (  # of each kind of message what matters in it
    *("Run FAILED at step 2", "FIXED by", "Run 4c484afe FAILED", "Checklist of INC-", "Root cause: rule gap", "Next: "),
    *("Comparison: FIXED", "Latest failed runs of", "ago case refund-60218", "open, 5 of 5 done", "Why the same?"),
    *("PASSED: run 6132885d", "does not watch", "is SEV1 now", "You lead INC-", "SHA-256", "as read from Aionis"),
    *("*Selected tool* `payments.create_refund`", "/replay bind", "not a commit. Use ", "closed, 5 of 5 done"),
)


def shown_by(slack: LocalSlack) -> list[Json]:
    return [message for message in slack.messages(INCIDENTS, viewer=MAYA) if message.get("bot_id")]


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w-]{3,}", text.lower()))


async def test_every_kind_of_message_says_as_text_what_its_blocks_say(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    thread = (await completed(slack, aionis))["thread_ts"]
    run = aionis.runs["refund-failed"]
    for typed in TYPED:
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {typed.format(run=run.run_id)}")
    for reference in (run.decision_uris[0], f"commit {run.run_id}"):
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {reference}")
    await slack.click(MAYA, analyses(slack)[0], text="Raw JSON")
    await slack.wait_for(lambda: {file.name.rpartition(".")[2] for file in slack.files} >= {"json", "zip"})
    await slack.say(MAYA, INCIDENTS, "@incident-bot close", thread_ts=thread)
    await slack.wait_for(lambda: any("closed after" in text_of(one) for one in posted(slack)))
    await slack.wait_for(lambda: not missing(slack))
    for message in shown_by(slack):
        told, blocks = words(message["text"]), words(text_of(message | {"text": ""}))
        assert told, message
        assert not message.get("blocks") or len(told & blocks) >= len(told) / 2, message


def missing(slack: LocalSlack) -> list[str]:
    told = " ".join(message["text"] for message in shown_by(slack))
    return [words for words in SAID if words not in told]
