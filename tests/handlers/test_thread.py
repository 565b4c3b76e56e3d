"""What of a thread counts as something that people wrote or changed."""

from typing import Any

import pytest

from handlers.thread import _heard

WROTE = {"user": "U1", "ts": "2.0", "thread_ts": "1.0", "text": "see https://x.example/runs"}
PREVIEW = [{"title": "The run", "from_url": "https://x.example/runs"}]


def changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "subtype": "message_changed", "message": now, "previous_message": before, "ts": "3.0"}


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (WROTE, ("1.0", False)),
        (changed({**WROTE, "text": "never mind"}, WROTE), ("1.0", True)),
        (changed({**WROTE, "subtype": "tombstone"}, WROTE), ("1.0", True)),
        (changed({**WROTE, "files": []}, {**WROTE, "files": [{"id": "F1"}]}), ("1.0", True)),
        (changed({**WROTE, "attachments": PREVIEW}, WROTE), None),
        (changed(WROTE, {**WROTE, "attachments": PREVIEW}), None),
        ({"subtype": "message_deleted", "previous_message": WROTE, "ts": "3.0"}, ("1.0", True)),
        ({**WROTE, "bot_id": "B1"}, None),
    ],
)
def test_the_preview_of_a_link_is_no_change(event: dict[str, Any], heard: tuple[str, bool] | None) -> None:
    assert _heard(event) == heard
