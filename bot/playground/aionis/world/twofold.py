"""Runs that the two stores tell differently: `runs/get` has the latest, the slots the first; and ends that are not all."""

from datetime import datetime, timedelta

from bot.playground.aionis.hashing import name_id
from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed
from bot.playground.aionis.writer import Writer

UNANNOUNCED_STEP = name_id("step", "orphan-results", "never announced")


def _record_closed_after_all(writer: Writer, now: datetime) -> None:
    story = Story(writer, "closed-after-all", now - timedelta(hours=35))
    story.start("Close support ticket 991", metadata={"agent": "desk-agent"})
    story.step("ticket.close", takes=2)
    story.end("failed", summary="could not close")
    story.wait(9)
    story.end("success", summary="closed on the second try")


def _record_reopened(writer: Writer, now: datetime) -> None:
    story = Story(writer, "reopened", now - timedelta(hours=36))
    story.start("Close support ticket 992", metadata={"agent": "desk-agent"})
    story.step("ticket.close", takes=2)
    story.end("success", summary="closed")
    story.step("ticket.verify", status="failed", error="ticket was reopened by webhook")
    story.end("failed", summary="reopened")


def _record_second_error(writer: Writer, now: datetime) -> None:
    story = Story(writer, "second-error", now - timedelta(hours=37))
    story.start("Parse the export of tenant 40", metadata={"agent": "import-agent"})
    step_id = story.announce("export.parse", tool_input={"tenant": 40})
    story.report(step_id, "failed", step_index=1, error="parse error at byte 811", output_signature={"read": 811})
    story.report(
        step_id, "failed", takes=4, step_index=1, error="parse error at byte 9021", output_signature={"read": 9021}
    )
    story.end("failed", summary="parse error")


def _record_second_note(writer: Writer, now: datetime) -> None:
    story = Story(writer, "second-note", now - timedelta(hours=38))
    story.start("Rebuild the index of tenant 41", metadata={"agent": "import-agent"})
    step_id = story.announce("index.rebuild", tool_input={"tenant": 41})
    story.report(step_id, "success", step_index=1)
    story.report(
        step_id, "success", takes=2, step_index=1, repair_applied=True, repair_note="segment 7 was rebuilt by hand"
    )
    story.step("index.verify", status="failed", error="segment 8 is missing")
    story.end("failed", summary="index incomplete")


def _record_success_with_failed_step(writer: Writer, now: datetime) -> None:
    story = Story(writer, "success-with-failed-step", now - timedelta(hours=39))
    story.start("Send the weekly digest", metadata={"agent": "mail-agent", "planned_steps": 2})
    story.step("digest.render", status="failed", error="template week.html has no footer")
    story.step("digest.send")
    story.end("success", summary="sent without a footer")


def _record_orphan_results(writer: Writer, now: datetime) -> None:
    story = Story(writer, "orphan-results", now - timedelta(hours=40))
    story.start("Clean up temp buckets", metadata={"agent": "janitor"})
    story.step("bucket.list")
    story.report(UNANNOUNCED_STEP, "failed", error="bucket tmp-10 vanished")
    story.end("partial")
    story.step("bucket.report", index=2)


def _record_crashed(writer: Writer, now: datetime) -> None:
    story = Story(writer, "crashed", now - timedelta(hours=41))
    story.start(
        "Migrate the mailbox of user 5", metadata={"agent": "mail-agent", "case": "mailbox-5", "planned_steps": 3}
    )
    story.step("mailbox.lock", takes=1)
    story.announce("mailbox.copy", tool_input={"user": 5})


def _record_planned_four(writer: Writer, now: datetime) -> None:
    story = Story(writer, "planned-four", now - timedelta(hours=42))
    story.start("Book the trip of team 3", metadata={"agent": "travel-agent", "case": "trip-3", "planned_steps": 4})
    story.step("flights.search", takes=3)
    story.step(
        "flights.hold",
        status="failed",
        error="fare basis expired",
        postconditions=[failed("held", "no hold id in answer")],
    )
    story.end("failed", summary="stopped at the hold")


TALES = (
    Tale(
        "closed-after-all",
        "Failed first, then success",
        "Ended as failed (could not close), then as success. The stored end record keeps the first.",
        "success, with a disagreement",
        _record_closed_after_all,
    ),
    Tale(
        "reopened",
        "Success first, then failed",
        "Ended as success, then a step failed and it ended as failed: a search for failed ends does not find it.",
        "failed at step 2 (ticket.verify)",
        _record_reopened,
    ),
    Tale(
        "second-error",
        "Two errors for one step",
        "The step failed twice: the slots say byte 811, the timeline says byte 9021, which is newer.",
        "failed at step 1 (export.parse)",
        _record_second_error,
    ),
    Tale(
        "second-note",
        "A repair note that only the timeline has",
        "Step 1 succeeded twice, the second time by a repair whose note the slots do not have.",
        "failed at step 2 (index.verify)",
        _record_second_note,
    ),
    Tale(
        "success-with-failed-step",
        "Success with a failed step",
        "The run says success although its first step failed.",
        "success, with a failed step",
        _record_success_with_failed_step,
    ),
    Tale(
        "orphan-results",
        "A failure whose step was never announced",
        "Only the timeline has the failed result; both announced steps succeeded.",
        "partial, an unannounced step failed",
        _record_orphan_results,
    ),
    Tale(
        "crashed",
        "Started, never ended",
        "No end record: no search for failed ends finds it.",
        "stalled at step 2 (mailbox.copy)",
        _record_crashed,
    ),
    Tale(
        "planned-four",
        "Two of four planned steps",
        "The metadata says four steps were planned; two were recorded.",
        "failed at step 2 (flights.hold)",
        _record_planned_four,
    ),
)
