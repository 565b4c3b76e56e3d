"""How often a failure was seen on each of the last 30 days, laid out as a scene."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from bot.domain.run.phrases import plural
from bot.pictures.lettering import text_width
from bot.pictures.marks import draw_frame
from bot.pictures.palette import Role
from bot.pictures.shapes import Box, Line, Rect, Scene, Shape, Text

DAYS = 30
MORE_THAN_A_FEW = 4  # runs, from which on there is something to see
WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _GROUND = 20.0, 700.0, 84.0, 196.0
_LEAST = 4.0  # pixels that a day with a failure is high
_LABEL = 16
_TICKS_EVERY = 7
_TOLD = 12  # days that the words name


TITLE = "Runs a day that failed this way"


def occurrences_scene(days: Mapping[date, int], until: date) -> Scene:
    """Lay out the runs a day of the 30 days that end with `until` (in UTC): 720 × 240 pixels at 1x."""
    shown = [until - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    counts = [max(0, days.get(day, 0)) for day in shown]
    seen = f"Seen {plural(sum(counts), 'time')} in {DAYS} days"  # for who hears it; the line beside the picture says so, too
    panel = Box(0, 0, WIDTH, HEIGHT)
    shapes: list[Shape] = [
        Rect(panel, Role.PANEL),
        *draw_frame(panel, Role.BORDER),
        Text((_LEFT, 42), TITLE, 26, Role.TEXT, bold=True),
        Text(
            (_LEFT, 66),
            f"The {DAYS} days to {_day(until)}, in UTC; at most {max(counts):,} a day",
            _LABEL,
            Role.MUTED,
        ),
        *_bars(counts),
        Line((_LEFT, _GROUND), (_RIGHT, _GROUND), Role.MUTED),
        *_ticks(shown),
    ]
    return Scene(WIDTH, HEIGHT, TITLE, _alt(seen, shown, counts), tuple(shapes))


def _bars(counts: list[int]) -> Iterator[Shape]:
    """Draw a bar for each day with a failure, and its number where that has room."""
    slot, most = (_RIGHT - _LEFT) / DAYS, max(counts)
    for place, count in enumerate(counts):
        if not count:
            continue
        height = max(_LEAST, (_GROUND - _TOP - _LABEL) * count / most)
        box = Box(_LEFT + slot * place + 2, _GROUND - height, slot - 4, height)
        yield Rect(box, Role.FAILED)
        if text_width(f"{count:,}", _LABEL) <= slot:
            yield Text((box.centre[0], box.top - 4), f"{count:,}", _LABEL, Role.TEXT, "middle")


def _ticks(shown: list[date]) -> Iterator[Shape]:
    slot = (_RIGHT - _LEFT) / DAYS
    for place in range(DAYS - 1, -1, -_TICKS_EVERY):
        x, words = _LEFT + slot * (place + 0.5), _day(shown[place])
        half = text_width(words, _LABEL) / 2
        yield Line((x, _GROUND), (x, _GROUND + 6), Role.MUTED)
        yield Text((min(max(x, 8 + half), WIDTH - 8 - half), _GROUND + 24), words, _LABEL, Role.MUTED, "middle")


def _alt(title: str, shown: list[date], counts: list[int]) -> str:
    """Say the same in words, the fullest days first where there are many."""
    seen = [(count, day) for day, count in zip(shown, counts, strict=True) if count]
    fullest = sorted(seen, key=lambda pair: (-pair[0], pair[1]))[:_TOLD]
    told = ", ".join(f"{_day(day)} {count:,}" for count, day in sorted(fullest, key=lambda pair: pair[1]))
    more = f", and {plural(len(seen) - _TOLD, 'day')} with fewer" if len(seen) > _TOLD else ""
    return f"{title}, from {_day(shown[0])} to {_day(shown[-1])} {shown[-1].year} (UTC): {told or 'no day'}{more}."


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
