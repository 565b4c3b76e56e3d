"""An import that fails, and five reruns of it: with a step more, with another tool, and three that do not prove the fix."""

from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed, passed
from bot.playground.aionis.writer import Writer

CASE = "price-feed-311"
GOAL = "Load the supplier's price feed 311 into the catalogue"

_ROWS = 5120
_REFUSED = 214
_FEED = {"tool_input": {"feed": 311}}


def _record_failed(writer: Writer, now: datetime) -> None:
    refuse_feed(_placed(writer, now, "feed-failed", hours_ago=30), refused=_REFUSED)


def refuse_feed(story: Story, *, refused: int) -> None:
    """Tell the whole failing run."""
    _start(story)
    _download(story)
    _import(story, refused=refused)
    story.end("failed", summary=f"Import stopped: {refused} rows without a currency")


def load_feed(story: Story) -> None:
    """Tell the whole run of the case when nothing is wrong."""
    _start(story)
    _download(story)
    _import(story)
    _reindex(story)
    story.end("success", summary="Feed 311 loaded")


def _record_extra_step(writer: Writer, now: datetime) -> None:
    story = _begun(writer, now, "feed-extra-step", hours_ago=29)
    _download(story)
    story.step(
        "feed.fill_currency",
        takes=0.8,
        before={"tool_input": {"feed": 311, "default": "EUR"}},
        output_signature={"filled": _REFUSED},
        postconditions=[passed("no_gaps", "every row has a currency")],
    )
    _import(story)
    _reindex(story)
    story.end("success", summary="Feed 311 loaded after its currencies were filled in")


def _record_other_tool(writer: Writer, now: datetime) -> None:
    story = _begun(writer, now, "feed-other-tool", hours_ago=28)
    _download(story)
    _import(story, tool="catalogue.import_stream")
    _reindex(story)
    story.end("success", summary="Feed 311 loaded with the streaming import")


def _record_still_failing(writer: Writer, now: datetime) -> None:
    story = _begun(writer, now, "feed-still-failing", hours_ago=27)
    _download(story)
    _import(story, refused=3)
    story.end("failed", summary="Import stopped again: 3 rows without a currency")


def _record_elsewhere(writer: Writer, now: datetime) -> None:
    story = _begun(writer, now, "feed-elsewhere", hours_ago=26)
    _download(story)
    _import(story)
    story.step("search.reindex", takes=31, status="failed", error="the index is locked by a nightly rebuild")
    story.end("failed", summary="Feed loaded, search not updated")


def _record_regressed(writer: Writer, now: datetime) -> None:
    story = _begun(writer, now, "feed-regressed", hours_ago=25)
    _download(story, rows=4096)
    _import(story)
    _reindex(story)
    story.end("success", summary="Feed 311 loaded")


def _begun(writer: Writer, now: datetime, name: str, *, hours_ago: int) -> Story:
    story = _placed(writer, now, name, hours_ago=hours_ago)
    _start(story)
    return story


def _placed(writer: Writer, now: datetime, name: str, *, hours_ago: int) -> Story:
    return Story(writer, name, now - timedelta(hours=hours_ago))


def _start(story: Story) -> None:
    story.start(GOAL, metadata={"case": CASE, "agent": "catalogue-agent"})


def _download(story: Story, *, rows: int = _ROWS) -> None:
    outcome = passed if rows == _ROWS else failed
    story.step(
        "feed.download",
        takes=4.1,
        before={**_FEED, "safety_level": "auto_ok"},
        output_signature={"rows": rows},
        postconditions=[outcome("row_count", f"{rows} of {_ROWS} rows", expected=_ROWS, actual=rows)],
        artifact_refs=["s3://price-feeds/311/feed.csv"],
    )


def _import(story: Story, *, tool: str = "catalogue.import", refused: int = 0) -> None:
    outcome = failed if refused else passed
    trouble: dict[str, Any] = {
        "status": "failed",
        "error": f"{refused} rows refused: currency is empty",
        "artifact_refs": ["s3://price-feeds/311/refused.csv"],
    }
    story.step(
        tool,
        takes=9.5,
        before=_FEED,
        output_signature={"imported": 0 if refused else _ROWS, "refused": refused},
        postconditions=[outcome("all_rows_imported", f"{refused} of {_ROWS} rows refused", expected=_ROWS)],
        **(trouble if refused else {}),
    )


def _reindex(story: Story) -> None:
    story.step("search.reindex", takes=12, postconditions=[passed("fresh", "the index is 2 s old")])


TALES = (
    Tale(
        "feed-failed",
        "A price feed is refused",
        "The import refuses rows without a currency. Five reruns of the same case follow.",
        "failed at step 2 (catalogue.import)",
        _record_failed,
    ),
    Tale(
        "feed-extra-step",
        "The feed again, with a step more",
        "Fixed: a step before the import fills in what was missing.",
        "success",
        _record_extra_step,
    ),
    Tale(
        "feed-other-tool",
        "The feed again, with another tool",
        "Fixed: another tool stands at the place of the import, with the same postcondition.",
        "success",
        _record_other_tool,
    ),
    Tale(
        "feed-still-failing",
        "The feed again, still refused",
        "Fewer rows are refused, but the same step fails.",
        "failed at step 2 (catalogue.import)",
        _record_still_failing,
    ),
    Tale(
        "feed-elsewhere",
        "The feed again, fails later",
        "The import works, the step after it fails.",
        "failed at step 3 (search.reindex)",
        _record_elsewhere,
    ),
    Tale(
        "feed-regressed",
        "The feed again, now incomplete",
        "The import works, but the download, which had been complete, is not any more, and nothing says so but a postcondition.",
        "success, divergent at step 1 (feed.download)",
        _record_regressed,
    ),
)
