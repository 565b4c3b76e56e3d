"""Typed text: escapes, mentions, links."""

import pytest

from bot.playground.slack import INCIDENTS, MAYA, default_world
from bot.playground.slack.compose import as_rich_text, as_text, tokens

WORLD = default_world()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@maya see #incidents", f"<@{MAYA}> see <#{INCIDENTS}|>"),
        (f"<@{MAYA}> and <@{MAYA}|maya>", f"<@{MAYA}> and <@{MAYA}>"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("<!channel> @here", "&lt;!channel&gt; <!here>"),
        ("see https://a.example/x?a=1&b=2.", "see <https://a.example/x?a=1&amp;b=2>."),
        ("(https://a.example/(b))", "(<https://a.example/(b)>)"),
        ("<https://a.example|label>", "<https://a.example>"),
        ("https://a.example/#incidents, @maya", f"<https://a.example/#incidents>, <@{MAYA}>"),
        ("mail me@a.example", "mail <mailto:me@a.example|me@a.example>"),
        ("scheme://tenant/scope/run/1", "scheme://tenant/scope/run/1"),
        ("`code` *bold*", "`code` *bold*"),
    ],
)
def test_what_slack_makes_of_typed_text(typed: str, sent: str) -> None:
    assert as_text(tokens(typed, WORLD)) == sent


def test_commands_get_names_with_their_mentions() -> None:
    assert as_text(tokens("@maya #incidents", WORLD), named=True) == f"<@{MAYA}|maya> <#{INCIDENTS}|incidents>"


def test_the_rich_text_has_the_same_pieces() -> None:
    block = as_rich_text(tokens("hi @maya: https://a.example @here me@a.example #incidents", WORLD), "b")
    parts = block["elements"][0]["elements"]
    assert [part["type"] for part in parts if part["type"] != "text"] == [
        "user",
        "link",
        "broadcast",
        "link",
        "channel",
    ]
    assert parts[0] == {"type": "text", "text": "hi "}
