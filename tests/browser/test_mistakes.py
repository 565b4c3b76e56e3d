"""What was typed wrongly, or names what is not there: said to the asker alone, with what to type instead."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.person import Person, in_order

UNKNOWN = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("typed", "understood", "form"),
    [
        ("/replay run_123", "I understood “run_123”, which is not a run id.", "/replay <run_id> with a run id such as"),
        ("/resolve commit abc", "“abc” is not the id of a commit: ids are UUIDs.", "/resolve memory://commit/<uuid>"),
    ],
    ids=["replay", "resolve"],
)
async def test_a_wrong_id_is_answered_with_what_was_understood_and_the_right_form(
    maya: Person, typed: str, understood: str, form: str
) -> None:
    await maya.type(typed)
    await in_order(maya.only_mine(understood), understood, "Try: ", form)


async def test_an_unknown_run_is_told_with_a_fix_and_the_request_id(maya: Person) -> None:
    await maya.type(f"/replay {UNKNOWN}")
    failure = maya.only_mine("Aionis has no run")
    await in_order(failure, UNKNOWN, "Try: Confirm that tenant and scope", "Request id")
    await expect(failure).to_contain_text(re.compile(r"Request id \S{8,}"))
    await expect(maya.channel.get_by_role("article")).to_have_count(2)  # the ack and the failure, nothing for others


async def test_a_command_that_is_none_keeps_what_was_typed(maya: Person) -> None:
    maya.watch.refusals.append("/page/message")
    await maya.type("/reply 1")
    await expect(maya.channel.get_by_role("alert")).to_contain_text("/reply is not a valid command")
    await expect(maya.composer).to_have_value("/reply 1")
