"""A refund that fails because an earlier attempt had gone through, the rerun after the fix, and the case's history.

The case is drilled against the same order: it went well until a rule changed the tool, and has failed the same way since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed, passed, undecided
from bot.playground.aionis.writer import Writer

CASE = "refund-60218"
GOAL = "Refund the second of two identical charges on order 60218 and tell the customer"
CONTEXT = {"intent": "refund", "reason": "duplicate_charge", "order_id": "60218"}
CANDIDATES = ["payments.create_refund", "payments.void_charge", "tickets.escalate"]

_CHARGES = {"charges": ["ch_7F31", "ch_7F32"], "amount": 4450, "currency": "eur"}
RULE_AGE = timedelta(days=9)
_EARLIER_CANDIDATES = ["payments.void_charge", "payments.create_refund", "tickets.escalate"]
_TRACE = "s3://support-agent-evidence/60218/refund-exchange.har"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What two failures of this kind differ in."""

    charge: str
    key: str
    used_at: str
    entry: int
    request_id: str


def _record_failed(writer: Writer, now: datetime) -> None:
    writer.add_rule(
        scope="support",
        client_id="rule:refunds-by-api",
        title="Refunds go through the payments API",
        text_summary="For a duplicate charge prefer payments.create_refund; voiding is only for uncaptured charges",
        when={"intent": {"$eq": "refund"}},
        then={"tool": {"prefer": ["payments.create_refund"], "deny": ["payments.void_charge"]}},
        at=now - RULE_AGE,
    )
    story = Story(writer, "refund-failed", now - timedelta(minutes=12, seconds=6))
    refuse_refund(story, Refusal("ch_7F32", "60218-r1", "09:41", 5519, "req_sup_41c7"))


def refuse_refund(story: Story, refusal: Refusal) -> None:
    """Tell the whole failing run. Two of them differ in ids, numbers and times alone."""
    charge, key = refusal.charge, refusal.key
    story.start(GOAL, metadata=_metadata(refusal.request_id))
    decision_id = _find_charges_and_decide(story)
    story.step(
        "payments.create_refund",
        takes=2.1,
        status="failed",
        before={
            "decision_id": decision_id,
            "tool_input": {"charge_id": charge, "amount": 4450, "currency": "eur", "idempotency_key": key},
            "expected_output_signature": {"required": ["refund_id", "status"], "status": "succeeded"},
            "preconditions": [passed("charge_captured", f"{charge} is captured", charge_id=charge)],
            "retry_policy": {"max_attempts": 2, "backoff": "exponential"},
        },
        error=f"payments answered 409 charge_already_refunded for {charge}: idempotency key {key} was used at "
        f"{refusal.used_at} by an earlier attempt that had timed out on our side",
        output_signature={"http_status": 409, "code": "charge_already_refunded", "refund_id": None},
        postconditions=[
            failed("http_status", "expected 200, got 409", expected=200, actual=409),
            failed("refund_id_present", "the answer has no refund_id"),
            passed("audit_trail_written", f"audit entry {refusal.entry} exists", entry=refusal.entry),
            undecided("ledger_balanced", "the ledger export of today is not there yet"),
        ],
        artifact_refs=[_TRACE],
        metadata={"attempts": 2, "api_version": "2026-09"},
    )
    story.end(
        "failed",
        summary="Stopped at step 2 of 4: the refund API says the charge is already refunded",
        success_criteria={"refund_status": "succeeded", "customer_told": True},
        metrics={"steps_planned": 4, "steps_executed": 2, "cost_usd": 0.031},
    )


def _record_good(name: str, days: float, charge: str) -> Tale:
    def record(writer: Writer, now: datetime) -> None:
        story = Story(writer, name, now - timedelta(days=days))
        story.start(GOAL, metadata=_metadata(f"req_drill_{charge[3:].lower()}"))
        decision_id = _find_charges_and_decide(story, _EARLIER_CANDIDATES)
        story.step(
            "payments.void_charge",
            takes=0.8,
            before={"decision_id": decision_id, "tool_input": {"charge_id": charge, "amount": 4450, "currency": "eur"}},
            output_signature={"http_status": 200, "void_id": f"vo_{charge[3:]}", "status": "succeeded"},
            postconditions=[passed("http_status", "expected 200, got 200", expected=200, actual=200)],
        )
        _tell_customer(story)
        story.end("success", summary="The second charge is voided and the customer told")

    return Tale(
        name,
        "The refund case, when it still worked",
        "Before the rule sent refunds to the payments API: the charge is voided instead.",
        "success",
        record,
    )


def _record_earlier(name: str, days: float, refusal: Refusal) -> Tale:
    def record(writer: Writer, now: datetime) -> None:
        refuse_refund(Story(writer, name, now - timedelta(days=days)), refusal)

    return Tale(
        name,
        "The refund case failed before",
        "The failure of refund-failed, days earlier: other ids, numbers and times, the same words.",
        "failed at step 2 (payments.create_refund)",
        record,
    )


