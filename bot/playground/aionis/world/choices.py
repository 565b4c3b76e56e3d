"""Decisions that are hard to tell: many, gone, for another tool, judged badly, by a rule that is out of use."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed
from bot.playground.aionis.writer import Writer

GONE_DECISION = "a10cd0a7-bc1b-419a-bdbf-f1c8b5ab879e"
SIXTY, HUNDREDS = 60, 230


def _record_many(name: str, count: int, hours: int) -> Tale:
    def record(writer: Writer, now: datetime) -> None:
        story = Story(writer, name, now - timedelta(hours=hours))
        story.start("Route the backlog of queue 7", metadata={"agent": "router", "planned_steps": 2})
        own = story.decide({"intent": "route", "ticket": 0}, ["queue.assign", "queue.hold"])
        for ticket in range(1, count):
            story.wait(0.02)
            story.decide({"intent": "route", "ticket": ticket}, ["queue.assign", "queue.hold"])
        story.step("queue.read", output_signature={"tickets": count})
        story.step(
            "queue.assign",
            status="failed",
            before={"decision_id": own, "tool_input": {"ticket": 0}},
            error="assignee left the team",
        )
        story.end("failed", summary="stopped at the first ticket")

    return Tale(
        name,
        f"{count} decisions",
        "The failed step's own decision is the oldest of them all.",
        "failed at step 2 (queue.assign)",
        record,
        recorded="on first look",
    )


def _record_decision_gone(writer: Writer, now: datetime) -> None:
    story = Story(writer, "decision-gone", now - timedelta(hours=45))
    story.start("Escalate ticket 4002", metadata={"agent": "desk-agent"})
    decision_id = story.decide(
        {"intent": "escalate", "ticket": 4002}, ["queue.push", "agent.page"], decision_id=GONE_DECISION
    )
    story.step(
        "queue.push",
        status="failed",
        before={"decision_id": decision_id, "tool_input": {"ticket": 4002}},
        error="queue closed",
    )
    story.end("failed")
    writer.forget_decision(decision_id, **story.tenancy)


def _record_other_tool(writer: Writer, now: datetime) -> None:
    writer.add_rule(
        scope="support",
        client_id="rule:page-for-severity-1",
        title="Severity 1 pages a person",
        text_summary="For severity 1 prefer agent.page",
        when={"severity": {"$eq": 1}},
        then={"tool": {"prefer": ["agent.page"]}},
        at=now - timedelta(days=20),
    )
    story = Story(writer, "other-tool", now - timedelta(hours=44))
    story.start("Escalate ticket 4001", metadata={"agent": "desk-agent"})
    decision_id = story.decide({"intent": "escalate", "severity": 1}, ["queue.push", "agent.page"])
    story.step(
        "queue.push",
        status="failed",
        before={"decision_id": decision_id, "tool_input": {"ticket": 4001}},
        error="queue closed",
    )
    story.end("failed")


def _record_disabled_rule(writer: Writer, now: datetime) -> None:
    rule_id = writer.add_rule(
        scope="support",
        client_id="rule:gateway-legacy",
        title="Gift cards go through the legacy gateway",
        text_summary="For gift cards prefer legacy.redeem",
        when={"intent": {"$eq": "redeem"}},
        then={"tool": {"prefer": ["legacy.redeem"]}},
        at=now - timedelta(days=40),
    )
    story = Story(writer, "disabled-rule", now - timedelta(hours=43))
    story.start("Redeem gift card 77", metadata={"agent": "shop-agent", "case": "gift-77", "planned_steps": 1})
    context, candidates = {"intent": "redeem"}, ["psp.redeem", "legacy.redeem", "manual.queue"]
    decision_id = story.decide(context, candidates)
    story.step(
        "legacy.redeem",
        status="failed",
        before={"decision_id": decision_id, "tool_input": {"card": 77}},
        error="legacy gateway answered 502 Bad Gateway: upstream connect error",
        postconditions=[failed("redeemed", "no receipt in answer")],
    )
    story.end("failed", summary="The legacy gateway is down")
    story.wait(60)
    writer.feedback(
        at=story.clock,
        **story.tenancy,
        run_id=story.run_id,
        decision_id=decision_id,
        outcome="negative",
        selected_tool="legacy.redeem",
        context=context,
        candidates=candidates,
        note="legacy gateway is retired, must use psp",
        input_text="review of gift-77",
        actor="reviewer",
    )
    story.wait(60)
    writer.disable_rule(rule_id, at=story.clock, actor="reviewer", **story.tenancy)


TALES = (
    _record_many("sixty-decisions", SIXTY, 48),
    _record_many("hundreds-of-decisions", HUNDREDS, 49),
    Tale(
        "decision-gone",
        "A decision that is gone",
        "The failed step names a decision that Aionis does not have any more.",
        "failed at step 1 (queue.push)",
        _record_decision_gone,
    ),
    Tale(
        "other-tool",
        "Decided for one tool, called another",
        "The decision selected agent.page; the step that names it called queue.push.",
        "failed at step 1 (queue.push)",
        _record_other_tool,
    ),
    Tale(
        "disabled-rule",
        "Judged badly, and its rule disabled",
        "Negative feedback with a note; a rule state change is the latest commit about it.",
        "failed at step 1 (legacy.redeem)",
        _record_disabled_rule,
    ),
)
