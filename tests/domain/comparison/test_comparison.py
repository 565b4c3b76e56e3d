"""What a rerun proves: each rule of the verdict, the first divergence, what differs, and what was not read."""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks.compare_phrases import title
from bot.domain.access.tenancy import Tenancy
from bot.domain.comparison.alignment import PairReason
from bot.domain.comparison.compare import Comparison, compare
from bot.domain.comparison.differences import Sameness, sameness
from bot.domain.comparison.fix_verdict import FixVerdict
from bot.domain.comparison.pairs import Difference, OutcomeChange
from bot.domain.comparison.reruns import later_runs
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Node, ReplayedRun
from bot.domain.run.resolved_records import Decision
from bot.domain.run.steps import outline
from tests.strategies import decisions, runs, slots_for

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FIRST, LATER = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Told = tuple[Diagnosis, Evidence]


def step(tool: str | None, status: str = "success", **more: Any) -> dict[str, Any]:
    return {"tool_name": tool, "status": status, **more}


def check(name: str, state: str) -> dict[str, Any]:
    return {"kind": name, "state": state}


def told(run: dict[str, Any], evidence: Evidence | None = None) -> Told:
    parsed, known = ReplayedRun.model_validate(run), evidence or Evidence(nodes_asked=True, decisions_asked=True)
    diagnosis = diagnose(
        parsed,
        outline(parsed),
        known,
        tenancy=Tenancy("default", "support"),
        now=NOW,
        stalled_after=timedelta(minutes=15),
    )
    return diagnosis, known


def run(
    *steps: dict[str, Any],
    status: str = "failed",
    at: datetime | None = FIRST,
    goal: str | None = "Refund",
    case: str | None = None,
    **evidence: Any,
) -> Told:
    """Return a run whose steps may carry `tool_input` and `output_signature`, as slots that were read."""
    name = f"run at {at}"
    records, nodes = [], []
    for index, given_step in enumerate(steps, start=1):
        uris = {"step_uri": f"{name}/step/{index}", "result_uri": f"{name}/result/{index}"}
        slots = {key: given_step[key] for key in ("tool_input", "output_signature", "error") if key in given_step}
        records.append({"step_index": index, **uris, **given_step})
        if "tool_input" in slots:
            nodes.append(Node(uri=uris["step_uri"], slots={"replay_kind": "step", **slots}))
        if {"output_signature", "error"} & set(slots):
            nodes.append(Node(uri=uris["result_uri"], slots={"replay_kind": "step_result", **slots}))
    nodes.append(Node(uri=f"{name}/run", slots={"replay_kind": "run", "metadata": {"case": case}}))
    head = {"run_id": name, "status": status, "goal": goal, "started_at": at.isoformat() if at else None}
    return told({"run": head, "steps": records}, Evidence(nodes=nodes, nodes_asked=True, **evidence))


def rerun(*steps: dict[str, Any], status: str = "success", at: datetime | None = LATER, **more: Any) -> Told:
    return run(*steps, status=status, at=at, **more)


DEADLOCK = "deadlock detected at 2026-11-24T03:00:01Z in transaction 48213"


@pytest.mark.parametrize(
    ("again", "another"),
    [
        ("permission denied for table orders", True),
        ("deadlock detected at 2026-11-25T11:30:59Z in transaction 99871", False),
        (DEADLOCK, False),
        (None, False),
    ],
)
def test_a_step_that_fails_again_with_another_error_says_so(again: str | None, another: bool) -> None:
    failing = run(step("db.write", "failed", error=DEADLOCK))
    later = rerun(step("db.write", "failed", **({"error": again} if again else {})), status="failed")
    found = compared(failing, later)
    assert found.verdict is FixVerdict.STILL_FAILING
    assert found.another_error is another
    assert (found.first_divergence is not None) is another
    if another:
        assert "“permission denied for table orders”; before it was “deadlock detected" in " ".join(found.reasons)
        assert "STILL FAILING, with another error" in title(found)


