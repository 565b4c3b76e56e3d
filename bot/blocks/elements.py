"""Block Kit pieces in this product's terms, over slack_sdk's models (which check Slack's lengths).

Text from outside belongs into `plain`, `code`, `pre` or `quote`, which Slack shows literally; into `mrkdwn` only through
`code_span`, `code_text`, `literal`, `who` and `web_link`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    RichTextBlock,
    SectionBlock,
    StaticSelectElement,
    TableBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.blocks.as_json import as_json
from bot.blocks.text import code_span, cut, escape, outside, utc
from bot.domain.incident.state import BOT

# A piece of rich text, as Slack's JSON. slack_sdk's models for these check nothing, and take most of a message's time.
RichText = dict[str, Any]
BLOCK_TEXT = 2_800  # characters of preformatted text in one block

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_WEB = re.compile(r"https?://[^\s<>|`]+")
# mrkdwn knows no escape for what formats, so that it becomes what looks like it. An underscore inside a word formats nothing.
_FORMATTING = str.maketrans({"*": "∗", "`": "’", "~": "∼"})
_ITALICS = re.compile(r"(?<!\w)_|_(?!\w)")


def plain(text: str) -> RichText:
    """Return literal text."""
    return {"type": "text", "text": text}


def bold(text: str) -> RichText:
    """Return literal text in bold."""
    return {"type": "text", "text": text, "style": {"bold": True}}


def italic(text: str) -> RichText:
    """Return literal text in italics."""
    return {"type": "text", "text": text, "style": {"italic": True}}


def code(text: str, *, strong: bool = False) -> RichText:
    """Return literal text in a monospace span."""
    return {"type": "text", "text": text, "style": {"code": True, "bold": True} if strong else {"code": True}}


def moment(time: datetime) -> RichText:
    """Return a time in the reader's own zone."""
    if time.timestamp() < 0:  # Slack's dates begin in 1970
        return plain(utc(time))
    return {
        "type": "date",
        "timestamp": int(time.timestamp()),
        "format": "{date_short_pretty} {time_secs}",
        "fallback": utc(time),
    }


def line(*parts: RichText) -> RichText:
    """Return one paragraph of rich text; empty texts, which Slack refuses, are left out."""
    return {"type": "rich_text_section", "elements": [part for part in parts if part.get("text") != ""]}


def pre(text: str) -> RichText:
    """Return a preformatted, literal text."""
    return {"type": "rich_text_preformatted", "elements": [plain(text)]}


def quote(*parts: RichText) -> RichText:
    return {"type": "rich_text_quote", "elements": list(parts)}


def bullets(items: Iterable[Sequence[RichText]]) -> RichText:
    """Return a bullet list; each item is a sequence of parts."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [line(*item) for item in items]}


def rich(*elements: RichText) -> Block:
    """Return a block of rich text."""
    block = RichTextBlock(elements=[])
    block.elements = list(elements)  # type: ignore[arg-type]  # given to its constructor, they would become models
    return block


def header(text: str) -> Block:
    """Return a header; 150 characters at most."""
    # Plain text, too, is read for `:names:` unless it is told not to: a tool's name may hold one.
    return HeaderBlock(text=PlainTextObject(text=cut(text, 150), emoji=False))


def mrkdwn(text: str, accessory: InteractiveElement | None = None) -> Block:
    """Return a section of our own mrkdwn, with a button at its right; 3,000 characters at most."""
    # Verbatim: else Slack makes links of addresses and mentions of names that it finds in the text.
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True), accessory=accessory)


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Return up to 10 labelled values in two columns; values are our own mrkdwn or `code_span`."""
    return SectionBlock(
        fields=[MarkdownTextObject(text=f"*{label}*\n{value}", verbatim=True) for label, value in list(pairs)[:10]]
    )


def context(*texts: str) -> Block:
    """Return small literal print; up to 10 texts."""
    return ContextBlock(elements=[PlainTextObject(text=cut(text, 1_900), emoji=False) for text in texts[:10]])


def small(text: str) -> Block:
    """Return a line of our own mrkdwn in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def image(file: str, alt: str, title: str) -> Block:
    """Return one of the bot's own uploaded pictures, by the file's id."""
    words = PlainTextObject(text=cut(title, 150), emoji=False)
    return ImageBlock(slack_file=SlackFile(id=file), alt_text=cut(alt, 2_000), title=words)


def overflow(action_id: str, choices: Mapping[str, str]) -> OverflowMenuElement:
    """Return a menu behind three dots: value (150 characters) → words; 2 to 5 of them."""
    return OverflowMenuElement(action_id=action_id, options=[_option(value, words) for value, words in choices.items()])


def text_with_button(text: str, button: ButtonElement) -> Block:
    """Return a literal line with a button at its right."""
    return SectionBlock(text=PlainTextObject(text=cut(text, 2_900), emoji=False), accessory=button)


def button(label: str, action_id: str, value: str, *, style: str | None = None) -> ButtonElement:
    """Return a button; the label is cut to Slack's 75 characters and shows no emoji."""
    return ButtonElement(
        text=PlainTextObject(text=cut(label, 75), emoji=False), action_id=action_id, value=value, style=style
    )


