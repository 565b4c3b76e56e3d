"""Whatever Aionis answers, what we render is within Slack's limits, literal, and keeps what matters."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks.elements import line, plain, rich
from bot.blocks.layout import JSON_BUDGET, Message, Part, fit, json_size
from bot.blocks.modals import failed_modal, loading_modal
from bot.blocks.notices import failure_message, notice
from bot.blocks.place import Where
from bot.blocks.recent import RecentFailure, recent_message
from bot.blocks.replay import replay_message
from bot.blocks.resolve import resolve_message
from bot.blocks.routing import Modal, ModalTarget
from bot.blocks.step import step_modal
from bot.blocks.text import cut, escape, outside
from bot.blocks.timeline import timeline_modal
from bot.domain.access.tenancy import Tenancy
from bot.domain.recurrence.troubled import TroubledRun
from bot.domain.run.diagnosis import Diagnosis, diagnose
from bot.domain.run.evidence import Evidence, step_detail
from bot.domain.run.records import Node, ReplayedRun
from bot.domain.run.resolution import Resolution
from bot.domain.run.resolved_records import Decision, Feedback, Resolved
from bot.domain.run.steps import outline
from bot.domain.run.uris import uri_of
from bot.errors import RunNotFound, UsageError
from bot.playground.slack.blockkit import check_blocks, check_view, too_long
from handlers import features
from handlers.words import ABOUT, help_for
from tests.strategies import JSON, TEXT, TIMES, UUIDS, decisions, runs, slots_for

HERE = Tenancy("default", "support")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
TARGET = ModalTarget(run_id=RUN, channel="C0001", thread_ts="1.2")
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
# What must never come from outside into a place that Slack parses.
PARSED = re.compile(r"<[!@#]|<https?:|<javascript:|(?<![\w⁠]):[a-z_]+:")
OWN_DATE = re.compile(r"<!date\^-?\d+\^\{date_short_pretty\} \{time_secs\}\|[^>]*>")


def diagnosed(run: dict[str, Any], nodes: list[dict[str, Any]], made: list[dict[str, Any]]) -> tuple[Diagnosis, Any]:
    parsed = ReplayedRun.model_validate(run)
    evidence = Evidence(
        nodes=[Node.model_validate(node) for node in nodes],
        nodes_asked=True,
        decisions=[Decision.model_validate(decision) for decision in made],
        decisions_asked=True,
        rule_titles={str(rule): "<!here> rule" for decision in made for rule in decision["source_rule_ids"]},
    )
    shape = outline(parsed)
    diagnosis = diagnose(
        parsed, shape, evidence, tenancy=HERE, now=NOW, stalled_after=timedelta(minutes=15), request_id="req <@U1>"
    )
    return diagnosis, lambda step: step_detail(step, parsed, evidence)


def assert_postable(message: Message) -> None:
    assert check_blocks(message.blocks) == []
    assert not too_long(message.blocks)
    assert json_size(message.blocks) <= JSON_BUDGET
    assert 0 < len(message.text) <= 4_000
    assert_nothing_is_parsed(message.text)
    for text in parsed_texts(message.blocks):
        assert_nothing_is_parsed(text)


def assert_nothing_is_parsed(text: str) -> None:
    own_removed = re.sub(r"`[^`]*`", "", OWN_DATE.sub("", text))
    assert not PARSED.search(own_removed), text


def parsed_texts(value: Any) -> Iterator[str]:
    """Yield every text in a place where Slack parses mrkdwn or emoji names."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn" or (value.get("type") == "plain_text" and value.get("emoji") is not False):
            yield value["text"]
        for item in value.values():
            yield from parsed_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from parsed_texts(item)


@MANY
@given(st.data())
def test_any_run_makes_postable_messages_and_modals(data: st.DataObject) -> None:
    run = data.draw(runs())
    diagnosis, detail = diagnosed(run, data.draw(slots_for(run)), data.draw(st.lists(decisions(), max_size=3)))
    assert_postable(replay_message(diagnosis))
    assert check_view(timeline_modal(diagnosis, TARGET)) == []
    for step in diagnosis.steps:
        view = step_modal(diagnosis, detail(step), TARGET)
        assert check_view(view) == []
        for text in parsed_texts(view):
            assert_nothing_is_parsed(text)


@MANY
@given(st.data())
def test_any_record_makes_a_postable_card(data: st.DataObject) -> None:
    id_ = data.draw(UUIDS)
    payload: dict[str, Any] = data.draw(
        st.fixed_dictionaries({"decision": decisions()})
        | st.fixed_dictionaries({"commit": commits()})
        | st.fixed_dictionaries({"node": nodes()})
        | st.fixed_dictionaries({"edge": edges()})
    )
    kind = next(iter(payload))
    resolution = Resolution(
        uri_of(HERE, "rule" if kind == "node" else kind, id_),
        Resolved.model_validate(payload),
        "req <!channel>",
        HERE,
        rule_titles={str(rule): "*rule* <@U1>" for rule in payload[kind].get("source_rule_ids", [])},
        feedback=[Feedback(outcome=data.draw(TEXT), note=data.draw(TEXT))],
        problems=data.draw(st.lists(TEXT, max_size=2)),
    )
    assert_postable(resolve_message(resolution))


