"""What is said for settings and is none: lines of `.env` without a name and a value, and names that are nearly a setting's."""

import io
import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from bot.config.settings import DOTENV, Settings
from bot.doctor.finding import DoctorFinding, problem, warning

_NAMES = frozenset(name.upper() for name in Settings.model_fields)
_NEARLY = 0.8


def examine_names(name: str) -> Iterator[DoctorFinding]:
    """Look at `.env` and the environment, for the check `name`. Of a broken line its number is told, as it may hold a secret."""
    lines = list(_lines())
    for line in lines:
        if line.error or (line.key and line.value is None):
            seen = f".env, line {line.original.line}: it is not NAME=value, and sets nothing"
            yield problem(name, seen, "Mend the line, or begin it with # where it is a remark.")
    given = {line.key.upper() for line in lines if line.key and not line.error} | {one.upper() for one in os.environ}
    for wrong in sorted(given - _NAMES):
        for meant in get_close_matches(wrong, _NAMES - given, n=1, cutoff=_NEARLY):
            yield warning(name, f"{wrong} is no setting", f"Was {meant} meant? That one is not set.")


def _lines() -> list[Binding]:
    try:
        return list(parse_stream(io.StringIO(Path(DOTENV).read_text(encoding="utf-8"))))
    except (OSError, UnicodeError):  # none is there; what cannot be read is said of the settings
        return []
