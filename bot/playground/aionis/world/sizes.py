"""Runs of any length, without chance: for limits, paging and benchmarks."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed, passed
from bot.playground.aionis.writer import Writer

_TOOLS = ("records.read", "records.check", "records.convert", "records.write", "index.update")
_STEP_SECONDS = 0.2


class HasWriter(Protocol):
    """Anything that records can be written to, such as a `SampleAionis`."""

    @property
    def writer(self) -> Writer:
        """Return the writer."""


def make_run(  # noqa: PLR0913 the shape of a run
    world: HasWriter | Writer,
    *,
    steps: int,
    fail_at: int | None = None,
    name: str | None = None,
    case: str | None = None,
    repaired: Collection[int] = (),
    also_failing: Collection[int] = (),
    stop: bool = False,
    ended_ago: timedelta = timedelta(minutes=5),
    now: datetime | None = None,
    **common: Any,
) -> str:
    """Record a run of `steps` steps and return its id, the same for the same name, which is its case where none is given.

    Step `fail_at` fails, and with it the run; `repaired` steps fail and are repaired; `also_failing` steps fail, too.
    `stop` ends the run at the failing step. `common` are fields of every write, such as scope or lane.
    """
    writer = world if isinstance(world, Writer) else world.writer
    name = name or f"made-{steps}-{fail_at}"
    last = fail_at if stop and fail_at else steps
    began = writer.moment(now) - ended_ago - timedelta(seconds=_STEP_SECONDS * 2 * (last + len(repaired)))
    story = Story(writer, name, began, **common)
    story.start(
        f"Convert {steps} record batches to the new format", metadata={"case": case or name, "planned_steps": steps}
    )
    for index in range(1, last + 1):
        _batch(story, index, fails=index == fail_at or index in also_failing, repaired=index in repaired)
    status = "failed" if fail_at or also_failing else "success"
    story.end(
        status, summary=f"{last} of {steps} batches done", metrics={"steps_planned": steps, "steps_executed": last}
    )
    return story.run_id


def _batch(story: Story, index: int, *, fails: bool, repaired: bool) -> None:
    tool = _TOOLS[index % len(_TOOLS)]
    step_id = story.announce(tool, index=index, tool_input={"batch": index}, safety_level="auto_ok")
    if fails or repaired:
        story.report(
            step_id,
            "failed",
            takes=_STEP_SECONDS,
            step_index=index,
            error=f"batch {index}: field 'unit' is missing in {index % 7 + 1} records",
            output_signature={"converted": 99 - index % 7},
            postconditions=[failed("all_converted", f"{99 - index % 7} of 100 records", expected=100)],
            artifact_refs=[f"s3://conversion/batch-{index:05}/refused.jsonl"],
        )
    if not fails:
        story.report(
            step_id,
            "success",
            takes=_STEP_SECONDS,
            step_index=index,
            repair_applied=repaired,
            output_signature={"converted": 100},
            postconditions=[passed("all_converted", "100 of 100 records", expected=100)],
        )


def _record_three_hundred(writer: Writer, now: datetime) -> None:
    make_run(
        writer,
        steps=300,
        fail_at=212,
        name="three-hundred",
        repaired=(57, 140),
        also_failing=(230, 267),
        ended_ago=timedelta(minutes=16),
        now=now,
    )


def _record_long(writer: Writer, now: datetime) -> None:
    make_run(writer, steps=2000, fail_at=1840, name="long", ended_ago=timedelta(days=3), now=now)


TALES = (
    Tale(
        "three-hundred",
        "300 steps",
        "Fails at step 212; two earlier steps failed and were repaired, two later ones failed as well.",
        "failed at step 212",
        _record_three_hundred,
        recorded="on first look",
    ),
    Tale(
        "long",
        "2,000 steps",
        "Fails at step 1,840. Recorded when it is first asked for.",
        "failed at step 1840",
        _record_long,
        recorded="on request",
    ),
)
