"""The pictures of the sample world's runs: what they must say, and what they must not."""

import xml.etree.ElementTree as ET

import pytest

from bot.pictures.png import to_png
from bot.pictures.scene import comparison_scene, timeline_scene
from bot.pictures.svg import to_svg
from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world import leaky
from tests.pictures.making import run_of, sample_diagnosis, texts
from tests.pictures.test_any_run import assert_drawn

NAMES = sorted(SampleAionis().runs)


@pytest.fixture(scope="module")
def world() -> SampleAionis:
    return SampleAionis()


@pytest.mark.parametrize("name", NAMES)
async def test_every_sample_run_is_drawn_with_its_verdict_and_critical_step(world: SampleAionis, name: str) -> None:
    diagnosis = await sample_diagnosis(world, name)
    scene = timeline_scene(diagnosis)
    assert_drawn(scene)
    assert scene.title in scene.alt
    if diagnosis.critical_step:
        assert f"{diagnosis.critical_step.label} · {diagnosis.critical_step.tool[:40]}" in scene.alt
        assert any(text.startswith(f"{diagnosis.critical_step.label} · ") for text in texts(scene))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "refund-failed",
            "FAILED at step 2. 2 steps in 3.0 s: 1 ok · 1 failed · 0 pending. Critical: step 2 · payments.create_refund",
        ),
        ("partial", "PARTIAL at step 2"),
        ("divergent", "SUCCEEDED, but divergent at step 2"),
        ("stalled", "STALLED at step 2. 2 steps in 1 min to its last record"),
        ("retried", "Gaps: 10.7 s before step 2 (or earlier attempts), 8.1 s before step 3."),
        ("zero-steps", "No step was recorded; 0 steps in 30.1 s"),
        ("three-hundred", "Also: step 230 failed, step 267 failed. 299 steps folded into columns."),
    ],
)
async def test_alt_text_says_what_the_picture_shows(world: SampleAionis, name: str, words: str) -> None:
    assert words in timeline_scene(await sample_diagnosis(world, name)).alt


async def test_no_secret_is_drawn(world: SampleAionis) -> None:
    diagnosis = await sample_diagnosis(world, "secrets")
    for scene in (timeline_scene(diagnosis), comparison_scene(diagnosis, diagnosis)):
        shown = scene.alt + to_svg(scene) + "".join(texts(scene))
        assert [secret for secret in leaky.SECRETS if secret in shown] == []
        assert "masked" in scene.alt


async def test_a_run_id_that_is_a_secret_is_masked() -> None:
    scene = timeline_scene(run_of(run_id=leaky.GITHUB_TOKEN))
    assert leaky.GITHUB_TOKEN[:8] not in scene.alt + to_svg(scene)


async def test_a_failing_run_and_its_rerun_stand_above_each_other(world: SampleAionis) -> None:
    failing, rerun = [await sample_diagnosis(world, name) for name in ("refund-failed", "refund-rerun")]
    scene = comparison_scene(failing, rerun)
    assert_drawn(scene)
    assert [text for text in texts(scene) if "run " in text][:2] == [
        "failing run 4c484afe · FAILED · 2 steps in 3.0 s",
        "rerun 6132885d · SUCCEEDED · 4 steps in 3.0 s",
    ]


async def test_two_thousand_steps_stay_a_small_picture(world: SampleAionis) -> None:
    scene = timeline_scene(await sample_diagnosis(world, "long"))
    assert len(scene.shapes) < 250
    assert len(to_png(scene)) <= 200_000
    assert len(ET.fromstring(to_svg(scene))) < 250  # noqa: S314 our own text
    assert "Around step 1840, in order, not to scale" in texts(scene)
