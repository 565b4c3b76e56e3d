"""An answer that cites the wrong source because no rule said otherwise; then a rule, a rerun, and both judged."""

from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Fields, Story, failed, passed, run_id_of
from bot.playground.aionis.writer import Writer

CASE = "ticket-7741"
GOAL = "Answer ticket 7741: how do I move my second factor to a new phone?"
CONTEXT = {"intent": "answer_ticket", "topic": "two_factor", "product": "portal"}
CANDIDATES = ["web.search", "handbook.search", "handbook.answer"]


def _record_before(writer: Writer, now: datetime) -> None:
    story = Story(writer, "before-fix", now - timedelta(hours=2, minutes=10))
    story.start(GOAL, metadata=_metadata("req_sup_20aa"))
    decision_id = story.decide(CONTEXT, CANDIDATES)
    story.step(
        "web.search",
        takes=1.4,
        before={"decision_id": decision_id, "tool_input": {"query": "move 2fa to new phone"}},
        output_signature={"results": 8, "first": "a forum thread of 2021"},
    )
    story.step(
        "reply.draft",
        takes=3.2,
        status="failed",
        before={
            "tool_input": {"tone": "friendly", "max_words": 180},
            "expected_output_signature": {"required": ["text", "citations"]},
        },
        error="review gate refused the draft: it tells the customer to switch two-factor off, citing a public forum",
        output_signature={"words": 143, "citations": ["forum thread 19-884"]},
        postconditions=[
            failed("cites_handbook", "0 of 1 citations are from the handbook", expected=1, actual=0),
            failed("follows_security_policy", "advises switching two-factor off"),
            passed("language_matches", "customer and draft are in English"),
        ],
        artifact_refs=["s3://support-agent-evidence/7741/draft-1.md"],
    )
    story.end("failed", summary="Draft refused by the review gate", metrics={"steps_planned": 3, "steps_executed": 2})


def _record_after(writer: Writer, now: datetime) -> None:
    writer.add_rule(
        scope="support",
        client_id="rule:handbook-first",
        title="Security questions: handbook first",
        text_summary="For account security topics search the handbook and never the public web",
        when={"intent": {"$eq": "answer_ticket"}, "topic": {"$in": ["two_factor", "passwords", "sessions"]}},
        then={"tool": {"prefer": ["handbook.search"], "deny": ["web.search"]}},
        at=now - timedelta(hours=1, minutes=20),
    )
    story = Story(writer, "after-fix", now - timedelta(hours=1, minutes=5))
    story.start(GOAL, metadata=_metadata("req_sup_2b13"))
    decision_id = story.decide(CONTEXT, CANDIDATES)
    story.step(
        "handbook.search",
        takes=0.5,
        before={"decision_id": decision_id, "tool_input": {"query": "move 2fa to new phone"}},
        output_signature={"results": 3, "first": "handbook 4.2"},
    )
    story.step(
        "reply.draft",
        takes=2.9,
        before={
            "tool_input": {"tone": "friendly", "max_words": 180},
            "expected_output_signature": {"required": ["text", "citations"]},
        },
        output_signature={"words": 121, "citations": ["handbook 4.2", "handbook 4.3"]},
        postconditions=[
            passed("cites_handbook", "2 of 2 citations are from the handbook", expected=1, actual=2),
            passed("follows_security_policy", "keeps two-factor on throughout"),
            passed("language_matches", "customer and draft are in English"),
        ],
        artifact_refs=["s3://support-agent-evidence/7741/draft-2.md"],
    )
    story.end("success", summary="Draft accepted by the review gate", metrics={"steps_planned": 3, "steps_executed": 2})
    _judge_both(story, decision_id)


def _judge_both(story: Story, after_id: str) -> None:
    """Judge both decisions in one sitting: the second judgement's commit has the first one's as its parent."""
    before_run = run_id_of("before-fix")
    judgements: tuple[Fields, ...] = (
        {
            "run_id": before_run,
            "outcome": "negative",
            "selected_tool": "web.search",
            "note": "went to the public web for a security question",
        },
        {
            "run_id": story.run_id,
            "decision_id": after_id,
            "outcome": "positive",
            "selected_tool": "handbook.search",
            "note": "the new rule picked the handbook",
        },
    )
    for judgement in judgements:
        story.wait(45)
        story.writer.feedback(
            at=story.clock,
            **story.tenancy,
            **judgement,
            context=CONTEXT,
            candidates=CANDIDATES,
            input_text=f"review of {CASE}",
            actor="reviewer",
        )


def _metadata(request_id: str) -> dict[str, Any]:
    return {"case": CASE, "agent": "support-agent", "planned_steps": 3, "request_id": request_id}


TALES = (
    Tale(
        "before-fix",
        "Wrong tool picked, draft refused",
        "No rule matched, so the first candidate (web.search) won; the draft cites a forum and is refused at step 2. "
        "The decision was judged negative.",
        "failed at step 2 (reply.draft)",
        _record_before,
    ),
    Tale(
        "after-fix",
        "Right tool picked, draft accepted",
        "Same business case and context hash as before-fix, another policy hash: the new rule picks handbook.search. "
        "Judged positive; its commit's parent is before-fix's.",
        "success",
        _record_after,
    ),
)
