"""Whatever two runs are compared, the message and the modals are within Slack's limits, literal, and say what they leave out."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.compare import comparison_message
from bot.blocks.compare_modal import comparison_modal
from bot.blocks.compare_rerun import rerun_modal
from bot.blocks.layout import Message
from bot.blocks.routing import ModalTarget, RunTarget, decode
from bot.domain.comparison.compare import Comparison, compare
from bot.domain.comparison.reruns import LaterRun, likeliest_first
from bot.domain.run.diagnosis import diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Node, ReplayedRun
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import outline
from bot.playground.slack.blockkit import check_view
from tests.blocks.test_layout import (
    HERE,
    MANY,
    NOW,
    RUN,
    TARGET,
    assert_nothing_is_parsed,
    assert_postable,
    parsed_texts,
)
from tests.strategies import TEXT, UUIDS, decisions, runs, slots_for

RERUN = "58e04b17-93d1-4c2e-8a44-0c1d2f7a9b10"
Answer = dict[str, Any]
WORST = ('"\\' * 400, "\u202e" * 300, "&<>" * 300, "x" * 5_000, "💥" * 300)


def compared(failing: Answer, later: Answer, evidence: tuple[Evidence, Evidence] | None = None) -> Comparison:
    told = []
    known = evidence or (Evidence(), Evidence())
    for answer, gathered in zip((failing, later), known, strict=True):
        parsed = ReplayedRun.model_validate(answer)
        told.append(
            diagnose(
                parsed,
                outline(parsed),
                gathered,
                tenancy=HERE,
                now=NOW,
                stalled_after=timedelta(minutes=15),
                request_id="req <@U1>",
            )
        )
    return compare(told[0], told[1], failing_evidence=known[0], rerun_evidence=known[1])


def answer(run_id: str, status: str, steps: list[dict[str, Any]], hour: int, goal: str = "Refund") -> Answer:
    started = datetime(2026, 11, 24, hour, tzinfo=UTC).isoformat()
    return {
        "run": {"run_id": run_id, "status": status, "goal": goal, "started_at": started},
        "steps": [{"step_index": number, **step} for number, step in enumerate(steps, start=1)],
    }


def pages_of(comparison: Comparison) -> list[dict[str, Any]]:
    views: list[dict[str, Any]] = []
    while True:
        view = comparison_modal(comparison, TARGET.model_copy(update={"page": len(views)}))
        if decode(ModalTarget, view["private_metadata"]).page < len(views):
            return views
        views.append(view)


def shown(value: Message | list[dict[str, Any]]) -> str:
    return json.dumps(value.blocks if isinstance(value, Message) else value, ensure_ascii=False)


def lines_of(message: Message) -> list[str]:
    """Return the lines of the steps that differ, as people read them."""
    for block in message.blocks:
        if "Steps that differ" in json.dumps(block):
            lines = block["elements"][1]["elements"]
            return ["".join(part["text"] for part in line["elements"]) for line in lines]
    return []


def evidence_for(data: st.DataObject, run: Answer) -> Evidence:
    made = data.draw(st.lists(decisions(), max_size=4))
    return Evidence(
        nodes=[Node.model_validate(node) for node in data.draw(slots_for(run))],
        nodes_asked=True,
        decisions=[Decision.model_validate(decision) for decision in made],
        decisions_asked=True,
        rule_titles={str(rule): "<!here> rule" for decision in made for rule in decision["source_rule_ids"]},
    )


@MANY
@given(st.data())
def test_any_two_runs_make_a_postable_message_and_valid_pages(data: st.DataObject) -> None:
    failing, later = data.draw(runs()), data.draw(runs())
    if data.draw(st.booleans()):  # so that the rules behind the goal are reached, too
        later["run"]["goal"] = failing["run"]["goal"]
    found = compared(failing, later, (evidence_for(data, failing), evidence_for(data, later)))
    assert_postable(comparison_message(found))
    for view in pages_of(found):
        assert check_view(view) == []
        for text in parsed_texts(view):
            assert_nothing_is_parsed(text)


@pytest.mark.parametrize("text", WORST)
@pytest.mark.parametrize("total", [1, 12, 400])
def test_the_worst_texts_fit_with_the_verdict_the_critical_step_and_the_counts(text: str, total: int) -> None:
    checks = [{"kind": f"{number}{text}", "state": "fail", "message": text} for number in range(20)]
    step = {"tool_name": text, "safety_level": text, "postconditions": checks}
    failing = answer(RUN, "failed", [{**step, "status": "failed"}] * total, 1, goal=text)
    later = answer(RERUN, "success", [{**step, "status": text, "postconditions": []}] * total, 2, goal=text)
    made = [
        Decision(decision_id=str(number), selected_tool=text, candidates=[text, str(number)]) for number in range(9)
    ]
    failing["artifacts"] = later["artifacts"] = [f"{text}{number}" for number in range(9)]
    message = comparison_message(compared(failing, later, (Evidence(decisions=made), Evidence(decisions=made[:3]))))
    assert_postable(message)
    assert "CRITICAL STEP" in shown(message)
    assert lines_of(message)
    assert "steps that differ" not in shown(message).rpartition("Left out")[2]


@pytest.mark.parametrize("total", [1, 7, 40, 2_000])
def test_every_pair_is_shown_or_counted(total: int) -> None:
    failing = answer(RUN, "failed", [{"tool_name": f"t{n}", "status": "failed"} for n in range(total)], 1)
    steps = [{"tool_name": f"t{n}", "status": "success" if n % 2 == 0 else "failed"} for n in range(total)]
    message = comparison_message(compared(failing, answer(RERUN, "success", steps, 2)))
    assert_postable(message)
    differing, equal = (total + 1) // 2, total // 2
    hidden = re.search(r"([\d,]+) more steps? differ", shown(message))
    assert len(lines_of(message)) + (int(hidden.group(1).replace(",", "")) if hidden else 0) == differing
    assert f"{equal:,} step{'' if equal == 1 else 's'} equal" in shown(message)
    assert lines_of(message)[0].startswith("▶ step 1 ")


def test_the_modal_has_every_differing_pair_once_and_folds_equal_ones() -> None:
    failing = answer(RUN, "failed", [{"tool_name": f"t{n}", "status": "failed"} for n in range(60)], 1)
    steps = [{"tool_name": f"t{n}", "status": "failed" if n % 3 else "success"} for n in range(60)]
    views = pages_of(compared(failing, answer(RERUN, "success", steps, 2)))
    text = shown(views)
    assert [text.count(f'"text": "t{n}"') for n in range(0, 60, 3)] == [1] * 20
    assert text.count("⋮ 2 equal steps") == 20
    targets = [decode(RunTarget, value) for value in values(views) if "rerun_id" in value]
    assert {target.rerun_id for target in targets} == {RERUN}


def values(view: Any) -> Iterator[str]:
    if isinstance(view, dict):
        if view.get("type") == "button":
            yield view["value"]
        for item in view.values():
            yield from values(item)
    elif isinstance(view, list):
        for item in view:
            yield from values(item)


def test_a_fix_is_told_as_a_person_would_read_it() -> None:
    found = compared(
        answer(
            RUN, "failed", [{"tool_name": "find", "status": "success"}, {"tool_name": "pay", "status": "failed"}], 1
        ),
        answer(
            RERUN,
            "success",
            [{"tool_name": name, "status": "success"} for name in ("find", "pay", "mail")],
            2,
        ),
    )
    message = comparison_message(found)
    assert message.text == (
        "Comparison: FIXED · run 3d1868e2, rerun 58e04b17. "
        "The critical step, step 2 (pay), succeeded as step 2 of the rerun, with no failed postcondition. "
        "Critical step 2 (pay): failed → ok. "
        "First divergence: Step 2 (pay) failed in the failing run and succeeded in the rerun. "
        "But: The inputs of the critical step were not both read: that they are the same was not checked."
    )
    assert lines_of(message) == [
        "▶ step 2 pay · ✗ failed, then ✓ ok · status",
        "step 3 of the rerun only mail · ✓ ok · after the end of the failing run",
    ]
    assert "1 step equal; outputs of 2 pairs not read, so not compared." in shown(message)


def test_a_step_that_only_the_rerun_has_is_said_once() -> None:
    first, last = {"tool_name": "find", "status": "success"}, {"tool_name": "pay", "status": "failed"}
    between = {"tool_name": "lock", "status": "success"}
    found = compared(answer(RUN, "failed", [first, last], 1), answer(RERUN, "failed", [first, between, last], 2))
    assert lines_of(comparison_message(found))[0] == "step 2 of the rerun only lock · ✓ ok"


def test_no_emoji_or_colour_alone_tells_a_status() -> None:
    failing = answer(RUN, "failed", [{"tool_name": "pay", "status": status} for status in ("failed", "pending")], 1)
    later = answer(RERUN, "failed", [{"tool_name": "pay", "status": status} for status in ("partial", "skipped")], 2)
    for row in lines_of(comparison_message(compared(failing, later))):
        sides = row.split(" · ")[1].split(", then ")
        assert len(sides) == 2
        for side in sides:
            assert re.search(r"[a-z]{2,}", side), side


@MANY
@given(
    st.lists(
        st.builds(LaterRun, UUIDS, st.none() | TEXT, st.just(NOW - timedelta(hours=1)), st.none() | TEXT), max_size=15
    )
)
def test_any_suggestions_make_a_valid_modal(suggested: list[LaterRun]) -> None:
    view = rerun_modal(suggested, TARGET, now=NOW)
    assert check_view(view) == []
    for text in parsed_texts(view):
        assert_nothing_is_parsed(text)
    if len(suggested) > 10:
        assert f"{len(suggested) - 10} more" in shown([view])


def test_suggestions_say_how_each_ended_and_the_newest_proof_comes_first() -> None:
    def later(run_id: str, hours: int, status: str) -> LaterRun:
        run = ReplayedRun.model_validate(answer(run_id, status, [{"tool_name": "pay", "status": status}], 1))
        stands = diagnose(
            run,
            outline(run),
            Evidence(),
            tenancy=HERE,
            now=NOW,
            stalled_after=timedelta(minutes=15),
            request_id=None,
        )
        return LaterRun(run_id, "Refund", NOW - timedelta(hours=hours), "case", stands=stands)

    failed, older = (
        later(f"1{RUN[1:]}", 1, "failed"),
        later(f"2{RUN[1:]}", 3, "success"),
    )
    newer, unread = later(f"3{RUN[1:]}", 2, "success"), LaterRun(RERUN, None, NOW, None)
    found = likeliest_first([failed, older, newer, unread])
    assert found == [newer, older, unread, failed]
    text = shown([rerun_modal(found, TARGET, now=NOW)])
    places = [
        text.index(words)
        for words in (f"✓ SUCCEEDED · 3{RUN[1:8]}", f"✓ SUCCEEDED · 2{RUN[1:8]}", "✗ FAILED · 1", "? not read")
    ]
    assert places[:2] == sorted(places[:2])
    assert places[2] > places[1]