def test_a_rerun_that_failed_outside_of_its_steps_is_said_to_have() -> None:
    found = compared(run(step("pay", "failed")), rerun(step("pay"), status="failed"))
    assert found.verdict is FixVerdict.FAILS_ELSEWHERE
    assert "The rerun ended as failed, although no step of it failed." in found.reasons


def test_one_attempt_is_one() -> None:
    failing = run(step("pay", "failed"))
    later = rerun(step("pay", "failed", step_index=1), step("pay", "failed", step_index=1), status="failed")
    assert compared(failing, later).first_divergence == (
        "Step 1 (pay) took 1 attempt in the failing run and 2 in the rerun."
    )


def test_an_error_text_on_one_side_only_is_a_difference_and_not_another_error() -> None:
    failing = run(step("db.write", "failed", error=DEADLOCK))
    later = rerun(step("db.write", "failed", output_signature={"rows": 0}), status="failed")
    found = compared(failing, later)
    assert "has the error “deadlock detected" in (found.first_divergence or "")
    assert "and no error text in the rerun." in (found.first_divergence or "")
    assert not found.another_error


def test_a_value_that_one_run_alone_recorded_is_shown_and_a_pending_steps_output_is_not_unread() -> None:
    failing = run(step("pay", "pending", result_uri=None, tool_input={"order": 9}))
    found = compared(failing, rerun(step("pay", output_signature={"receipt": 1}), status="success"))
    assert found.critical is not None
    assert [(change.path, change.after) for change in found.critical.output_changes.first] == [("", {"receipt": 1})]
    assert found.unread_outputs == 0


def test_a_first_run_that_succeeded_is_not_called_failing() -> None:
    found = compared(run(step("find"), step("pay"), status="success"), rerun(step("find"), step("pay", "failed")))
    assert found.verdict is FixVerdict.REGRESSED
    assert found.first_divergence == "Step 2 (pay) succeeded in the first run and failed in the rerun."
    assert "failing run" not in " ".join([*found.reasons, *found.caveats])


def test_a_success_of_another_case_with_the_same_goal_is_no_fix() -> None:
    found = compared(run(step("pay", "failed"), case="order-1"), rerun(step("pay"), case="order-2"))
    assert found.verdict is FixVerdict.NOT_COMPARABLE
    assert found.reasons == ["The cases differ: “order-1” and “order-2”."]
    of_one = compared(run(step("pay", "failed"), case="order-1"), rerun(step("pay"), case=" ORDER-1"))
    unsaid = compared(run(step("pay", "failed"), case="order-1"), rerun(step("pay")))
    assert of_one.verdict is unsaid.verdict is FixVerdict.FIXED


def test_no_later_run_of_another_case_is_offered_as_a_rerun() -> None:
    def own(run_id: str, case: str | None, *, at: datetime) -> Node:
        metadata = {"case": case} if case else {}
        slots = {"run_id": run_id, "goal": "Refund", "metadata": metadata, "replay_kind": "run"}
        return Node(client_id=f"replay:run:{run_id}", created_at=at, slots=slots)

    ids = [str(uuid.UUID(int=place)) for place in range(4)]
    later = [own(id_, case, at=LATER) for id_, case in zip(ids[1:], ("order-1", "order-2", None), strict=True)]
    found = later_runs(own(ids[0], "order-1", at=FIRST), later, limit=9)
    assert {one.run_id for one in found} == {ids[1], ids[3]}


@pytest.mark.parametrize("at", [LATER, FIRST - timedelta(hours=1)])
def test_runs_of_different_things_are_not_said_to_fail_with_another_error(at: datetime) -> None:
    failing = run(step("db.write", "failed", error=DEADLOCK))
    other = rerun(step("db.write", "failed", error="disk full"), status="failed", goal="Rotate logs", at=at)
    found = compared(failing, other)
    assert found.verdict is (FixVerdict.NOT_COMPARABLE if at == LATER else FixVerdict.NOT_PROOF)
    assert not found.another_error
    assert "another error" not in title(found)


