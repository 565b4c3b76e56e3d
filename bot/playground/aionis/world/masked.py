"""Runs whose ids Aionis takes for phone numbers, so that `find` by the plain id finds nothing; and ids that begin alike."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed, passed
from bot.playground.aionis.writer import Writer

CASE = "card-charge-9"
MASKED_STEP = "e19d4f60-2b7c-4d15-a8f3-7c2125550147"
MASKED_DECISION = "b40c77e1-8d12-4e6a-9f05-3a4155550199"
_CONTEXT = {"intent": "charge", "order": 9}
_CANDIDATES = ["pay.card", "pay.invoice"]


def _record_masked_id(writer: Writer, now: datetime) -> None:
    story = Story(writer, "masked-id", now - timedelta(hours=33))
    _start(story)
    decision_id = story.decide(_CONTEXT, _CANDIDATES)
    story.step(
        "pay.card",
        takes=1.2,
        status="failed",
        before={"decision_id": decision_id, "tool_input": {"order": 9}},
        error="card declined by issuer 05",
        output_signature={"code": "05"},
        postconditions=[failed("authorised", "issuer answered 05")],
    )
    story.end("failed", summary="declined")


def _record_masked_rerun(writer: Writer, now: datetime) -> None:
    story = Story(writer, "masked-id-rerun", now - timedelta(hours=32))
    _start(story)
    decision_id = story.decide(_CONTEXT, _CANDIDATES)
    story.step(
        "pay.card",
        takes=1.1,
        before={"decision_id": decision_id, "tool_input": {"order": 9}},
        output_signature={"code": "00"},
        postconditions=[passed("authorised", "issuer answered 00")],
    )
    story.end("success", summary="charged")


def _record_masked_links(writer: Writer, now: datetime) -> None:
    story = Story(writer, "masked-links", now - timedelta(hours=34))
    story.start("Send the reminder of order 12", metadata={"case": "reminder-12", "agent": "billing-agent"})
    decision_id = story.decide({"intent": "remind"}, ["mail.send", "letter.print"], decision_id=MASKED_DECISION)
    story.step(
        "mail.send",
        status="failed",
        before={"step_id": MASKED_STEP, "decision_id": decision_id, "tool_input": {"order": 12}},
        error="mailbox unavailable",
    )
    story.end("failed", summary="not sent")


def _start(story: Story) -> None:
    story.start("Charge card of order 9", metadata={"case": CASE, "agent": "billing-agent", "planned_steps": 1})


def _record_twin(name: str, hours: int) -> Tale:
    def record(writer: Writer, now: datetime) -> None:
        story = Story(writer, name, now - timedelta(hours=hours))
        story.start(f"Compress the logs of host {name}", metadata={"agent": "janitor"})
        story.step("logs.compress", status="failed", error="no space left on device")
        story.end("failed", summary="disk full")

    return Tale(
        name,
        "Two ids begin alike",
        "Its first eight characters are those of another run: a short id is not enough.",
        "failed at step 1 (logs.compress)",
        record,
    )


TALES = (
    Tale(
        "masked-id",
        "An id that is masked",
        "Shared, yet `find` by its plain id finds nothing: Aionis took a part of the id for a phone number.",
        "failed at step 1 (pay.card)",
        _record_masked_id,
    ),
    Tale(
        "masked-id-rerun",
        "The masked run again",
        "The same case, after the fix; its id is masked, too.",
        "success",
        _record_masked_rerun,
    ),
    Tale(
        "masked-links",
        "A step and a decision that are masked",
        "The run's id is plain, those of its step and of its decision are not.",
        "failed at step 1 (mail.send)",
        _record_masked_links,
    ),
    _record_twin("same-beginning", 47),
    _record_twin("same-beginning-too", 46),
)
