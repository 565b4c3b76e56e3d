"""Where a message carries an id, the bot finds it; Slack's own ids are none of it."""

from typing import Any

import pytest

from bot.domain.run.uris import find_references
from bot.slack.incoming import message_text

RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
OWN = "0e8400e2-9b1d-41d4-a716-446655440000"


@pytest.mark.parametrize(
    "message",
    [
        {"text": f"run {RUN}"},
        {"attachments": [{"fields": [{"title": "Run", "value": RUN, "short": True}]}]},
        {"attachments": [{"title": f"Run {RUN} failed"}]},
        {"attachments": [{"title_link": f"https://runs.example.com/runs/{RUN}"}]},
        {"attachments": [{"pretext": f"agent failed: {RUN}"}]},
        {"attachments": [{"fallback": f"[FIRING] {RUN}"}]},
        {"attachments": [{"footer": RUN}]},
        {"attachments": [{"actions": [{"type": "button", "url": f"https://runs.example.com/{RUN}"}]}]},
        {"attachments": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": RUN}}]}]},
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "url": f"https://x.example/runs/{RUN}"}]}]},
        {
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "link", "url": f"https://x.example/{RUN}", "text": "the run"}],
                        }
                    ],
                }
            ]
        },
        {"files": [{"title": "log.txt", "preview": f"run_id={RUN}\n"}]},
        {"files": [{"name": f"run-{RUN}.json"}]},
    ],
)
def test_an_id_is_found_wherever_alerts_carry_it(message: dict[str, Any]) -> None:
    assert find_references(message_text(message)) == [RUN]


def test_slacks_own_ids_are_not_taken_for_runs() -> None:
    message = {
        "client_msg_id": OWN,
        "text": "nothing here",
        "blocks": [{"type": "section", "block_id": OWN, "text": {"type": "plain_text", "text": "hello"}}],
        "attachments": [{"callback_id": OWN, "text": "hello"}],
    }
    assert find_references(message_text(message)) == []


def test_a_message_of_any_size_is_bounded_and_any_depth_is_read() -> None:
    deep: Any = RUN
    for _ in range(5_000):
        deep = [deep]
    assert RUN in message_text({"text": "", "blocks": deep})
    assert len(message_text({"text": "x" * 10**6})) == 40_000