def compared(failing: Told, later: Told) -> Comparison:
    return compare(failing[0], later[0], failing_evidence=failing[1], rerun_evidence=later[1])


FAILING = run(step("find"), step("pay", "failed", postconditions=[check("paid", "fail")]))
PAID = step("pay", postconditions=[check("paid", "pass")])


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (rerun(step("find"), PAID), FixVerdict.FIXED),
        (rerun(step("find"), step("lock"), PAID), FixVerdict.FIXED),  # a step inserted before it
        (rerun(PAID, step("find")), FixVerdict.FIXED),  # reordered
        (rerun(step("find"), step("pay.v2", postconditions=[check("paid", "pass")])), FixVerdict.FIXED),  # another tool
        (rerun(step("find"), step("void")), FixVerdict.FIXED),  # another tool at the same place
        (rerun(step("find"), PAID, step("mail")), FixVerdict.FIXED),  # the rerun goes on
        (rerun(step("find"), step("pay", "failed"), status="failed"), FixVerdict.STILL_FAILING),
        (rerun(step("find"), step("pay", "partial"), status="partial"), FixVerdict.STILL_FAILING),
        (rerun(step("find"), step("pay", postconditions=[check("paid", "fail")])), FixVerdict.STILL_FAILING),
        (rerun(step("find"), step("pay", "pending"), status="failed"), FixVerdict.STILL_FAILING),
        (rerun(step("find", "failed"), step("pay", "failed"), status="failed"), FixVerdict.STILL_FAILING),
        (rerun(step("find"), PAID, step("mail", "failed"), status="failed"), FixVerdict.FAILS_ELSEWHERE),
        (rerun(step("find"), PAID, step("mail", postconditions=[check("sent", "fail")])), FixVerdict.FAILS_ELSEWHERE),
        (rerun(step("find"), PAID, status="failed"), FixVerdict.FAILS_ELSEWHERE),  # outside of its steps
        (rerun(step("find", "failed"), status="failed"), FixVerdict.FAILS_ELSEWHERE),  # not reached
        (rerun(step("find"), step("pay", "skipped"), status="failed"), FixVerdict.FAILS_ELSEWHERE),
        (rerun(step("find", "failed"), PAID), FixVerdict.REGRESSED),
        (rerun(step("find", postconditions=[check("one", "fail")]), PAID), FixVerdict.REGRESSED),
        (rerun(step("find"), step("pay", "skipped")), FixVerdict.NOT_PROOF),
        (rerun(step("find"), step("pay", "pending")), FixVerdict.NOT_PROOF),
        (rerun(step("find"), step("pay", "odd")), FixVerdict.NOT_PROOF),
        (rerun(step("find")), FixVerdict.NOT_PROOF),  # dropped
        (rerun(step("find"), PAID, goal=" REFUND\n"), FixVerdict.FIXED),
        (rerun(step("find"), PAID, goal=None), FixVerdict.FIXED),
        (rerun(step("find"), PAID, goal="Ship"), FixVerdict.NOT_COMPARABLE),
        (rerun(step("sweep"), step("mop")), FixVerdict.NOT_COMPARABLE),
        (rerun(step("sweep", postconditions=[check("paid", "pass")])), FixVerdict.NOT_COMPARABLE),
        (rerun(), FixVerdict.NOT_COMPARABLE),
        (rerun(step("find"), PAID, status="in_progress", at=NOW - timedelta(minutes=1)), FixVerdict.NOT_PROOF),
        (rerun(step("find"), PAID, status="in_progress"), FixVerdict.NOT_PROOF),
        (rerun(step("find"), PAID, status="cancelled"), FixVerdict.NOT_PROOF),
        (rerun(step("find"), PAID, at=FIRST - timedelta(seconds=1)), FixVerdict.NOT_PROOF),
        (rerun(step("find"), PAID, at=None), FixVerdict.NOT_PROOF),
        (rerun(step("find"), PAID, goal="Replay playbook refunds"), FixVerdict.NOT_PROOF),
    ],
)
def test_the_verdict_follows_the_rules(later: Told, expected: FixVerdict) -> None:
    found = compared(FAILING, later)
    assert found.verdict is expected, found.reasons
    assert found.reasons
    assert found.verifies_fix == (expected is FixVerdict.FIXED)


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        (run(step("find"), status="success"), rerun(step("find")), FixVerdict.NOT_PROOF),
        (run(step("find"), status="success"), rerun(step("find", "failed"), status="failed"), FixVerdict.REGRESSED),
        (run(step("find"), status="success"), rerun(step("find"), status="failed"), FixVerdict.REGRESSED),
        (run(step("find")), rerun(step("find")), FixVerdict.NOT_PROOF),  # failed outside of its steps
        (run(step("find")), rerun(step("find"), status="failed"), FixVerdict.STILL_FAILING),
        (run(step("find")), rerun(step("find", "failed"), status="failed"), FixVerdict.FAILS_ELSEWHERE),
        (run(step("find"), status="odd"), rerun(step("find")), FixVerdict.NOT_PROOF),
        (run(step("find", "failed"), goal="Replay playbook x"), rerun(step("find"), goal=None), FixVerdict.NOT_PROOF),
        (run(step("find", "pending"), status="in_progress"), rerun(step("find")), FixVerdict.FIXED),  # stalled
        (run(step("a", "failed"), step("b", "failed")), rerun(step("a"), step("b", "failed")), FixVerdict.FIXED),
        (
            run(step("a", "failed"), step("b", "failed")),
            rerun(step("a"), step("b", "failed"), status="failed"),
            FixVerdict.FAILS_ELSEWHERE,
        ),
        (
            run(step("find", postconditions=[check("all", "fail")]), status="success"),
            rerun(step("find", postconditions=[check("all", "pass")])),
            FixVerdict.FIXED,
        ),
    ],
)
def test_the_first_run_counts_too(first: Told, later: Told, expected: FixVerdict) -> None:
    assert compared(first, later).verdict is expected


