"""Second opinion: slack_sdk's models know some of the limits. Where they stop, the validator must stop too."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    CheckboxesElement,
    ConfirmObject,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    DatePickerElement,
    DividerBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    HeaderBlock,
    IconButtonElement,
    ImageBlock,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    PlanBlock,
    RadioButtonsElement,
    RawTextObject,
    RichTextBlock,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
    TableBlock,
    TaskCardBlock,
    UserSelectElement,
    VideoBlock,
)
from slack_sdk.models.blocks.block_elements import RichTextElementParts
from slack_sdk.models.views import View

from bot.playground.slack.blockkit import check_blocks, check_view

Make = Callable[[int], Block]


def options(count: int) -> list[Option]:
    return [Option(text=f"o{n}", value=f"v{n}") for n in range(count)]


def button(**extra: Any) -> ButtonElement:
    return ButtonElement(**({"text": "Go", "action_id": "a"} | extra))


def confirm(**extra: str) -> ConfirmObject:
    return ConfirmObject(**({"title": "T", "text": "x", "confirm": "Y", "deny": "N"} | extra))


def rich(text: str) -> RichTextBlock:
    return RichTextBlock(elements=[RichTextSectionElement(elements=[RichTextElementParts.Text(text=text)])])


LIMITS: dict[str, tuple[Make, int]] = {
    "header": (lambda n: HeaderBlock(text="x" * n), 150),
    "section text": (lambda n: SectionBlock(text="x" * n), 3000),
    "section fields": (lambda n: SectionBlock(fields=["x"] * n), 10),
    "context": (lambda n: ContextBlock(elements=[MarkdownTextObject(text="x")] * n), 10),
    "actions": (lambda n: ActionsBlock(elements=[button(action_id=f"a{i}") for i in range(n)]), 25),
    "markdown": (lambda n: MarkdownBlock(text="x" * n), 12_000),
    "block id": (lambda n: DividerBlock(block_id="b" * n), 255),
    "button text": (lambda n: ActionsBlock(elements=[button(text="x" * n)]), 75),
    "button value": (lambda n: ActionsBlock(elements=[button(value="x" * n)]), 2000),
    "button url": (lambda n: ActionsBlock(elements=[button(url="https://" + "x" * (n - 8))]), 3000),
    "action id": (lambda n: ActionsBlock(elements=[button(action_id="a" * n)]), 255),
    "confirm title": (lambda n: ActionsBlock(elements=[button(confirm=confirm(title="x" * n))]), 100),
    "confirm text": (lambda n: ActionsBlock(elements=[button(confirm=confirm(text="x" * n))]), 300),
    "confirm button": (lambda n: ActionsBlock(elements=[button(confirm=confirm(confirm="x" * n))]), 30),
    "select options": (lambda n: ActionsBlock(elements=[StaticSelectElement(options=options(n))]), 100),
    "option groups": (
        lambda n: ActionsBlock(
            elements=[StaticSelectElement(option_groups=[OptionGroup(label="g", options=options(1))] * n)]
        ),
        100,
    ),
    "option text": (
        lambda n: ActionsBlock(elements=[StaticSelectElement(options=[Option(text="x" * n, value="v")])]),
        75,
    ),
    "option value": (
        lambda n: ActionsBlock(elements=[StaticSelectElement(options=[Option(text="x", value="v" * n)])]),
        150,
    ),
    "overflow": (lambda n: ActionsBlock(elements=[OverflowMenuElement(options=options(n))]), 5),
    "placeholder": (lambda n: ActionsBlock(elements=[UserSelectElement(placeholder="x" * n)]), 150),
    "image alt text": (lambda n: ImageBlock(image_url="https://a.example", alt_text="x" * n), 2000),
    "image title": (lambda n: ImageBlock(image_url="https://a.example", alt_text="x", title="x" * n), 2000),
    "input label": (lambda n: InputBlock(label="x" * n, element=PlainTextInputElement()), 2000),
    "card title": (lambda n: CardBlock(title="x" * n), 150),
    "card body": (lambda n: CardBlock(body="x" * n), 200),
    "carousel": (lambda n: CarouselBlock(elements=[CardBlock(title="x")] * n), 10),
    "container": (lambda n: ContainerBlock(title="x", child_blocks=[DividerBlock()] * n), 10),
    "context actions": (
        lambda n: ContextActionsBlock(
            elements=[IconButtonElement(icon="trash", text="x", action_id=f"a{i}") for i in range(n)]
        ),
        5,
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_sdks_limits_are_the_validators(name: str) -> None:
    make, limit = LIMITS[name]
    assert check_blocks([make(limit).to_dict()]) == []
    over = make(limit + 1)
    with pytest.raises(SlackObjectFormationError):
        over.to_dict()
    over.validate_json = lambda: None  # type: ignore[method-assign]
    assert check_blocks([_unchecked(over)])


def _unchecked(value: Any) -> Any:
    """What `to_dict` would give if it did not look."""
    if isinstance(value, list | tuple):
        return [_unchecked(entry) for entry in value]
    if hasattr(value, "attributes"):
        found = {name: getattr(value, name, None) for name in value.attributes}
        return {name: _unchecked(entry) for name, entry in found.items() if entry is not None}
    return value


def test_the_sdks_view_limits_are_the_validators() -> None:
    title = PlainTextObject(text="x" * 24)
    view = View(
        type="modal", title=title, submit=title, close=title, blocks=[DividerBlock()] * 100, private_metadata="x" * 3000
    )
    assert check_view(view.to_dict()) == []
    with pytest.raises(SlackObjectFormationError):
        View(type="modal", title=title, blocks=[DividerBlock()] * 101).to_dict()


def test_what_the_sdk_builds_passes() -> None:
    blocks = [
        SectionBlock(
            text="x", accessory=DatePickerElement(action_id="d", placeholder="Pick", initial_date="2026-01-01")
        ),
        InputBlock(label="n", element=NumberInputElement(action_id="n", is_decimal_allowed=True, min_value="1")),
        InputBlock(label="c", element=CheckboxesElement(action_id="c", options=options(2))),
        InputBlock(label="r", element=RadioButtonsElement(action_id="r", options=options(2))),
        ContextActionsBlock(
            elements=[
                FeedbackButtonsElement(
                    action_id="f",
                    positive_button=FeedbackButtonObject(text="+", value="1"),
                    negative_button=FeedbackButtonObject(text="-", value="0"),
                )
            ]
        ),
        TableBlock(rows=[[RawTextObject(text="a"), rich("b")]], column_settings=[{"align": "left"}]),
        PlanBlock(title="P", tasks=[TaskCardBlock(task_id="1", title="T", status="pending", details=rich("d"))]),
        VideoBlock(title="t", video_url="https://a.example/v", thumbnail_url="https://a.example/t", alt_text="a"),
    ]
    assert check_blocks([block.to_dict() for block in blocks]) == []
    alert = AlertBlock(text=PlainTextObject(text="x"), level="info")
    assert (
        check_view({"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [alert.to_dict()]}) == []
    )
