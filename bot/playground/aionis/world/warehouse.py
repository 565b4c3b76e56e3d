"""Partial, retried and repaired work, and one that only looks right."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed, passed
from bot.playground.aionis.writer import Writer


def _record_partial(writer: Writer, now: datetime) -> None:
    story = Story(writer, "partial", now - timedelta(minutes=50))
    story.start("Sync tonight's stock counts of three warehouses into the shop", metadata={"case": "stock-sync"})
    story.step(
        "stock.export",
        takes=4.0,
        before={"tool_input": {"warehouse": "HAM-1"}},
        output_signature={"rows": 4312},
        postconditions=[passed("row_count", "4312 of 4312 rows", expected=4312, actual=4312)],
    )
    story.step(
        "stock.export",
        takes=6.5,
        status="partial",
        before={"tool_input": {"warehouse": "LYS-2"}},
        error="317 rows refused: unit_of_measure is empty",
        output_signature={"rows": 3880},
        postconditions=[failed("row_count", "3880 of 4197 rows", expected=4197, actual=3880)],
        artifact_refs=["gs://stock-sync/LYS-2/refused-rows.csv"],
    )
    story.step(
        "stock.export",
        takes=0.1,
        status="skipped",
        before={"tool_input": {"warehouse": "GDN-3"}},
        error="GDN-3 is closed for its yearly count",
    )
    story.end("partial", summary="One warehouse complete, one with refused rows, one skipped")


def _record_retried(writer: Writer, now: datetime) -> None:
    story = Story(writer, "retried", now - timedelta(hours=3))
    story.start("Print and book the return label for parcel 330-81")
    story.step("parcels.find", before={"tool_input": {"parcel": "330-81"}})
    for attempt, error in enumerate(("carrier answered 503", "carrier answered 503 again", None), start=1):
        outcome = {"status": "success"} if error is None else {"status": "failed", "error": error}
        story.step(
            "carrier.book_label",
            index=2,
            takes=1.5 * attempt,
            before={"tool_input": {"parcel": "330-81", "attempt": attempt}},
            metadata={"attempt": attempt},
            **outcome,
        )
        story.wait(2**attempt)
    story.step(
        "mail.send_label",
        status="failed",
        takes=0.8,
        error="the mail service refused the attachment: 26 MB is over its 20 MB limit",
        output_signature={"code": "attachment_too_large", "bytes": 27262976},
        postconditions=[{"name": "delivered", "passed": False}],
    )
    story.end("failed", summary="Label booked at the third attempt, but not sent")


def _record_repaired(writer: Writer, now: datetime) -> None:
    story = Story(writer, "repaired", now - timedelta(hours=5))
    story.start("Publish the updated opening hours to all store pages")
    story.step("pages.list", output_signature={"pages": 41})
    step_id = story.announce("pages.publish", tool_input={"pages": 41})
    story.report(
        step_id,
        "failed",
        takes=2.2,
        step_index=2,
        error="page store-17 has an unpublished draft by an editor",
        postconditions=[failed("published", "40 of 41 pages", expected=41, actual=40)],
    )
    story.report(
        step_id,
        "success",
        takes=9.0,
        step_index=2,
        repair_applied=True,
        repair_note="merged the editor's draft of store-17 and published again",
        postconditions=[passed("published", "41 of 41 pages", expected=41, actual=41)],
    )
    story.end("success", summary="All store pages carry the new opening hours")


def _record_divergent(writer: Writer, now: datetime) -> None:
    story = Story(writer, "divergent", now - timedelta(minutes=95))
    story.start("Move the yearly plan of customer 2204 to monthly billing")
    story.step("plans.read", output_signature={"plan": "yearly", "renews": "in 5 months"})
    story.step(
        "plans.change",
        takes=1.1,
        before={"tool_input": {"customer": "2204", "plan": "monthly"}},
        output_signature={"plan": "monthly", "credit": 0},
        postconditions=[
            passed("plan_changed", "the plan is monthly"),
            failed("credit_issued", "no credit for the 5 unused months", expected=145, actual=0),
        ],
    )
    story.step("mail.send_confirmation", postconditions=[{"status": "passed", "name": "queued"}])
    story.end("success", summary="Plan changed")


TALES = (
    Tale(
        "partial",
        "Stock sync, partly done",
        "Three exports: complete, partial with refused rows, skipped. No step failed.",
        "partial at step 2 (stock.export)",
        _record_partial,
    ),
    Tale(
        "retried",
        "Three attempts, then another failure",
        "Step 2 has three attempts under one index (new step ids), the last succeeds; step 3 fails.",
        "failed at step 3 (mail.send_label)",
        _record_retried,
    ),
    Tale(
        "repaired",
        "Failed, repaired, succeeded",
        "Step 2 has two results for one step id: failed, then success with a repair.",
        "success, with a repair at step 2",
        _record_repaired,
    ),
    Tale(
        "divergent",
        "Says success, is not",
        "Every step and the run say success, but a postcondition of step 2 failed.",
        "success, divergent at step 2 (plans.change)",
        _record_divergent,
    ),
)