def test_a_run_does_not_prove_itself() -> None:
    found = compared(FAILING, FAILING)
    assert (found.verdict, found.first_divergence) == (FixVerdict.NOT_PROOF, None)
    assert found.reasons == ["Both are the same run: a run cannot prove its own fix."]


def test_the_first_run_still_running_without_a_failure_is_nothing_to_prove() -> None:
    running = run(step("find", "pending"), status="in_progress", at=NOW - timedelta(minutes=2))
    found = compared(running, rerun(step("find"), at=NOW - timedelta(minutes=1)))
    assert found.verdict is FixVerdict.NOT_PROOF
    assert found.reasons == ["The failing run has not ended, and no step has failed in it."]


def test_all_that_speaks_against_a_proof_is_said() -> None:
    later = rerun(step("sweep"), goal="Replay playbook x", status="in_progress", at=FIRST - timedelta(hours=1))
    assert len(compared(FAILING, later).reasons) == 5


def test_one_case_key_makes_other_goals_comparable() -> None:
    failing = run(step("pay", "failed"), goal="Refund 1", case="refund-1")
    found = compared(failing, rerun(step("pay"), goal="Refund once more", case="refund-1"))
    assert found.verdict is FixVerdict.FIXED
    assert "The goals differ, but both runs name the case “refund-1”." in found.caveats


def test_a_regression_beside_the_failure_is_said() -> None:
    found = compared(FAILING, rerun(step("find", "failed"), step("pay", "failed"), status="failed"))
    assert "Step 1 (find) worked in the failing run and failed in the rerun." in found.reasons


def test_what_failed_before_and_is_not_checked_now_is_a_caveat() -> None:
    failing = run(step("pay", "failed", postconditions=[check("paid", "fail"), check("booked", "fail")]))
    found = compared(failing, rerun(step("pay", postconditions=[check("paid", "unknown")])))
    assert "What failed before is not checked in the rerun: “booked”." in found.caveats
    assert "What failed before is undecided in the rerun: “paid”." in found.caveats


