"""Block Kit's rules: what passes, what does not, and how it is named."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.blockkit import as_kept, check_blocks, check_view, tables_problem, too_long
from bot.playground.slack.blockkit.blocks import _KINDS

Json = dict[str, Any]


def plain(text: str, **extra: Any) -> Json:
    return {"type": "plain_text", "text": text, **extra}


def mrkdwn(text: str, **extra: Any) -> Json:
    return {"type": "mrkdwn", "text": text, **extra}


def section(**extra: Any) -> Json:
    return {"type": "section", "text": mrkdwn("x"), **extra}


def button(**extra: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **extra}


def actions(*elements: Json, **extra: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **extra}


def options(count: int) -> list[Json]:
    return [{"text": plain(f"o{n}"), "value": f"v{n}"} for n in range(count)]


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int, columns: int, **extra: Any) -> Json:
    return {"type": "table", "rows": [[cell() for _ in range(columns)] for _ in range(rows)], **extra}


def field(element: Json, **extra: Any) -> Json:
    return {"type": "input", "label": plain("L"), "element": element, **extra}


def modal(*blocks: Json, **extra: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": list(blocks), **extra}


def image(**extra: Any) -> Json:
    return {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "i", **extra}


CONFIRM = {"title": plain("T"), "text": mrkdwn("x"), "confirm": plain("Y"), "deny": plain("N")}
TASK = {
    "type": "task_card",
    "task_id": "t",
    "title": "T",
    "status": "complete",
    "details": rich({"type": "text", "text": "d"}),
}
SELECT = {"type": "static_select", "options": options(1)}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        {"type": "header", "text": plain("x" * 150, emoji=False)},
        section(text=mrkdwn("x" * 3000, verbatim=True), accessory=button(value="v" * 2000, url="https://a.example")),
        {"type": "section", "fields": [plain("x" * 2000)] * 10},
        {"type": "context", "elements": [mrkdwn("x"), image()] * 5},
        actions(*(button(action_id=f"a{n}", confirm=CONFIRM, style="danger") for n in range(25))),
        actions({**SELECT, "initial_option": options(1)[0]}, {"type": "overflow", "options": options(5)}),
        actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": options(100)}]}),
        actions({"type": "checkboxes", "options": [{"text": mrkdwn("*o*"), "value": "v", "description": mrkdwn("d")}]}),
        actions({"type": "datepicker", "initial_date": "2026-11-24"}, {"type": "timepicker", "initial_time": "23:59"}),
        actions({"type": "conversations_select", "filter": {"include": ["public"]}, "focus_on_load": True}),
        field({"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 3000}, optional=True),
        field({"type": "number_input", "is_decimal_allowed": False, "min_value": "-1", "max_value": "2.5"}),
        image(title=plain("t")),
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "i"},
        {"type": "markdown", "text": "x" * 12_000},
        table(100, 20, column_settings=[{"align": "right", "is_wrapped": True}, None]),
        {
            "type": "data_table",
            "caption": "c",
            "rows": [[cell()], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
        },
        {"type": "plan", "title": "P", "tasks": [TASK]},
        {**TASK, "sources": [{"type": "url", "url": "https://a.example", "text": "a"}]},
        {"type": "card", "title": mrkdwn("t"), "actions": [button()]},
        {"type": "carousel", "elements": [{"type": "card", "body": plain("b")}] * 10},
        {"type": "container", "title": plain("t"), "child_blocks": [section(), {"type": "divider"}], "width": "wide"},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "positive_button": {"text": plain("+"), "value": "1"},
                    "negative_button": {"text": plain("-"), "value": "0"},
                },
                {"type": "icon_button", "icon": "trash", "text": plain("Delete")},
            ],
        },
        {"type": "file", "external_id": "e", "source": "remote"},
        {
            "type": "video",
            "alt_text": "a",
            "title": plain("t"),
            "thumbnail_url": "https://a.example/t.png",
            "video_url": "https://a.example/v",
        },
        rich(
            {"type": "text", "text": "x", "style": {"bold": True, "code": True}},
            {"type": "link", "url": "https://a.example", "text": "a"},
            {"type": "user", "user_id": "U1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "emoji", "name": "tada"},
            {"type": "broadcast", "range": "here"},
            {"type": "date", "timestamp": 1_700_000_000, "format": "{date_short}", "fallback": "then"},
        ),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "indent": 1,
                    "elements": rich(cell("x") | {"type": "text"})["elements"],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}], "border": 1},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}], "language": "sql"},
            ],
        },
    ],
    ids=lambda block: block["type"],
)
def test_what_a_message_may_hold(block: Json) -> None:
    assert check_blocks([block]) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "headline"}, "unsupported type: headline @/0/type"),
        ({"text": "x"}, "missing required field: type @/0"),
        ("x", "must provide an object @/0"),
        ({"type": "divider", "colour": 1}, "invalid additional property: colour @/0"),
        ({"type": "header"}, "missing required field: text @/0"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters @/0/text/text"),
        ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn @/0/text/type"),
        (section(text=mrkdwn("")), "must be more than 0 characters @/0/text/text"),
        (section(text=mrkdwn("x" * 3001)), "must be less than 3001 characters @/0/text/text"),
        (section(text=mrkdwn("x", emoji=True)), "invalid additional property: emoji @/0/text"),
        (section(text=plain("x", verbatim=True)), "invalid additional property: verbatim @/0/text"),
        (section(fields=[mrkdwn("x")] * 11), "no more than 10 items allowed @/0/fields"),
        (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001 characters @/0/fields/0/text"),
        ({"type": "section"}, "at least one of these fields is required: text, fields @/0"),
        (section(block_id="x" * 256), "must be less than 256 characters @/0/block_id"),
        (section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input @/0/accessory/type"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10 items allowed @/0/elements"),
        (actions(), "no fewer than 1 items allowed @/0/elements"),
        (actions(*[button()] * 26), "no more than 25 items allowed @/0/elements"),
        (actions(button(text=plain("x" * 76))), "must be less than 76 characters @/0/elements/0/text/text"),
        (actions(button(value="x" * 2001)), "must be less than 2001 characters @/0/elements/0/value"),
        (actions(button(url="x" * 3001)), "must be less than 3001 characters @/0/elements/0/url"),
        (actions(button(style="loud")), "must be a valid enum value @/0/elements/0/style"),
        (actions(button(action_id="x" * 256)), "must be less than 256 characters @/0/elements/0/action_id"),
        (
            actions(button(confirm={**CONFIRM, "text": mrkdwn("x" * 301)})),
            "must be less than 301 characters @/0/elements/0/confirm/text/text",
        ),
        (
            actions(button(action_id="a"), button(action_id="a")),
            "`action_id` already exists: a @/0/elements/1/action_id",
        ),
        (actions({"type": "overflow", "options": options(1)}), "no fewer than 2 items allowed @/0/elements/0/options"),
        (actions({"type": "overflow", "options": options(6)}), "no more than 5 items allowed @/0/elements/0/options"),
        (actions({"type": "radio_buttons", "options": options(11)}), "no more than 10 items allowed @/0/elements/0/options"),
        (actions({**SELECT, "options": options(101)}), "no more than 100 items allowed @/0/elements/0/options"),
        (
            actions({**SELECT, "options": [{"text": plain("x" * 76), "value": "v"}]}),
            "must be less than 76 characters @/0/elements/0/options/0/text/text",
        ),
        (
            actions({**SELECT, "options": [{"text": plain("x"), "value": "v" * 151}]}),
            "must be less than 151 characters @/0/elements/0/options/0/value",
        ),
        (
            actions({**SELECT, "options": [{"text": mrkdwn("x"), "value": "v"}]}),
            "unsupported type: mrkdwn @/0/elements/0/options/0/text/type",
        ),
        (
            actions({**SELECT, "initial_option": options(2)[1]}),
            "initial option is not one of the options @/0/elements/0",
        ),
        (actions({"type": "datepicker", "initial_date": "24.11.2026"}), "must match the pattern"),
        (table(101, 1), "no more than 100 items allowed @/0/rows"),
        (table(1, 21), "no more than 20 items allowed @/0/rows/0"),
        ({"type": "table", "rows": [[cell("")]]}, "must be more than 0 characters @/0/rows/0/0/text"),
        ({"type": "table", "rows": [[cell("x" * 10_001)]]}, "all table cells must be less than 10001 characters @"),
        ({"type": "data_table", "caption": "c", "rows": [[cell()]]}, "no fewer than 2 items allowed @/0/rows"),
        (
            {"type": "data_table", "caption": "c", "rows": [[cell()], [cell(), cell()]]},
            "all rows must have the same number of cells @/0/rows/1",
        ),
        (
            {"type": "data_table", "caption": "c", "rows": [[rich()], [cell()]]},
            "unsupported type: rich_text @/0/rows/0/0/type",
        ),
        ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters @/0/text"),
        ({"type": "markdown", "text": "# a\ntext\n" * 26}, "no more than 50 items allowed @"),
        ({"type": "alert", "text": plain("x")}, "unsupported type: alert @/0/type"),
        (rich({"type": "text", "text": ""}), "must be more than 0 characters @/0/elements/0/elements/0/text"),
        (rich({"type": "text", "text": "x", "style": {"loud": True}}), "invalid additional property: loud"),
        (rich({"type": "date", "timestamp": "now", "format": "x"}), "must provide an integer"),
        ({"type": "image", "alt_text": "x"}, "exactly one of these fields is required: image_url, slack_file @/0"),
        ({"type": "container", "title": plain("t"), "child_blocks": [{"type": "container"}]}, "unsupported type: container"),
        ({"type": "plan", "title": "P", "tasks": [{**TASK, "status": "late"}]}, "must be a valid enum value @/0/tasks/0/status"),
        (
            field({"type": "number_input", "is_decimal_allowed": True, "min_value": "3", "max_value": "2"}),
            "less than or equal to max_value",
        ),
        (field({"type": "plain_text_input", "min_length": 3, "max_length": 2}), "less than or equal to max_length"),
    ],
)  # fmt: skip
def test_what_slack_refuses_and_where(block: Any, problem: str) -> None:
    sentence, at, pointer = problem.partition(" @")
    expected = f"{sentence} [json-pointer:/blocks{pointer}]" if at else sentence
    assert expected in "\n".join(map(str, check_blocks([block])))


def test_ids_are_unique_in_a_message() -> None:
    twice = [section(block_id="b"), section(block_id="b")]
    assert [p.pointer for p in check_blocks(twice)] == ["/blocks/1/block_id"]
    across = [actions(button(action_id="a")), section(accessory=button(action_id="a"))]
    assert [p.pointer for p in check_blocks(across)] == ["/blocks/1/accessory/action_id"]
    assert check_blocks(across, "modal") == []
    assert [p.pointer for p in check_view(modal(actions(*[button(action_id="a")] * 2)))] == [
        "/view/blocks/0/elements/1/action_id"
    ]


def test_all_markdown_of_a_message_shares_one_budget() -> None:
    blocks = [{"type": "markdown", "text": "x" * 6_001}] * 2
    assert "all markdown" in str(check_blocks(blocks)[0])


def test_the_budget_of_a_message_counts_json_characters() -> None:
    assert not too_long([section(text=mrkdwn("ü" * 3000))] * 4)
    assert too_long([section(text=mrkdwn("x" * 3000))] * 5)
    assert too_long([section(text=mrkdwn('"' * 3000))] * 3)


def test_one_table_in_a_message() -> None:
    assert tables_problem([table(1, 1)]) is None
    boxed = {"type": "container", "title": plain("t"), "child_blocks": [table(1, 1)]}
    assert tables_problem([table(1, 1), boxed]) == "only_one_table_allowed"


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ([], "must provide an object [json-pointer:/view]"),
        ({"type": "dialog"}, "unsupported type: dialog [json-pointer:/view/type]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(table(1, 1)), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        (modal(size="big"), "invalid additional property: size [json-pointer:/view]"),
        (
            {"type": "modal", "title": plain("T"), "blocks": [field({"type": "plain_text_input"})]},
            "missing required field: submit [json-pointer:/view]",
        ),
        ({"type": "home", "blocks": [], "title": plain("T")}, "invalid additional property: title [json-pointer:/view]"),
        ({"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}, "unsupported type: alert"),
    ],
)  # fmt: skip
def test_what_a_view_may_not_hold(view: Any, problem: str) -> None:
    assert problem in "\n".join(map(str, check_view(view)))


def test_what_a_view_may_hold() -> None:
    inputs = [
        field({"type": "plain_text_input", "action_id": "a", "initial_value": ""}),
        field({"type": "file_input", "filetypes": ["log"], "max_files": 10}),
        field({"type": "conversations_select", "response_url_enabled": True}, hint=plain("h"), dispatch_action=True),
        field({"type": "rich_text_input", "initial_value": rich()}),
        field({"type": "url_text_input", "placeholder": plain("p")}),
        {"type": "alert", "text": mrkdwn("x"), "level": "warning"},
    ]
    assert check_view(modal(*inputs, close=plain("C"), notify_on_close=True, clear_on_close=True)) == []
    assert check_view({"type": "home", "blocks": [table(1, 1), section()], "callback_id": "h"}) == []


WORDS = [
    "type",
    "text",
    "elements",
    "element",
    "accessory",
    "rows",
    "fields",
    "child_blocks",
    "tasks",
    "options",
    "option_groups",
    "initial_option",
    "value",
    "actions",
    "blocks",
    "view",
    "modal",
    "home",
    "section",
    "table",
    "container",
    "rich_text",
    "input",
    "markdown",
    "card",
    "plain_text",
    "mrkdwn",
    "static_select",
    "number_input",
    "min_value",
    "max_value",
    "data_table",
    "overflow",
    "block_id",
    "action_id",
]
SCALARS = st.none() | st.booleans() | st.integers(-1, 5) | st.sampled_from(WORDS) | st.text(max_size=3)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=30,
)


@given(JSON, st.sampled_from(sorted(_KINDS)), st.sampled_from(WORDS))
@settings(max_examples=150, deadline=None)
def test_no_json_makes_the_validator_stumble(value: Any, kind: str, key: str) -> None:
    for blocks in (value, [value], [{"type": kind, key: value}], [{"type": kind, key: [value]}]):
        check_blocks(blocks)
        tables_problem(blocks)
        check_view({"type": "modal", "title": plain("T"), "blocks": blocks})
    check_view(value)


def test_kept_blocks_have_ids_and_defaults() -> None:
    sent = [section(accessory=button())]
    [kept] = as_kept(sent)
    assert len(kept["block_id"]) == 5
    assert kept["accessory"]["action_id"]
    assert kept["text"] == mrkdwn("x", verbatim=False)
    assert kept["accessory"]["text"] == plain("Go", emoji=True)
    assert sent == [section(accessory=button())]
    assert check_blocks([kept]) == []
