"""What the bot counts and times, in one table, for Prometheus. Off until `enable`: then counting costs a look at one name.

Labels are bounded: a value must look like a name of ours or of Slack's or Aionis' interface, and of each label the first 80 are
told apart, the rest is `other`. No label is a channel, a run, an incident or a person.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PREFIX = "incident_bot_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
_MOST_VALUES = 80
_NAME = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./ -]{0,59}")
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Slack gives an ack three seconds
_SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0, 600.0)


class InstrumentKind(StrEnum):
    COUNTER = "counter"
    HISTOGRAM = "histogram"  # of seconds
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that is counted, timed or read."""

    name: str
    kind: InstrumentKind
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = _QUICK

    @property
    def exposed(self) -> str:
        """Return its name at Prometheus."""
        return PREFIX + self.name + ("_total" if self.kind is InstrumentKind.COUNTER else "")


INSTRUMENTS = (
    Instrument(
        "commands",
        InstrumentKind.COUNTER,
        "Requests of people that were done, by word and outcome",
        ("word", "outcome"),
    ),
    Instrument("jobs", InstrumentKind.COUNTER, "Jobs of any kind by what became of a try", ("kind", "outcome")),
    Instrument(
        "job_waits",
        InstrumentKind.COUNTER,
        "Jobs put off because something outside was away or broke",
        ("kind", "because"),
    ),
    Instrument("ack_seconds", InstrumentKind.HISTOGRAM, "From Slack's request to the bot's answer to it", ("type",)),
    Instrument(
        "posted_seconds", InstrumentKind.HISTOGRAM, "From a stored request to its end: all is posted", ("word",), _SLOW
    ),
    Instrument("aionis_calls", InstrumentKind.COUNTER, "Tries of calls to Aionis", ("endpoint", "status")),
    Instrument("aionis_seconds", InstrumentKind.HISTOGRAM, "Tries of calls to Aionis", ("endpoint",), _SLOW),
    Instrument("aionis_retries", InstrumentKind.COUNTER, "Tries that were repeated", ("status",)),
    Instrument(
        "slack_calls",
        InstrumentKind.COUNTER,
        "HTTP requests to Slack: posts, edits and all others",
        ("method", "status"),
    ),
    Instrument("slack_refusals", InstrumentKind.COUNTER, "Web API calls that Slack refused", ("error",)),
    Instrument("slack_waits", InstrumentKind.COUNTER, "Waits that Slack asked for (429)", ("kind",)),
    Instrument("slack_wait_seconds", InstrumentKind.COUNTER, "Seconds that Slack asked to wait (429)", ("kind",)),
    Instrument(
        "socket_connections", InstrumentKind.COUNTER, "Socket Mode connections that were opened, the first one included"
    ),
    Instrument(
        "queue_jobs", InstrumentKind.GAUGE, "Jobs in the queue: ready to be done, due later, being done", ("state",)
    ),
    Instrument("queue_oldest_seconds", InstrumentKind.GAUGE, "How long the oldest job that could be done has not been"),
    Instrument("queue_patient_jobs", InstrumentKind.GAUGE, "Jobs that wait because Slack or Redis is away, or was"),
    Instrument("queue_patient_seconds", InstrumentKind.GAUGE, "How long one of them has waited at most"),
    Instrument("open_incidents", InstrumentKind.GAUGE, "Open incidents, of all workspaces; looked at once a minute"),
    Instrument("incidents", InstrumentKind.COUNTER, "Incidents opened, closed and reopened", ("change",)),
    Instrument("checklist", InstrumentKind.COUNTER, "Checklist items by what they rest on now", ("basis",)),
    Instrument("fix_verdicts", InstrumentKind.COUNTER, "Comparisons of a failing run with its rerun", ("verdict",)),
    Instrument("recurrences", InstrumentKind.COUNTER, "Failing runs put into the index of failures", ("outcome",)),
    Instrument("watch_left_out", InstrumentKind.COUNTER, "What a watch left out for good, by why", ("because",)),
    Instrument("redactions", InstrumentKind.COUNTER, "Values masked in kept answers of Aionis", ("rule",)),
    Instrument(
        "store_seconds", InstrumentKind.HISTOGRAM, "Round trips to Redis that somebody waits for", ("operation",)
    ),
)


class Registry:
    """All instruments of one process, with their values."""

    def __init__(self) -> None:
        # Imported here: it takes 0.12 s, for those who want metrics.
        import prometheus_client as prometheus  # noqa: PLC0415

        self._prometheus = prometheus
        self._collected = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(namespace=PREFIX.rstrip("_"), registry=self._collected)
        self._made = {instrument.name: self._make(instrument) for instrument in INSTRUMENTS}
        self._seen: dict[tuple[str, str], set[str]] = {}

    def of(self, name: str, labels: dict[str, str]) -> Any:
        """Return an instrument with its labels' values. Raises `KeyError` for one that the table has not."""
        made = self._made[name]
        return (
            made.labels(**{label: self._bounded(name, label, value) for label, value in labels.items()})
            if labels
            else made
        )

    def text(self) -> bytes:
        """Return all values in Prometheus' text format."""
        return bytes(self._prometheus.generate_latest(self._collected))

    def _make(self, instrument: Instrument) -> Any:
        about = (PREFIX + instrument.name, instrument.about, instrument.labels)
        match instrument.kind:
            case InstrumentKind.COUNTER:
                return self._prometheus.Counter(*about, registry=self._collected)
            case InstrumentKind.GAUGE:
                return self._prometheus.Gauge(*about, registry=self._collected)
            case InstrumentKind.HISTOGRAM:
                return self._prometheus.Histogram(*about, registry=self._collected, buckets=instrument.buckets)

    def _bounded(self, name: str, label: str, value: str) -> str:
        seen = self._seen.setdefault((name, label), set())
        if value not in seen:
            if len(seen) >= _MOST_VALUES or not _NAME.fullmatch(value):
                return OTHER
            seen.add(value)
        return value


_live: list[Registry] = []


def enable() -> Registry:
    """Count from now on, from zero."""
    _live[:] = [Registry()]
    return _live[0]


def disable() -> None:
    """Count no more."""
    _live.clear()


def is_on() -> bool:
    """Tell whether anything is counted."""
    return bool(_live)


def count(name: str, amount: float = 1, **labels: object) -> None:
    """Add to a counter."""
    if _live:
        _live[0].of(name, _texts(labels)).inc(amount)


def observe(name: str, seconds: float, **labels: object) -> None:
    """Put a time into a histogram."""
    if _live:
        _live[0].of(name, _texts(labels)).observe(max(0.0, seconds))


def read(name: str, value: float, **labels: object) -> None:
    """Say what a gauge shows."""
    if _live:
        _live[0].of(name, _texts(labels)).set(value)


@contextmanager
def timed(name: str, **labels: object) -> Iterator[None]:
    """Put how long a block took into a histogram, however it ends."""
    began = time.perf_counter()
    try:
        yield
    finally:
        observe(name, time.perf_counter() - began, **labels)


def _texts(labels: dict[str, object]) -> dict[str, str]:
    return {label: str(value) for label, value in labels.items()}