def test_repairs_attempts_other_inputs_and_disagreements_are_caveats() -> None:
    failing = run(step("pay", "failed", tool_input={"key": 1}))
    later = rerun(
        step("pay", "failed"), step("pay", tool_input={"key": 2}, repair_applied=True, step_index=1), status="success"
    )
    later[1].nodes.append(Node(slots={"replay_kind": "run_end", "status": "failed"}))
    again = told(
        {
            "run": {"run_id": "again", "status": "success", "goal": "Refund", "started_at": LATER.isoformat()},
            "steps": [asdict(each.record) for each in later[0].steps] * 2,
        },
        later[1],
    )
    said = " ".join(compared(failing, again).caveats)
    for words in ("another input", "after a repair", "took 2 attempts", "stored end record says failed"):
        assert words in said


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (rerun(step("find"), PAID), "Step 2 (pay) failed in the failing run and succeeded in the rerun."),
        (rerun(step("lock"), step("find"), PAID), "Step 1 (lock) is in the rerun only."),
        (rerun(PAID), "Step 1 (find) is in the failing run only."),
        (rerun(step("seek"), PAID), "At step 1 the failing run called find, the rerun seek."),
        (rerun(step("find", repair_applied=True), PAID), "Step 1 (find) was repaired in the rerun only."),
        (
            rerun(step("find", safety_level="auto_ok"), PAID),
            "Step 1 (find) has the safety level not recorded in the failing run and auto_ok in the rerun.",
        ),
        (
            rerun(step("find", postconditions=[check("a", "pass")]), PAID),
            "Step 1 (find) has other postconditions: “a” is checked in the rerun only.",
        ),
        (rerun(step("find")), "Step 2 (pay) is where the failing run goes on after the last step of the rerun."),
    ],
)
def test_the_first_divergence_is_named(later: Told, expected: str) -> None:
    assert compared(FAILING, later).first_divergence == expected


def test_an_earlier_difference_of_outputs_is_named_beside_the_divergence() -> None:
    failing = run(step("find", output_signature={"rows": 1}), step("pay", "failed"))
    found = compared(failing, rerun(step("find", output_signature={"rows": 2}), step("pay")))
    assert found.first_divergence == (
        "Step 2 (pay) failed in the failing run and succeeded in the rerun; "
        "before that, at step 1 (find), the output already differs."
    )


def test_postconditions_are_paired_by_name() -> None:
    before = [check("a", "fail"), check("b", "pass"), check("c", "pass"), check("d", "unknown"), check("e", "pass")]
    after = [check("b", "fail"), check("a", "pass"), check("c", "pass"), check("d", "pass"), check("f", "pass")]
    pair = compared(
        run(step("x", "failed", postconditions=before)), rerun(step("x", postconditions=after), status="failed")
    ).steps[0]
    assert {change.name: change.change for change in pair.conditions} == {
        "a": OutcomeChange.FIXED,
        "b": OutcomeChange.BROKEN,
        "d": OutcomeChange.CHANGED,
        "e": OutcomeChange.GONE,
        "f": OutcomeChange.ADDED,
    }
    assert pair.same_conditions == 1


def test_what_was_not_read_is_not_called_the_same() -> None:
    failing = run(step("a", output_signature={"n": 1}), step("b"), step("c", "failed", output_signature=None))
    later = rerun(step("a", output_signature={"n": 1}), step("b", output_signature=1), step("c", output_signature=None))
    found = compared(failing, later)
    assert [pair.output for pair in found.steps] == [Sameness.SAME, Sameness.NOT_READ, Sameness.NOT_RECORDED]
    assert found.unread_outputs == 1


def test_equal_inputs_choose_among_calls_of_one_tool() -> None:
    cities = [
        step("export", status, tool_input={"city": city})
        for city, status in (("HAM", "success"), ("LYS", "partial"), ("GDN", "success"))
    ]
    found = compared(run(*cities, status="partial"), rerun(cities[1], cities[2], status="partial"))
    assert found.verdict is FixVerdict.STILL_FAILING  # by place alone LYS would stand beside GDN, and look fixed
    assert found.critical is not None
    assert found.critical.rerun is not None
    assert found.critical.rerun.index == 1


