"""What was measured, against which target: the table people read, and the JSON beside it."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
_HEADINGS = ("figure", "measured", "target", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `at_most` or `at_least` is the target; without either the line is context."""

    name: str
    value: float
    unit: str = "×"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ok(self) -> bool | None:
        """Tell whether the target is met; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    def row(self) -> tuple[str, str, str, str]:
        """Return the cells of the table."""
        bound = self.at_most if self.at_most is not None else self.at_least
        sign = "≤" if self.at_most is not None else "≥"
        target = "" if bound is None else f"{sign} {_number(bound)} {self.unit}"
        return self.name, f"{_number(self.value)} {self.unit}", target, {True: "ok", False: "MISS", None: ""}[self.ok]


def table(figures: Iterable[Figure]) -> str:
    """Return all figures as aligned text."""
    rows = [_HEADINGS, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {measured:>{widths[1]}}  {target:>{widths[2]}}  {mark}".rstrip()
        for name, measured, target, mark in rows
    ]
    return "\n".join([lines[0], "-" * len(max(lines, key=len)), *lines[1:]])


def verdict(figures: Sequence[Figure]) -> str:
    """Say plainly which targets are missed."""
    judged = [figure for figure in figures if figure.ok is not None]
    missed = [figure for figure in judged if not figure.ok]
    if not judged:
        return "No target was measured."
    if not missed:
        return f"All {len(judged)} targets are met."
    return "\n".join(
        [f"{len(missed)} of {len(judged)} targets are MISSED:", *(f"  {figure.name}" for figure in missed)]
    )


def machine() -> dict[str, str | int | float]:
    """Return what the numbers depend on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 1,
        "load_average": round(os.getloadavg()[0], 2),
    }


def save(name: str, figures: Iterable[Figure], on: dict[str, str | int | float]) -> Path:
    """Write the figures as JSON and return where."""
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"{moment:%Y%m%dT%H%M%SZ}-{name}.json"
    content = {
        "measured_at": moment.isoformat(timespec="seconds"),
        "machine": on,
        "figures": [{**asdict(figure), "ok": figure.ok} for figure in figures],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"
