"""How often a failure was seen: as many times as is known, and no more certain than that."""

from datetime import UTC, datetime

import pytest

from bot.blocks.similar import how_often, similar_message
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
