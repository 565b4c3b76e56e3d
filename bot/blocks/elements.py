"""Block Kit pieces in this product's terms, over slack_sdk's models (which check Slack's lengths).

Text from outside belongs into `plain`, `code`, `pre` or `quote`, which Slack shows literally; never into `mrkdwn`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RawTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    TableBlock,
    TableBlockColumnSettings,
)

from bot.blocks.text import cut, utc

Parts = RichTextElementParts
BLOCK_TEXT = 2_800  # characters of preformatted text in one block


def plain(text: str) -> RichTextElement:
    """Return literal text."""
    return Parts.Text(text=text)


def bold(text: str) -> RichTextElement:
    """Return literal text in bold."""
    return Parts.Text(text=text, style=Parts.TextStyle(bold=True))


def italic(text: str) -> RichTextElement:
    """Return literal text in italics."""
    return Parts.Text(text=text, style=Parts.TextStyle(italic=True))


def code(text: str, *, strong: bool = False) -> RichTextElement:
    """Return literal text in a monospace span."""
    return Parts.Text(text=text, style=Parts.TextStyle(code=True, bold=True if strong else None))


def moment(time: datetime) -> RichTextElement:
    """Return a time in the reader's own zone."""
    if time.timestamp() < 0:  # Slack's dates begin in 1970
        return plain(utc(time))
    return Parts.Date(
        timestamp=int(time.timestamp()),
        format="{date_short_pretty} {time_secs}",
        fallback=utc(time),
    )


def line(*parts: RichTextElement) -> RichTextElement:
    """Return one paragraph of rich text; empty texts, which Slack refuses, are left out."""
    return RichTextSectionElement(elements=[part for part in parts if getattr(part, "text", "x") != ""])


def pre(text: str) -> RichTextElement:
    """Return a preformatted, literal text."""
    return RichTextPreformattedElement(elements=[plain(text)])


def quote(text: str) -> RichTextElement:
    """Return a quoted, literal text."""
    return RichTextQuoteElement(elements=[plain(text)])


def bullets(items: Iterable[Sequence[RichTextElement]]) -> RichTextElement:
    """Return a bullet list; each item is a sequence of parts."""
    return RichTextListElement(style="bullet", elements=[line(*item) for item in items])


def rich(*elements: RichTextElement) -> Block:
    """Return a block of rich text."""
    return RichTextBlock(elements=list(elements))


def header(text: str) -> Block:
    """Return a header; 150 characters at most."""
    return HeaderBlock(text=PlainTextObject(text=cut(text, 150), emoji=False))


def mrkdwn(text: str) -> Block:
    """Return a section of our own mrkdwn; outside text only through `code_span`."""
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Return up to 10 labelled values in two columns; values are our own mrkdwn or `code_span`."""
    return SectionBlock(
        fields=[MarkdownTextObject(text=f"*{label}*\n{value}", verbatim=True) for label, value in list(pairs)[:10]]
    )


def context(*texts: str) -> Block:
    """Return small literal print; up to 10 texts."""
    return ContextBlock(elements=[PlainTextObject(text=cut(text, 1_900), emoji=False) for text in texts[:10]])


def text_with_button(text: str, button: ButtonElement) -> Block:
    """Return a literal line with a button at its right."""
    return SectionBlock(text=PlainTextObject(text=cut(text, 2_900), emoji=False), accessory=button)


def button(label: str, action_id: str, value: str, *, style: str | None = None) -> ButtonElement:
    """Return a button; the label is cut to Slack's 75 characters and shows no emoji."""
    return ButtonElement(
        text=PlainTextObject(text=cut(label, 75), emoji=False), action_id=action_id, value=value, style=style
    )


def actions(*buttons: ButtonElement, block_id: str | None = None) -> Block:
    """Return a row of buttons; 25 at most."""
    return ActionsBlock(elements=list(buttons), block_id=block_id)


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Return a table of literal, wrapped texts, the first row being its head; 100 rows, 20 columns, 10,000 characters at most."""
    wrapped = [TableBlockColumnSettings(is_wrapped=True) for _ in rows[0]]
    return TableBlock(rows=[[RawTextObject(text=cell) for cell in row] for row in rows], column_settings=wrapped)


def divider() -> Block:
    """Return a horizontal line."""
    return DividerBlock()


def preformatted_blocks(lines: Iterable[str]) -> list[Block]:
    """Return lines as preformatted blocks of at most `BLOCK_TEXT` characters, never splitting a line."""
    blocks: list[Block] = []
    current: list[str] = []
    size = 0
    for text in (cut(text, BLOCK_TEXT) for text in lines):
        if current and size + len(text) + 1 > BLOCK_TEXT:
            blocks.append(rich(pre("\n".join(current))))
            current, size = [], 0
        current.append(text)
        size += len(text) + 1
    if current:
        blocks.append(rich(pre("\n".join(current))))
    return blocks


def to_dicts(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return blocks as Slack's JSON; raises slack_sdk's `SlackObjectFormationError` on a broken limit."""
    return [block.to_dict() for block in blocks]
