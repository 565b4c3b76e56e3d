"""What is the bot's own doing is passed over; what becomes of its messages is not."""

from typing import Any

import pytest

from handlers.own_messages import is_own

OWN = "B0OWN"
MESSAGE = {"type": "message", "bot_id": OWN, "ts": "1.2"}


@pytest.mark.parametrize(
    ("event", "own"),
    [
        (MESSAGE, True),
        (MESSAGE | {"subtype": "thread_broadcast"}, True),
        ({"type": "message", "subtype": "message_changed", "message": MESSAGE, "previous_message": MESSAGE}, True),
        ({"type": "message", "subtype": "message_deleted", "previous_message": MESSAGE}, False),
        ({"type": "message", "subtype": "message_changed", "message": {**MESSAGE, "subtype": "tombstone"}}, False),
        (MESSAGE | {"bot_id": "B0ALERTS"}, False),
        ({"type": "message", "user": "U1"}, False),
        ({"type": "reaction_added", "bot_id": OWN}, False),
        ({}, False),
    ],
)
def test_only_posts_and_edits_of_its_own_are_passed_over(event: dict[str, Any], own: bool) -> None:
    assert is_own(event, OWN) is own
