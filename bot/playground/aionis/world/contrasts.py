"""Pairs of runs that differ in what people look for, and texts that are hard to show: very long, unbroken."""

from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story
from bot.playground.aionis.writer import Writer

CASE = "ledger-close-10"
LONG_ERROR = 310_912  # characters
UNBROKEN = 3_500


def _record_deadlock(writer: Writer, now: datetime) -> None:
    _close_ledger(
        Story(writer, "deadlock", now - timedelta(hours=57)),
        error="deadlock detected",
        given={"period": "2026-10", "options": {"isolation": "serializable", "retries": 0}, "accounts": ["a1", "a2"]},
        made={"posted": 118, "locks": {"waiting": 3}},
    )


def _record_permission(writer: Writer, now: datetime) -> None:
    _close_ledger(
        Story(writer, "deadlock-rerun", now - timedelta(hours=56)),
        error="permission denied for table ledger",
        given={
            "period": "2026-10",
            "options": {"isolation": "read committed", "retries": 3},
            "accounts": ["a1", "a2", "a3"],
            "role": "closer",
        },
        made={"posted": 0, "locks": {"waiting": 0}},
    )


def _close_ledger(story: Story, *, error: str, given: dict[str, Any], made: dict[str, Any]) -> None:
    story.start("Close the ledger of October", metadata={"case": CASE, "agent": "ledger-agent", "planned_steps": 2})
    story.step("ledger.open", output_signature={"open": True})
    story.step("ledger.post", status="failed", before={"tool_input": given}, error=error, output_signature=made)
    story.end("failed", summary="not closed")


def _record_long_error(writer: Writer, now: datetime) -> None:
    story = Story(writer, "long-error", now - timedelta(hours=58))
    story.start("Load the nightly dump", metadata={"agent": "import-agent"})
    line = "row 000001: column 'unit' has no value in the source; "
    story.step("dump.load", status="failed", error=(line * (LONG_ERROR // len(line) + 1))[:LONG_ERROR])
    story.end("failed", summary="too many bad rows")


def _record_unbroken(writer: Writer, now: datetime) -> None:
    story = Story(writer, "unbroken-goal", now - timedelta(hours=59))
    story.start("Fetch_" + "abcdefghij" * (UNBROKEN // 10), metadata={"agent": "import-agent"})
    story.step("http.get", status="failed", error="name or service not known")
    story.end("failed", summary="not fetched")


TALES = (
    Tale(
        "deadlock",
        "A deadlock at the second step",
        "deadlock-rerun fails at the same step, with another error and other inputs.",
        "failed at step 2 (ledger.post)",
        _record_deadlock,
    ),
    Tale(
        "deadlock-rerun",
        "The same step, another error",
        "No deadlock any more: permission denied. Inputs and outputs differ, nested ones, too.",
        "failed at step 2 (ledger.post)",
        _record_permission,
    ),
    Tale(
        "long-error",
        "An error of 310,912 characters",
        "The text is cut for the message; the count of what is left out must be true.",
        "failed at step 1 (dump.load)",
        _record_long_error,
        recorded="on first look",
    ),
    Tale(
        "unbroken-goal",
        "A goal without a blank",
        "3,500 characters in one word.",
        "failed at step 1 (http.get)",
        _record_unbroken,
    ),
)
