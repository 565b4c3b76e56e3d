"""A row of equal slots, for steps that the axis cannot show: the critical one among very many, and those without a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks.text import duration
from bot.domain.run.steps import Step
from bot.pictures.lettering import fitted
from bot.pictures.marks import draw_frame, draw_mark
from bot.pictures.palette import Role
from bot.pictures.phrases import number_of
from bot.pictures.shapes import Box, Shape, Text
from bot.pictures.track import Track, style_of

HEIGHT = 62
_SLOTS = 5
_TITLE = 16
_BETWEEN = 10


@dataclass(frozen=True, slots=True)
class Strip:
    """At most five steps in recording order, and what they are."""

    title: str
    steps: list[Step]


def strip_of(track: Track, *, folded: bool) -> Strip | None:
    """Return the critical step and its neighbours where bars are folded, else the steps without a time, else None."""
    critical = track.diagnosis.critical_step
    if folded and critical:
        untimed = f" · {len(track.untimed):,} of all have no recorded time" if track.untimed else ""
        title = f"Around {critical.label}, in order, not to scale{untimed}"
        return Strip(title, _window(track.diagnosis.steps, critical.number - 1))
    if not track.untimed:
        return None
    steps = _window(track.untimed, next((place for place, step in enumerate(track.untimed) if step is critical), 0))
    of = f" ({len(steps)} of {len(track.untimed):,})" if len(steps) < len(track.untimed) else ""
    return Strip(f"Time not recorded, in order{of}", steps)


def draw_strip(strip: Strip, critical: Step | None, area: Box) -> Iterator[Shape]:
    """Draw the title and a slot a step, 62 pixels high; steps without a duration are hollow."""
    yield Text((area.left, area.top + _TITLE + 2), fitted(strip.title, _TITLE, area.width), _TITLE, Role.MUTED)
    width = (area.width + _BETWEEN) / _SLOTS - _BETWEEN
    for place, step in enumerate(strip.steps):
        box = Box(area.left + place * (width + _BETWEEN), area.top + 27, width, area.height - 35)
        took = duration(step.duration)
        labels = (f"{number_of(step)}: {took}", number_of(step)) if took else (number_of(step),)
        yield from draw_mark(style_of(step), box, hollow=step.duration is None, labels=labels)
        if step is critical:
            yield from draw_frame(box.grown(3), Role.TEXT)


def _window(steps: Sequence[Step], centre: int) -> list[Step]:
    first = min(max(centre - _SLOTS // 2, 0), max(len(steps) - _SLOTS, 0))
    return list(steps[first : first + _SLOTS])