def _record_rerun(writer: Writer, now: datetime) -> None:
    writer.add_rule(
        scope="support",
        client_id="rule:refund-idempotency",
        title="A refund is asked for once per charge",
        text_summary="Key every refund by its charge and accept the existing refund as the result",
        when={"intent": {"$eq": "refund"}, "reason": {"$in": ["duplicate_charge", "double_payment"]}},
        then={"tool": {"prefer": ["payments.create_refund"], "deny": ["tickets.escalate"]}},
        at=now - timedelta(minutes=5),
    )
    story = Story(writer, "refund-rerun", now - timedelta(minutes=4))
    succeed_after_fix(story, "req_sup_58e0", fixes_run="refund-failed")


def succeed_after_fix(story: Story, request_id: str, **metadata: Any) -> None:
    """Tell the whole run of the case after the fix."""
    story.start(GOAL, metadata={**_metadata(request_id), **metadata, "release": "agent-3.8.1"})
    decision_id = _find_charges_and_decide(story)
    story.step(
        "payments.create_refund",
        takes=0.9,
        before={
            "decision_id": decision_id,
            "tool_input": {"charge_id": "ch_7F32", "amount": 4450, "currency": "eur", "idempotency_key": "ch_7F32"},
            "expected_output_signature": {"required": ["refund_id", "status"], "status": "succeeded"},
            "preconditions": [passed("charge_captured", "ch_7F32 is captured", charge_id="ch_7F32")],
        },
        output_signature={"http_status": 200, "refund_id": "re_2K90", "status": "succeeded", "existing": True},
        postconditions=[
            passed("http_status", "expected 200, got 200", expected=200, actual=200),
            passed("refund_id_present", "refund re_2K90"),
            passed("audit_trail_written", "audit entry 5534 exists", entry=5534),
            passed("ledger_balanced", "difference 0.00 EUR"),
        ],
        artifact_refs=["s3://support-agent-evidence/60218/refund-exchange-rerun.har"],
    )
    _tell_customer(story)
    story.end(
        "success",
        summary="Refund re_2K90 confirmed and the customer told",
        success_criteria={"refund_status": "succeeded", "customer_told": True},
        metrics={"steps_planned": 4, "steps_executed": 4, "cost_usd": 0.044},
    )


def _tell_customer(story: Story) -> None:
    story.step("ledger.post_entry", takes=0.4, postconditions=[passed("entry_posted", "entry 88-1042")])
    story.step("mail.send_receipt", takes=0.7, postconditions=[passed("accepted", "queued by the mail service")])


def _find_charges_and_decide(story: Story, candidates: list[str] = CANDIDATES) -> str:
    story.step(
        "orders.find_charges",
        takes=0.6,
        before={
            "tool_input": {"order_id": "60218"},
            "safety_level": "auto_ok",
            "expected_output_signature": {"required": ["charges"]},
        },
        output_signature=_CHARGES,
        postconditions=[passed("duplicate_found", "two charges of 44.50 EUR within 3 seconds")],
    )
    story.wait(0.1)
    return story.decide(CONTEXT, candidates)


def _metadata(request_id: str) -> dict[str, Any]:
    return {"case": CASE, "agent": "support-agent", "planned_steps": 4, "request_id": request_id}


GOOD_TALES = (  # recorded before the rule is there
    _record_good("refund-good-first", 15.0, "ch_6B07"),
    _record_good("refund-good-last", 9.125, "ch_6E55"),
)
EARLIER_TALES = (  # recorded after it
    _record_earlier("refund-earlier-1", 8.2, Refusal("ch_6F18", "60218-d1", "14:22", 5102, "req_drill_1c20")),
    _record_earlier("refund-earlier-2", 6.1, Refusal("ch_7A90", "60218-d2", "03:05", 5216, "req_drill_2b71")),
    _record_earlier("refund-earlier-3", 4.0, Refusal("ch_7C44", "60218-d3", "21:58", 5340, "req_drill_37fe")),
    _record_earlier("refund-earlier-4", 2.6, Refusal("ch_7E61", "60218-d4", "11:17", 5477, "req_drill_4a02")),
)
TALES = (
    Tale(
        "refund-failed",
        "Duplicate-charge refund fails",
        "Four steps planned, the second fails: the refund API answers 409. Failed and undecided postconditions, a "
        "decision with its rule, an artifact.",
        "failed at step 2 (payments.create_refund)",
        _record_failed,
    ),
    Tale(
        "refund-rerun",
        "The refund again, after the fix",
        "The same business case as refund-failed, after the idempotency fix: all four steps succeed.",
        "success",
        _record_rerun,
    ),
)

# As it happened: what a decision was made by are the rules that were there when it is recorded.
HISTORY = (*GOOD_TALES, TALES[0], *EARLIER_TALES)
