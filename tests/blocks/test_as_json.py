"""Models of slack_sdk as JSON, against what they themselves make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, ButtonElement, ConfirmObject, Option, PlainTextObject, StaticSelectElement

from bot.blocks import elements as el
from bot.blocks import layout
from bot.blocks.as_json import as_json
from bot.blocks.replay import replay_message
from tests.blocks.test_layout import diagnosed
from tests.strategies import decisions, runs, slots_for


@given(st.data())
def test_a_message_is_what_its_models_make_of_themselves(data: st.DataObject) -> None:
    run = data.draw(runs())
    diagnosis, _ = diagnosed(run, data.draw(slots_for(run)), data.draw(st.lists(decisions(), max_size=3)))
    with pytest.MonkeyPatch.context() as patching:
        made = replay_message(diagnosis).blocks
        patching.setattr(layout, "to_dicts", lambda blocks: [block.to_dict() for block in blocks])
        assert replay_message(diagnosis).blocks == made


@pytest.mark.parametrize(
    "block",
    [
        el.divider(),
        el.actions(
            ButtonElement(text="Go", action_id="a", value="b", confirm=ConfirmObject(title="Sure?", text="It goes.")),
            StaticSelectElement(
                placeholder="Which",
                action_id="c",
                options=[
                    Option(value="1", text=PlainTextObject(text="One", emoji=True), description="the first"),
                    Option(value="2", label="Two", url="https://example.com"),
                ],
            ),
        ),
        el.mrkdwn("a", ButtonElement(text="Go", action_id="a", value="")),
    ],
    ids=["divider", "actions", "section"],
)
def test_a_block_is_what_it_makes_of_itself(block: Block) -> None:
    assert as_json(block) == block.to_dict()


def test_a_broken_limit_is_told() -> None:
    with pytest.raises(SlackObjectFormationError):
        as_json(el.actions(ButtonElement(text="a" * 76, action_id="a")))
