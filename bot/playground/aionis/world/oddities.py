"""Records that are legal and strange: disordered indices, every family of postcondition, results without a step."""

from datetime import datetime, timedelta

from bot.playground.aionis.hashing import name_id
from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Fields, Story, failed, passed, undecided
from bot.playground.aionis.writer import Writer

ORPHAN_STEP_ID = name_id("step", "odd-shapes", "never announced")
OTHER_AGENT = "finance-agent"

_CONDITIONS = [
    passed("exit_code", "exit code 0", value=0),
    failed("stdout_contains", "the text is missing", value="done"),
    undecided("port_free", "no permission to look", value=8080),
    {"name": "reviewed", "passed": True},
    {"name": "approved", "passed": False},
    {"name": "notified", "success": True},
    {"status": "failed"},
    {"description": "totals agree", "result": "pass"},
    {"description": "owner informed", "result": "n/a"},
    {"kind": "exit_code", "value": 0},
    {"ok": False},
    {},
    {"state": "inconclusive", "kind": "vendor_check"},
    {"checks": [{"name": "nested", "passed": False}], "unit": "percent", "value": 99.5},
]


def _record_odd_shapes(writer: Writer, now: datetime) -> None:
    story = Story(writer, "odd-shapes", now - timedelta(hours=7))
    story.start("Tidy the shared drive (recorded by a home-made agent)")
    story.step("drive.list", index=3)
    story.step("drive.check", index=1, postconditions=_CONDITIONS)
    story.step("drive.move", index=7, status="failed", error="")
    story.step("drive.move", index=7, status="failed", error="quota of the target folder is used up")
    story.report(
        ORPHAN_STEP_ID,
        "success",
        artifact_refs=["drive://found-without-a-step"],
        repair_note="result of a step that was never announced",
    )
    story.end("partial")
    story.wait(5)
    story.start("Tidy the shared drive (recorded by a home-made agent)", metadata={"restarted": True})
    story.wait(5)
    story.announce("drive.index", index=12)


def _record_double_end(writer: Writer, now: datetime) -> None:
    story = Story(writer, "double-end", now - timedelta(hours=9))
    story.start("Recount the loyalty points of March")
    story.step("points.recount", takes=30, postconditions=[passed("balanced", "difference 0")])
    story.report(name_id("step", "double-end", "1"), "success", takes=4, step_index=1, repair_note="reported twice")
    story.end("failed", summary="watchdog: no heartbeat for 30 seconds")
    story.wait(12)
    story.end("success", summary="the recount had finished after all")


def _record_private(writer: Writer, now: datetime) -> None:
    story = Story(writer, "private", now - timedelta(hours=4), memory_lane="private")
    story.start("Check the payroll export for gaps")
    story.step("payroll.export", takes=2)
    story.step(
        "payroll.compare",
        status="failed",
        error="3 employees are in the export but not in the roster",
        postconditions=[failed("roster_matches", "3 differences", expected=0, actual=3)],
    )
    story.end("failed", summary="The export does not match the roster")


def _record_mixed_visibility(writer: Writer, now: datetime) -> None:
    hidden: Fields = {"memory_lane": "private", "owner_agent_id": OTHER_AGENT}
    story = Story(writer, "mixed-visibility", now - timedelta(hours=10))
    story.start("Reconcile the marketplace payouts of last week")
    story.step("payouts.fetch", takes=3, output_signature={"payouts": 212})
    step_id = story.announce("payouts.match", tool_input={"payouts": 212})
    story.report(
        step_id, "failed", step_index=2, error="14 payouts have no counterpart in the bank statement", **hidden
    )
    story.wait(1)
    fields = {**story.common, **hidden, "run_id": story.run_id, "status": "failed"}
    # The end's writer sees the shared run through its team or as anybody; only the new record is hidden.
    story.writer.end_run(at=story.clock, summary="Stopped: 14 payouts do not match", **fields)


TALES = (
    Tale(
        "odd-shapes",
        "Strange but legal records",
        "Indices 3, 1, 7, 7, 12; postconditions of every family; a result without a step; a restart after the end; "
        "a step after the end.",
        "partial, first failure at step 7 (drive.move)",
        _record_odd_shapes,
    ),
    Tale(
        "double-end",
        "Ended twice",
        "runs/get says success, the stored end record says failed: Lite shows the last in one and the first in the other.",
        "success, with a disagreement",
        _record_double_end,
    ),
    Tale(
        "private",
        "A private run",
        "In the private lane of local-user: replay shows it, resolve and find need consumer_agent_id=local-user.",
        "failed at step 2 (payroll.compare)",
        _record_private,
    ),
    Tale(
        "mixed-visibility",
        "Half of it is hidden",
        f"Step 2's result and the end belong to {OTHER_AGENT}: others see a pending step of a running run.",
        "stalled at step 2 (payouts.match); failed for its owner",
        _record_mixed_visibility,
    ),
)