def link_button(label: str, action_id: str, url: str) -> ButtonElement:
    """Return a button that opens one of Slack's own addresses."""
    return ButtonElement(text=PlainTextObject(text=cut(label, 75), emoji=False), action_id=action_id, url=url)


def select(
    action_id: str, placeholder: str, choices: Mapping[str, str], initial: str | None = None
) -> StaticSelectElement:
    """Return a menu of choices (value → words; 1 to 100 of them), with one chosen from the start where it is among them."""
    options = {value: _option(value, words) for value, words in choices.items()}
    return StaticSelectElement(
        action_id=action_id,
        placeholder=PlainTextObject(text=placeholder, emoji=False),
        options=list(options.values()),
        initial_option=options.get(initial) if initial is not None else None,
    )


def _option(value: str, words: str) -> Option:
    return Option(value=value, text=PlainTextObject(text=cut(words, 75), emoji=False))


def actions(*buttons: InteractiveElement, block_id: str | None = None) -> Block:
    """Return a row of buttons and menus; 25 at most."""
    return ActionsBlock(elements=list(buttons), block_id=block_id)


def divider() -> Block:
    return DividerBlock()


def table(head: Sequence[str], rows: Iterable[Sequence[Sequence[RichText]]]) -> Block:
    """Return a table with wrapped columns: our own words above it, rich text in its cells. A message takes one table."""
    titles = [{"type": "raw_text", "text": title} for title in head]
    cells = [[as_json(rich(line(*parts))) for parts in row] for row in rows]
    return TableBlock(rows=[titles, *cells], column_settings=[{"is_wrapped": True} for _ in head])


def who(actor: str) -> str:
    """Return a person as a mention for mrkdwn, or the bot in words; anything but a Slack user id is shown as it is."""
    if actor == BOT:
        return "the bot"
    return f"<@{actor}>" if is_user(actor) else code_text(actor, 40)


def person(user: str) -> RichText:
    """Return a person as a mention for rich text; anything but a Slack user id is shown as it is."""
    return {"type": "user", "user_id": user} if is_user(user) else code(outside(user, 40, one_line=True))


def actor(user: str) -> RichText:
    """Return who did something, for rich text: a person, the bot itself, or an app ("")."""
    if user == BOT:
        return plain("the bot")
    return person(user) if user else plain("an app")


def is_user(text: str) -> bool:
    """Tell whether a text has the form of a Slack user id."""
    return bool(_USER.fullmatch(text))


def channel_link(channel: str) -> str:
    """Return a channel as a link for mrkdwn."""
    return f"<#{channel}>" if _CHANNEL.fullmatch(channel) else code_text(channel, 40)


def is_web_link(text: str, limit: int) -> bool:
    """Tell whether a text may be shown as a link: http(s), whole, without secrets, and reading as what it leads to."""
    escaped = text.replace("&", "&amp;")  # all that may be escaped in a link: the rest ends it, or shows an emoji
    as_it_is = outside(text, limit, one_line=True) == text and escape(text) == escaped
    return bool(_WEB.fullmatch(text)) and as_it_is and len(escaped) <= limit


def web_link(text: str, limit: int) -> str:
    """Return a link for mrkdwn that shows its own address, or the text as code where it is no link."""
    return f"<{escape(text)}|{escape(text)}>" if is_web_link(text, limit) else code_text(text, limit)


def web_link_part(text: str, limit: int) -> RichText:
    """Return a link for rich text that shows its own address, or the text as code where it is no link."""
    return {"type": "link", "url": text} if is_web_link(text, limit) else code(outside(text, limit, one_line=True))


def permalink(url: str, words: str) -> RichText:
    """Return a link to one of Slack's own addresses that shows our words."""
    return {"type": "link", "url": url, "text": words}


def code_text(text: str, limit: int) -> str:
    """Return outside text as one literal line for mrkdwn, in a code span, cut to `limit` characters before escaping."""
    return code_span(outside(text, limit, one_line=True))


def literal(text: str, limit: int) -> str:
    """Return outside text as one line for mrkdwn, without code's frame: what would format it becomes look-alikes."""
    shown = escape(outside(text, limit, one_line=True)).translate(_FORMATTING)
    return _ITALICS.sub("ˍ", shown)


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
    return [as_json(block) for block in blocks]