def test_inputs_do_not_align_where_only_some_were_read() -> None:
    failing = run(step("poll"), step("poll", "failed", tool_input={"page": 1}))
    found = compared(failing, rerun(step("poll", tool_input={"page": 1}), step("poll")))
    assert [(pair.failing and pair.failing.number, pair.rerun and pair.rerun.number) for pair in found.steps] == [
        (1, 1),
        (2, 2),
    ]


@pytest.mark.parametrize(("before", "after"), [({"ok": True}, {"ok": 1}), ([1], [1, 2]), ("1", 1)])
def test_values_are_the_same_only_if_their_json_is(before: Any, after: Any) -> None:
    assert sameness({"v": before}, {"v": after}, "v") is Sameness.CHANGED
    assert sameness({"v": before}, {"v": before}, "v") is Sameness.SAME


def test_decisions_say_whether_the_rules_or_the_context_changed() -> None:
    def decided(tool: str, context: str, policy: str, rules: list[str]) -> Decision:
        return Decision(
            selected_tool=tool,
            candidates=["a", "b"],
            context_sha256=context,
            policy_sha256=policy,
            source_rule_ids=rules,
        )

    failing = run(step("a", "failed"), decisions=[decided("a", "c1", "p1", []), decided("b", "c2", "p1", ["r"])])
    later = rerun(step("a"), decisions=[decided("b", "c1", "p2", ["s"]), decided("b", "c3", "p1", ["r"])])
    first, second = compared(failing, later).selection
    assert (first.tools, first.meaning) == (("a", "b"), "same context, other policy: the rules changed")
    assert (first.rules.added, first.tool_changed, first.equal) == (["s"], True, False)
    assert second.meaning.startswith("same policy, other context")


def test_artifacts_are_added_gone_or_kept() -> None:
    parts = {"status": "failed", "goal": "g", "started_at": FIRST.isoformat()}
    failing = told({"run": {"run_id": "1", **parts}, "artifacts": ["a", "b", "a"]})
    later = told({"run": {"run_id": "2", **parts}, "artifacts": ["b", "c"]})
    artifacts = compared(failing, later).artifacts
    assert (artifacts.added, artifacts.gone, artifacts.kept) == (["c"], ["a"], ["b"])


def drawn(data: st.DataObject) -> Told:
    answer = data.draw(runs())
    evidence = Evidence(
        nodes=[Node.model_validate(node) for node in data.draw(slots_for(answer))],
        nodes_asked=True,
        decisions=[Decision.model_validate(item) for item in data.draw(st.lists(decisions(), max_size=3))],
        decisions_asked=True,
    )
    return told(answer, evidence)


@MANY
@given(st.data())
def test_any_two_runs_are_compared_and_every_step_is_there_once(data: st.DataObject) -> None:
    failing, later = drawn(data), drawn(data)
    found = compared(failing, later)
    assert [pair.failing for pair in found.steps if pair.failing] == failing[0].steps
    assert {id(pair.rerun) for pair in found.steps if pair.rerun} == {id(each) for each in later[0].steps}
    assert found.reasons
    assert (found.first_divergence is None) == all(pair.equal for pair in found.steps)
    assert (found.critical is None) == (failing[0].critical is None)
    if found.verifies_fix:
        assert later[0].status == "success"
    for pair in found.steps:
        if pair.failing and pair.rerun:
            same_tool = pair.failing.record.tool_name == pair.rerun.record.tool_name
            assert same_tool or Difference.TOOL in pair.differences or not (pair.failing.record.tool_name or "")
            assert pair.link is not PairReason.ALONE


@MANY
@given(st.data())
def test_a_run_compared_with_itself_is_equal_and_proves_nothing(data: st.DataObject) -> None:
    told_once = drawn(data)
    found = compared(told_once, told_once)
    assert found.verdict is FixVerdict.NOT_PROOF
    assert found.differing == []
    assert found.artifacts.equal
    assert not any(pair.tool_changed for pair in found.selection)
