"""The sample Aionis for tests, in a tenth of its time: its world is recorded once a process, and moved to now for each test."""

import io
import pickle
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from bot.playground.aionis import SampleAionis
from bot.playground.aionis.times import iso
from bot.playground.aionis.world import TALES
from bot.playground.aionis.world.catalogue import SampleRun
from bot.playground.aionis.world.story import run_id_of

RECORDED = datetime(2001, 6, 1, tzinfo=UTC)  # the only times of these years are those that are counted from it
_WRITTEN = re.compile(r"200[01]-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def sample_aionis(now: datetime | None = None) -> SampleAionis:
    """Return what `SampleAionis(now=now)` is once somebody has looked for anything in it."""
    sample = SampleAionis(empty=True, now=now)
    recording, runs = _recording()
    loaded = sample.writer.moment(None)
    moved = _Moved(recording, loaded).load()
    sample.store._scopes, sample.store._seq = moved._scopes, moved._seq
    sample._world.runs.update(runs)
    for tale in TALES:
        if tale.recorded == "on request":
            sample._world.pending[run_id_of(tale.name)] = (tale, partial(tale.record, sample.writer, loaded))
    return sample


@cache
def _recording() -> tuple[bytes, dict[str, SampleRun]]:
    sample = SampleAionis(now=RECORDED)
    sample._world.prepare()
    written = io.BytesIO()
    _Recorder(written, protocol=pickle.HIGHEST_PROTOCOL).dump(sample.store)
    return written.getvalue(), sample.runs


class _Recorder(pickle.Pickler):
    """Writes moments, and texts that are one, as how far they are from `RECORDED`."""

    def persistent_id(self, value: Any) -> tuple[bool, timedelta] | None:
        if type(value) is datetime:
            return False, value - RECORDED
        if type(value) is str and _WRITTEN.fullmatch(value):
            return True, datetime.fromisoformat(value) - RECORDED
        return None

    def reducer_override(self, value: Any) -> Any:
        # By their constructor: what `dataclass` itself does for frozen ones takes twice as long.
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, field.name) for field in fields(value))
        return NotImplemented


class _Moved(pickle.Unpickler):
    """Reads them as so far from another moment."""

    def __init__(self, recording: bytes, now: datetime) -> None:
        super().__init__(io.BytesIO(recording))
        self._now = now

    def persistent_load(self, distance: tuple[bool, timedelta]) -> str | datetime:
        as_text, ago = distance
        moment = self._now + ago
        return iso(moment) if as_text else moment
