"""What a person sees in a picture of one run, and in one of two."""

from itertools import pairwise

import pytest

from bot.pictures.lettering import text_width
from bot.pictures.palette import Role
from bot.pictures.scene import comparison_scene, timeline_scene
from bot.pictures.shapes import Line, Polygon, Text
from bot.pictures.track import StepStyle, style_of, track_of
from tests.pictures.making import Told, filled, run_of, texts
from tests.pictures.test_any_run import assert_readable

FAILS_LAST = (Told("orders.find", "success", 0, 4), Told("payments.refund", "failed", 5, 10))


def test_the_critical_step_is_named_with_its_error_and_has_the_only_red_bar() -> None:
    scene = timeline_scene(run_of(*FAILS_LAST, end=10))
    assert texts(scene)[:4] == [
        "Run 3d1868e2 FAILED at step 2",
        "2 steps in 10.0 s: 1 ok · 1 failed · 0 pending",
        "step 2 · payments.refund",
        "failed after 5.0 s: the answer has no refund id",
    ]
    mark, bar = filled(scene, Role.FAILED)
    assert mark.box.right < 50 < bar.box.left


def test_bars_stand_where_their_steps_were_on_the_axis() -> None:
    scene = timeline_scene(run_of(*FAILS_LAST, end=10))
    (ok,), (_, failed) = filled(scene, Role.OK), filled(scene, Role.FAILED)
    per_second = 66
    assert ok.box.left == 20
    assert ok.box.width == pytest.approx(4 * per_second, abs=2)
    assert failed.box.left == pytest.approx(20 + 5 * per_second)
    assert failed.box.right == pytest.approx(680, abs=2)


def test_a_failed_step_is_crossed_out_so_that_colour_is_not_needed() -> None:
    scene = timeline_scene(run_of(*FAILS_LAST, end=10))
    _, bar = filled(scene, Role.FAILED)
    strokes = [s for s in scene.shapes if isinstance(s, Polygon) and s.fill is Role.INK]
    on_bar = [s for s in strokes if all(bar.box.left < x < bar.box.right for x, _ in s.points)]
    assert len(on_bar) == 2


def test_every_kind_of_step_has_its_mark_and_its_word_in_the_legend() -> None:
    said_ok_and_failed = {"postconditions": [{"name": "refund_id_present", "ok": False}]}
    diagnosis = run_of(
        Told("a", "success", 0, 1),
        Told("b", "failed", 2, 3),
        Told("c", "partial", 4, 5),
        Told("d", "skipped", 6, 7),
        Told("e", "pending", 8),
        Told("f", "success", 9, 10, said_ok_and_failed),
        Told("g", "timeout", 11, 12),
        end=12,
    )
    assert {style_of(step) for step in diagnosis.steps} == set(StepStyle)
    assert {kind.value for kind in StepStyle} <= set(texts(timeline_scene(diagnosis)))


def test_simultaneous_steps_have_rows_of_their_own_and_the_critical_one_the_first() -> None:
    scene = timeline_scene(run_of(Told("a", "success", 0, 9), Told("b", "failed", 1, 8), end=10))
    (ok,), (_, failed) = filled(scene, Role.OK), filled(scene, Role.FAILED)
    assert failed.box.bottom < ok.box.top


def test_steps_that_follow_each_other_at_once_share_a_row() -> None:
    scene = timeline_scene(run_of(*(Told("a", "success", second, second + 1) for second in range(6)), end=6))
    bars = filled(scene, Role.OK)
    assert len({bar.box.top for bar in bars}) == 1
    assert all(left.box.right < right.box.left for left, right in pairwise(bars))


def test_a_gap_says_how_long_it_lasted_and_short_ones_are_left_alone() -> None:
    scene = timeline_scene(
        run_of(Told("a", "success", 0, 10), Told("b", "failed", 70, 99), Told("c", "success", 100, 110), end=110)
    )
    assert "1 min gap" in texts(scene)
    assert len(filled(scene, Role.BAND)) == 1
    assert "Gaps: 1 min before step 2." in scene.alt


def test_a_gap_before_a_retried_step_is_not_called_idle() -> None:
    tries = (
        Told("a", "success", 0, 10),
        Told("b", "failed", 60, 90, {"step_index": 7}),
        Told("b", "failed", 95, 99, {"step_index": 7}),
    )
    scene = timeline_scene(run_of(*tries, end=100))
    assert "1 min 25 s gap or retries" in texts(scene)
    assert "1 min 25 s before step 7 (or earlier attempts)" in scene.alt


def test_nothing_is_called_a_gap_behind_a_step_whose_end_is_not_known() -> None:
    track = track_of(run_of(Told("a", "success", 0, None), Told("b", "failed", 50, 60), end=100))
    assert [(gap.start, gap.end) for gap in track.gaps(1)] == [(60, 100)]


