"""Every kind of block that a message may hold, with the words a test looks for, and one message for each."""

from typing import Any

Json = dict[str, Any]

STYLED = "*bold* _it_ ~no~ `code` <https://git.example.com|link>\n> quoted"
LONG = "s3://support-agent-evidence/" + "60218-refund-exchange-" * 12 + ".har"


def plain(text: str, **extra: Any) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text, **extra}


def mrkdwn(text: str) -> Json:
    """Return a text object with markup."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **extra: Any) -> Json:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(text), **extra}


def button(text: str, action_id: str, **extra: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": action_id, **extra}


def rich(*texts: str) -> Json:
    """Return rich text of one line."""
    parts = [{"type": "text", "text": text} for text in texts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def cell(text: str) -> Json:
    """Return a table's cell."""
    return {"type": "raw_text", "text": text}


def number(value: float) -> Json:
    """Return a data table's number."""
    return {"type": "raw_number", "value": value, "text": f"{value:g}"}


CARD = {
    "type": "card",
    "title": mrkdwn("Refund *60218*"),
    "subtitle": plain("support · default"),
    "body": mrkdwn("payments answered `409` <https://git.example.com/pull/4|pull 4>"),
    "actions": [button("Look at it", "card_look", style="primary"), button("Not mine", "card_not_mine")],
}
CARDS = [{**CARD, "actions": [button(f"Card {index}", f"c{index}")]} for index in range(4)]
TASK = {
    "type": "task_card",
    "task_id": "t1",
    "title": "Ask payments",
    "status": "error",
    "details": rich("charge already refunded"),
    "output": rich("http status 409"),
    "sources": [{"type": "url", "url": "https://git.example.com/pull/4", "text": "pull 4"}],
}
MARKDOWN = """# What happened

The refund **failed** at *step 2*, ~~not~~ at `step 1`:

1. find the charge
2. refund it
   - twice, [as logged](https://git.example.com/log)

- [x] found
- [ ] mended

> Charge was already refunded.

```json
{"http_status": 409}
```

| step | tool | ms |
| :--- | :---: | ---: |
| 1 | orders.find | 12 |
| 2 | payments.**refund** | 340 |

---

A literal \\*star\\* and 2 * 3 * 4 and snake_case_name.
"""


def container(**extra: Any) -> Json:
    """Return a container with a section, a table and buttons in it."""
    return {
        "type": "container",
        "title": plain("Analysis"),
        "subtitle": mrkdwn("2 steps, *1* failed"),
        "child_blocks": [
            section("charge ch_7F32 was refunded twice"),
            {"type": "divider"},
            {"type": "actions", "elements": [button("Details", "inner_details")]},
        ],
        **extra,
    }


def table(columns: int, text: str, **extra: Any) -> Json:
    """Return a table of three rows."""
    head = [cell(f"Column {index}") for index in range(columns)]
    return {"type": "table", "rows": [head, *([cell(text) for _ in head] for _ in range(2))], **extra}


def data_table(rows: int) -> Json:
    """Return a table of numbered rows that pages by four."""
    head = [cell("Run"), cell("Took, ms"), cell("Error")]
    body = [[cell(f"run {index}"), number(1000 - index), cell("deadlock detected")] for index in range(rows)]
    return {"type": "data_table", "caption": "Reruns", "page_size": 4, "rows": [head, *body]}


def picture(file_id: str) -> Json:
    """Return an image block that shows a file of the bot's own."""
    alt = "Two steps, the second failed"
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt, "title": plain("Timeline")}


VIDEO = {
    "type": "video",
    "alt_text": "A recording",
    "title": plain("The recording"),
    "description": plain("of the failing run"),
    "author_name": "Maya",
    "provider_name": "Tube",
    "title_url": "https://tube.example/watch",
    "thumbnail_url": "https://tube.example/thumb.png",
    "video_url": "https://tube.example/embed",
}
MESSAGES: dict[str, list[Json]] = {
    "header": [{"type": "header", "text": plain("FAILED at step 2 :red_circle:")}],
    "section": [section(STYLED, fields=[mrkdwn("one"), mrkdwn("two")])],
    "unbroken": [
        section(LONG),
        section(f"`{LONG}`"),
        section(f"```{LONG}```"),
        {"type": "context", "elements": [mrkdwn(LONG)]},
    ],
    "buttons": [
        {"type": "actions", "elements": [button(f"Button number {index}", f"b{index}") for index in range(9)]},
        {"type": "actions", "elements": [button("An unusually long label that somebody wrote on one button", "long")]},
    ],
    "accessory": [
        section(
            "Who owns it?",
            accessory={"type": "users_select", "action_id": "owner", "placeholder": plain("Choose an owner")},
        )
    ],
    "table": [table(6, "payments.create_refund")],
    "wrapped table": [table(3, LONG, column_settings=[{"is_wrapped": True}, None, {"align": "right"}])],
    "data_table": [data_table(9)],
    "container": [container()],
    "folded container": [container(is_collapsible=True, default_collapsed=True, title=plain("Folded analysis"))],
    "card": [CARD],
    "carousel": [{"type": "carousel", "elements": CARDS}],
    "task_card": [TASK],
    "plan": [
        {
            "type": "plan",
            "title": "Refund the order",
            "tasks": [TASK | {"status": "complete"}, TASK | {"task_id": "t2"}],
        }
    ],
    "markdown": [{"type": "markdown", "text": MARKDOWN}],
    "video": [VIDEO],
    "file": [{"type": "file", "external_id": "report-7", "source": "remote"}],
    "feedback": [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": plain("Good"), "value": "1"},
                    "negative_button": {"text": plain("Bad"), "value": "0"},
                },
                {"type": "icon_button", "icon": "trash", "action_id": "trash", "text": plain("Delete")},
            ],
        }
    ],
}

ALERTS: Json = {
    "type": "modal",
    "title": plain("Alerts"),
    "blocks": [
        {"type": "alert", "text": mrkdwn(f"an *{level}*"), "level": level}
        for level in ("info", "warning", "error", "success")
    ],
}


def field(index: int, **extra: Any) -> Json:
    """Return a text input with its own block id, `field-<index>`."""
    element = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    hint = plain("What you would tell a colleague.")
    label = plain(f"Field {index}")
    return {"type": "input", "block_id": f"field-{index}", "label": label, "hint": hint, "element": element, **extra}


FORM: Json = {
    "type": "modal",
    "title": plain("Long form"),
    "submit": plain("Save"),
    "blocks": [field(index, optional=index not in (1, 8)) for index in range(10)],
}


NOTE: Json = {
    "type": "modal",
    "title": plain("Note"),
    "submit": plain("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": plain("What happened"),
            "element": {"type": "rich_text_input", "action_id": "text"},
        }
    ],
}
