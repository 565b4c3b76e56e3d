"""The process that polls is killed in the middle of telling a channel: nothing is lost, nothing is doubled."""

from pathlib import Path

from bot.app import EVENTS_PATH
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from tests.scenarios.processes import environment, free_port, is_ready, process
from tests.scenarios.steps import posted, text_of, told
from tests.scenarios.test_durability import until
from tests.scenarios.test_watch import looked, new_roots, statuses

RUNS, KINDS = 40, 8


async def test_kill_9_of_the_poller_loses_and_doubles_nothing(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: Path
) -> None:
    port = free_port()
    given = environment(slack, aionis.base_url, tmp_path, port, REDIS_URL=redis_url, WATCH_SECONDS="1")
    slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    async with process("serve", given) as bot:
        await until(lambda: is_ready(port))
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch")
        await slack.wait_for(lambda: looked(slack))
        while not statuses(slack) or "Looked at" not in statuses(slack)[-1]:
            await slack.command(user=MAYA, channel=INCIDENTS, text="/replay watch status")
            await slack.wait_for(lambda: statuses(slack))
        aionis.let.storm(RUNS, kinds=KINDS, seconds=0)
        await slack.wait_for(lambda: new_roots(slack), timeout=30)  # one of three is told of
        bot.kill()
        bot.start()
        await until(lambda: is_ready(port))
        await slack.wait_for(lambda: len(new_roots(slack)) == 3 and digests(slack), timeout=60)
        await slack.wait_for(lambda: f"{RUNS - 3 * RUNS // KINDS} more failed runs" in digests(slack)[0], timeout=30)
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay recent")
        await told(slack, f"× {RUNS // KINDS}")
    assert len(digests(slack)) == 1
    assert len(new_roots(slack)) == 3


def digests(slack: LocalSlack) -> list[str]:
    return [text_of(message) for message in posted(slack) if "more failed run" in message["text"]]