def test_a_step_without_a_recorded_end_is_dashed_and_no_longer_than_its_mark() -> None:
    scene = timeline_scene(run_of(Told("a", "success", 0, None), Told("b", "failed", 50, 60), end=100))
    assert filled(scene, Role.OK) == []
    dashed = [s for s in scene.shapes if isinstance(s, Line) and s.dashed and s.start[1] < 300]
    assert {line.stroke for line in dashed} == {Role.OK}
    assert max(line.end[0] for line in dashed) < 50
    assert "end unknown" in texts(scene)
    assert "End not recorded: step 1." in scene.alt


def test_a_pending_step_of_a_running_run_reaches_to_now_and_points_on() -> None:
    scene = timeline_scene(run_of(Told("a", "success", 0, 600), Told("b", "pending", 900), status="in_progress"))
    arrows = [s for s in scene.shapes if isinstance(s, Polygon) and s.fill is Role.PENDING and s.points[1][0] > 600]
    assert len(arrows) == 1
    assert "Gaps: 5 min before step 2." in scene.alt


def test_steps_without_a_time_are_listed_apart_and_put_nowhere_on_the_axis() -> None:
    scene = timeline_scene(run_of(Told("a", "success", 0, 5), Told("b", "failed"), end=10))
    assert "Time not recorded, in order" in texts(scene)
    assert [bar.box.left for bar in filled(scene, Role.OK)] == [20]
    assert "Time not recorded: step 2." in scene.alt


def test_a_run_without_any_time_has_no_axis() -> None:
    scene = timeline_scene(run_of(Told("a"), Told("b", "failed"), start=None))
    assert "No step has a recorded time." in texts(scene)
    assert "0" not in texts(scene)


def test_a_run_without_steps_says_so() -> None:
    scene = timeline_scene(run_of(end=30))
    assert "No step was recorded." in texts(scene)
    assert "No step was recorded" in scene.alt


def test_records_that_run_backwards_are_drawn_in_the_order_of_their_times() -> None:
    steps = [
        Told(f"t{place}", "failed" if place == 3 else "success", 50 - place * 5, 52 - place * 5) for place in range(6)
    ]
    scene = timeline_scene(run_of(*steps, start=60, end=10))
    numbers = [(shape.at[0], shape.text) for shape in scene.shapes if isinstance(shape, Text) and shape.size == 20]
    assert [text for _, text in sorted(numbers)] == ["6", "5", "3", "2", "1"]


def test_many_steps_become_columns_around_the_critical_one_and_its_neighbours() -> None:
    steps = [Told("t", "failed" if place in {120, 250} else "success", place, place + 0.9) for place in range(1, 301)]
    scene = timeline_scene(run_of(*steps, start=1, end=301))
    assert "299 steps in columns, up to 8 in one" in texts(scene)
    assert "Around step 120, in order, not to scale" in texts(scene)
    assert {"118: 900 ms", "119: 900 ms", "120", "121: 900 ms", "122: 900 ms"} <= set(texts(scene))
    assert "Also: step 250 failed. 299 steps folded into columns." in scene.alt
    assert len(scene.shapes) < 250


def test_one_very_long_step_stays_a_bar_among_many_short_ones() -> None:
    short = [Told("t", "failed" if place == 7 else "success", place * 0.2, place * 0.2 + 0.1) for place in range(40)]
    scene = timeline_scene(run_of(*short, Told("batch.wait", "success", 9, 2_700), end=2_700))
    longest = max(filled(scene, Role.OK), key=lambda bar: bar.box.width)
    assert longest.box.width > 640
    assert "41 · batch.wait" in texts(scene)


def test_a_comparison_puts_both_runs_on_one_axis_from_their_own_starts() -> None:
    failing = run_of(*FAILS_LAST, end=10)
    rerun = run_of(
        Told("orders.find", "success", 500, 504),
        start=500,
        end=520,
        status="success",
        run_id="9ab2c1d0-0000-4000-8000-000000000000",
    )
    scene = comparison_scene(failing, rerun)
    assert "failing run 3d1868e2 · FAILED · 2 steps in 10.0 s" in texts(scene)
    assert "rerun 9ab2c1d0 · SUCCEEDED · 1 step in 20.0 s" in texts(scene)
    first, second = filled(scene, Role.OK)
    assert first.box.left == second.box.left == 20
    assert first.box.width == second.box.width
    assert first.box.bottom < second.box.top
    assert scene.title == "Failing run 3d1868e2 FAILED, rerun 9ab2c1d0 SUCCEEDED"
    assert "Failing run: Run 3d1868e2 FAILED at step 2." in scene.alt
    assert "Rerun: Run 9ab2c1d0 SUCCEEDED." in scene.alt


def test_the_words_of_a_long_gap_at_the_end_stay_on_the_canvas() -> None:
    end = 2_900_000 * 86_400 + 3_600
    diagnosis = run_of(Told("a", "success", 0, end * 0.955), end=end)
    for scene in (timeline_scene(diagnosis), comparison_scene(diagnosis, diagnosis)):
        assert_readable([shape for shape in scene.shapes if isinstance(shape, Text)], scene.width)


def test_characters_that_are_words_by_themselves_are_reckoned_as_wide_as_they_are() -> None:
    assert text_width("\ufdfd\u2e3b", 10) > 120
    assert text_width("✈☎⚡", 10) == pytest.approx(42)