@MANY
@given(st.data())
def test_any_list_of_recent_runs_is_postable(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(runs(), max_size=12))
    rows = [
        RecentFailure(TroubledRun(diagnosed(run, data.draw(slots_for(run)), [])[0], NOW, data.draw(TEXT)), 3)
        for run in drawn
    ]
    assert_postable(recent_message(rows, HERE, now=NOW, page=data.draw(st.integers(0, 3)), older=True, has_more=True))


@MANY
@given(TEXT, TEXT)
def test_any_failure_is_postable(what: str, fix: str) -> None:
    error = UsageError(what, fix=fix, request_id="<@U1>")
    assert_postable(failure_message(error))
    assert check_view(failed_modal(Modal.STEP, TARGET, error)) == []


def test_fixed_messages_are_postable() -> None:
    features()
    for message in (
        *(help_for(where, *ABOUT) for where in (Where(), Where(in_thread=True), Where(direct=True))),
        notice("Replaying `x`"),
        failure_message(RunNotFound("Aionis has no run.", request_id="r")),
    ):
        assert_postable(message)
    assert check_view(loading_modal(Modal.TIMELINE, TARGET)) == []


@pytest.mark.parametrize("total", [1, 59, 60, 61, 300, 2_000])
def test_long_runs_fold_and_keep_the_critical_step(total: int) -> None:
    failing = max(1, total * 2 // 3)
    steps = [
        {"step_index": number, "tool_name": f"tool.{number}", "status": "failed" if number == failing else "success"}
        for number in range(1, total + 1)
    ]
    diagnosis, _ = diagnosed({"run": {"run_id": RUN, "status": "failed"}, "steps": steps}, [], [])
    message = replay_message(diagnosis)
    assert_postable(message)
    shown = json.dumps(message.blocks, ensure_ascii=False)
    assert re.search(rf"▶ +{failing} ✗ tool\.{failing} · failed", shown)
    if total > 60:
        hidden = sum(int(count.replace(",", "")) for count in re.findall(r"⋮ ([\d,]+) more", shown))
        listed = len(re.findall(r"tool\.\d+ ·", shown))
        assert hidden + listed == total
    pages = -(-total // 30)
    details = 0
    for page in range(pages):
        view = timeline_modal(diagnosis, TARGET.model_copy(update={"page": page}))
        assert check_view(view) == []
        details += sum(1 for block in view["blocks"] if block.get("accessory"))
    assert details == total


def test_the_verdict_leads_every_notification() -> None:
    run = {
        "run": {"run_id": RUN, "status": "failed", "goal": "Refund"},
        "steps": [{"step_index": 2, "tool_name": "pay", "status": "failed"}],
    }
    diagnosis, _ = diagnosed(run, [], [])
    assert replay_message(diagnosis).text.startswith("Run 3d1868e2 FAILED at step 2 (pay)")


def test_parts_are_left_out_by_rank_and_named() -> None:
    big = rich(line(plain("x" * 2_900)))
    parts = [Part(f"part {rank}", [big], rank=rank) for rank in (0, 1, 2, 3, 1, 2, 0)]
    blocks = fit(parts)
    assert json_size(blocks) <= JSON_BUDGET
    assert "Left out for length: part 2, part 3, part 1, part 2" in json.dumps(blocks)


@given(TEXT, st.integers(min_value=20, max_value=500))
def test_cutting_says_how_much_is_gone(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown) <= limit
    if len(text) > limit:
        kept, missing = re.fullmatch(r"(?s)(.*)… \[\+([\d,]+)\]", shown).groups()  # type: ignore[union-attr]
        assert len(kept) + int(missing.replace(",", "")) == len(text)


@given(TEXT)
def test_escaped_text_has_no_markup_left(text: str) -> None:
    assert_nothing_is_parsed(escape(outside(text, 500)))


def test_hidden_characters_become_visible() -> None:
    assert outside("a\u202eb\u200bc\x07", 100) == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩"


def commits() -> st.SearchStrategy[dict[str, Any]]:
    entries = st.lists(JSON | st.fixed_dictionaries({"id": UUIDS, "type": TEXT, "title": TEXT}), max_size=12)
    return st.fixed_dictionaries(
        {
            "id": UUIDS | TEXT,
            "parent_id": st.none() | UUIDS | TEXT,
            "diff_json": st.dictionaries(
                st.sampled_from(["nodes", "edges", "tool_feedback", "redaction"]) | TEXT, entries, max_size=4
            ),
            "actor": st.none() | TEXT,
            "commit_hash": st.none() | TEXT,
            "created_at": TIMES,
            "linked_object_counts": st.dictionaries(TEXT, JSON, max_size=5),
        }
    )


def nodes() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": UUIDS,
            "type": st.none() | TEXT,
            "title": st.none() | TEXT,
            "text_summary": st.none() | TEXT,
            "slots": st.dictionaries(TEXT, JSON, max_size=20),
            "memory_lane": st.none() | TEXT,
            "owner_agent_id": st.none() | TEXT,
            "created_at": TIMES,
            "commit_id": st.none() | UUIDS | TEXT,
        }
    )


def edges() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": UUIDS,
            "type": st.none() | TEXT,
            "src_uri": st.none() | TEXT | UUIDS.map(lambda id_: str(uri_of(HERE, "event", id_))),
            "dst_id": st.none() | TEXT,
            "weight": st.none() | st.floats(allow_nan=False),
            "created_at": TIMES,
        }
    )
