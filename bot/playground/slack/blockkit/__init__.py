"""Block Kit's rules, pure: JSON in, problems out. Limits are those of Slack's reference and of docs/local-slack.md."""

from bot.playground.slack.blockkit.checks import Path, Problem, Surface
from bot.playground.slack.blockkit.payloads import (
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
    VIEW_BLOCKS,
    check_blocks,
    check_view,
    tables_problem,
    too_long,
)
from bot.playground.slack.blockkit.walk import as_kept, every_block, every_element

__all__ = [
    "MESSAGE_BLOCKS",
    "MESSAGE_CHARACTERS",
    "VIEW_BLOCKS",
    "Path",
    "Problem",
    "Surface",
    "as_kept",
    "check_blocks",
    "check_view",
    "every_block",
    "every_element",
    "tables_problem",
    "too_long",
]
