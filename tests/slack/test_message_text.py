"""Where a message carries an id, the bot finds it; Slack's own ids are none of it."""

from typing import Any

import pytest

from bot.domain.run.ids_in_text import find_named, find_references
from bot.slack.incoming import message_text

RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
OWN = "0e8400e2-9b1d-41d4-a716-446655440000"


def _section(*texts: str) -> dict[str, Any]:
    elements = [{"type": "text", "text": one, "style": {"bold": bool(at % 2)}} for at, one in enumerate(texts)]
    return {"type": "rich_text_section", "elements": elements}


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
        {"blocks": [{"type": "rich_text", "elements": [_section(f"run {RUN[:11]}", RUN[11:20], RUN[20:])]}]},
        {"text": "".join(chr(ord(character) + 0xFEE0) for character in RUN)},
        {"files": [{"title": "log.txt", "preview": f"run_id={RUN}\n"}]},
        {"files": [{"name": f"run-{RUN}.json"}]},
        {"text": RUN.replace("-", "\u2011")},
        {"text": RUN.replace("-", "–")},
        {"text": f"{RUN[:11]}\u00ad{RUN[11:]}\u200b"},
        {"text": f"<https://runs.example.com/projects/{OWN}/runs/{RUN}?step={OWN}|the run>"},
    ],
)
def test_an_id_is_found_wherever_alerts_carry_it(message: dict[str, Any]) -> None:
    assert find_references(message_text(message)) == [RUN]


def test_an_id_without_dashes_counts_where_nothing_better_is_named() -> None:
    assert find_named(f"run {RUN.replace('-', '')}") == [RUN]
    assert find_named(f"trace {OWN.replace('-', '')} run {RUN}") == [RUN]


def test_a_uri_keeps_its_scope_whatever_its_dashes() -> None:
    found = find_references(f"AIONIS://acme/eu–west/COMMIT/{RUN.replace('-', '–')}")
    assert found == [f"AIONIS://acme/eu–west/COMMIT/{RUN}"]


def test_what_stands_apart_is_not_joined_to_an_id() -> None:
    lines = [_section(RUN[:20]), _section(RUN[20:])]
    user = {"type": "rich_text_section", "elements": [_section(RUN[:20]), {"type": "user", "user_id": "U1"}]}
    apart = [*lines, user, _section(RUN[:20] + "\n", RUN[20:])]
    assert find_references(message_text({"blocks": [{"type": "rich_text", "elements": apart}]})) == []


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
