"""A thread that was read is not read again, however long it is."""

from collections.abc import AsyncIterator
from typing import Any

from bot.slack.threads import Threads

LONG = 12_000


async def test_of_a_long_thread_what_is_new_is_read_alone_and_no_more_is_kept_than_a_summary_needs() -> None:
    thread: list[dict[str, Any]] = [
        {"ts": f"{number}.000100", "user": "U1", "text": "x", "blocks": [{}]} for number in range(10_000, 10_000 + LONG)
    ]
    thread[0] |= {"files": [{"id": "F1"}, {"id": "F2"}], "reactions": [{"name": "pushpin"}]}
    asked: list[str | None] = []

    async def pages(_channel: str, _root: str, after: str | None) -> AsyncIterator[dict[str, Any]]:
        asked.append(after)
        for message in thread:
            if after is None or message["ts"] > after:
                yield message

    threads = Threads(pages)
    assert len(await threads.read("C1", "10000.000100", "1")) == LONG
    thread.append({"ts": "99999.000100", "user": "U2", "text": "the last"})
    again = await threads.read("C1", "10000.000100", "1")
    assert asked == [None, thread[-2]["ts"]]
    assert len(again) == LONG + 1
    assert (len(again[0]["files"]), again[0]["reactions"], again[-1]["text"]) == (2, [{"name": "pushpin"}], "the last")
    assert not [message for message in again if "blocks" in message]
    await threads.read("C1", "10000.000100", "2")
    assert asked[-1] is None, "something older was changed"
