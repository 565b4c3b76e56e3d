"""The `rich_text` block and everything inside it."""

from bot.playground.slack.blockkit.checks import (
    Check,
    array,
    boolean,
    constant,
    integer,
    one_of,
    record,
    string,
    typed,
)
from bot.playground.slack.blockkit.objects import IDENTIFIER

_TEXT_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline", "code"), boolean
    ),
)


def _part(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return record({"type": constant(kind), **required}, optional)


PARTS: dict[str, Check] = {
    "text": _part("text", {"text": string()}, {"style": _TEXT_STYLE}),
    "link": _part("link", {"url": string()}, {"text": string(), "unsafe": boolean, "style": _TEXT_STYLE}),
    "emoji": _part("emoji", {"name": string()}, {"unicode": string(), "skin_tone": integer(1, 6)}),
    "user": _part("user", {"user_id": string()}, {"style": _MENTION_STYLE}),
    "channel": _part("channel", {"channel_id": string()}, {"style": _MENTION_STYLE}),
    "usergroup": _part("usergroup", {"usergroup_id": string()}, {"style": _MENTION_STYLE}),
    "team": _part("team", {"team_id": string()}, {"style": _MENTION_STYLE}),
    "broadcast": _part("broadcast", {"range": one_of("here", "channel", "everyone")}, {"style": _MENTION_STYLE}),
    "color": _part("color", {"value": string()}, {"style": _TEXT_STYLE}),
    "date": _part(
        "date",
        {"timestamp": integer(0), "format": string()},
        {"url": string(), "fallback": string(), "style": _TEXT_STYLE},
    ),
}
_PARTS = array(typed(PARTS))
_CODE_PARTS = array(typed({kind: PARTS[kind] for kind in ("text", "link")}))
_BORDER = integer(0, 1)

SECTION = record({"type": constant("rich_text_section"), "elements": _PARTS})
CONTAINERS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": record(
        {
            "type": constant("rich_text_list"),
            "style": one_of("bullet", "ordered"),
            "elements": array(typed({"rich_text_section": SECTION}), shortest=1),
        },
        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
    ),
    "rich_text_preformatted": record(
        {"type": constant("rich_text_preformatted"), "elements": _CODE_PARTS},
        {"border": _BORDER, "language": string()},
    ),
    "rich_text_quote": record({"type": constant("rich_text_quote"), "elements": _PARTS}, {"border": _BORDER}),
}
RICH_TEXT: Check = record(
    {"type": constant("rich_text"), "elements": array(typed(CONTAINERS), shortest=1)}, {"block_id": IDENTIFIER}
)
