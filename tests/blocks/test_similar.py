"""How often a failure was seen: as many times as is known, and no more certain than that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.similar import how_often, seen_before, similar_message
from bot.domain.recurrence.fingerprint import FailureKind, Ingredients
from bot.domain.recurrence.history import FailureHistory

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
RUN = "4c484afe-3f00-5f31-8a49-a179da9d3c48"


def history(*, whole: bool) -> FailureHistory:
    like = Ingredients("acme", "support", "payments.refund", (), "refused", next(iter(FailureKind)))
    days = {datetime(2026, 11, 12, tzinfo=UTC).date(): 3, NOW.date(): 2}
    first = datetime(2026, 11, 12, 8, tzinfo=UTC)
    return FailureHistory(RUN, like.fingerprint, like, days=days, first_seen=first, last_seen=NOW, whole=whole)


@pytest.mark.parametrize(
    ("whole", "said", "title"),
    [
        (True, "5th time in 30 days · first 12 Nov", "seen 5 times"),
        (False, "at least the 5th time in 30 days", "seen at least 5 times"),
    ],
)
def test_what_is_not_all_counted_yet_is_said_as_at_least(whole: bool, said: str, title: str) -> None:
    known = history(whole=whole)
    assert how_often(known, NOW) == said
    assert title in similar_message(known, links={}, channel="C1", now=NOW).text


@pytest.mark.parametrize(
    ("newer", "whole", "label", "said"),
    [
        (4, True, "Seen again since: ", "1st of 5 times in 30 days · last 0 ms ago"),
        (3, True, "Seen before: ", "2nd of 5 times in 30 days · last 0 ms ago · first 12 Nov"),
        (3, False, "Seen before: ", "one of at least 5 times in 30 days · last 0 ms ago"),
        (None, True, "Seen: ", "5 times in 30 days · last 0 ms ago · first 12 Nov"),
    ],
)
def test_a_run_that_failed_before_others_is_not_the_last_time(
    newer: int | None, whole: bool, label: str, said: str
) -> None:
    others = [f"{number:08}-3f00-4f31-8a49-a179da9d3c48" for number in range(5)]
    if newer is not None:
        others[newer] = RUN
    listed = tuple((run, NOW - timedelta(hours=number)) for number, run in enumerate(others))
    known = replace(history(whole=whole), runs=listed)
    assert how_often(known, NOW) == said
    (block,) = seen_before(known, current=None, links={}, channel="C1", now=NOW)
    assert label in str(block.to_dict())


def test_older_times_are_counted_apart_from_those_of_30_days() -> None:
    old = NOW - timedelta(days=50)
    listed = (("another", NOW), (RUN, old))
    known = replace(history(whole=True), first_seen=old, runs=listed)
    assert how_often(replace(known, days={NOW.date(): 1, old.date(): 2}), NOW) == (
        "2nd of 3 times · 1 of them in 30 days, last 0 ms ago · first 8 Oct"
    )
