"""Traces by OpenTelemetry, where `TRACES=on` and the extra `otel` is there; until `enable` a span costs a look at one name.

One trace leads from Slack's request over the queue to what is posted: a job is stored with the trace that it belongs to. Spans
carry names of ours, of Slack's and of Aionis' interface, statuses and request ids; no text, no person, no channel and no run.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from bot.errors import SettingsError

SpanRole = Literal["server", "consumer", "client"]
_ENDS_WITHIN = 2.0  # seconds that the last spans get when the process ends
_live: list[Any] = []  # the tracer


def ensure_installed() -> None:
    """Raise `SettingsError` where the extra is not installed."""
    try:
        import opentelemetry.exporter.otlp.proto.http  # noqa: PLC0415 the extra `otel`
        import opentelemetry.sdk.trace  # noqa: F401, PLC0415
    except ImportError as missing:
        raise SettingsError(
            "TRACES is on, and OpenTelemetry is not installed.",
            fix="Install the extra `otel`: docs/operations.md says how, for the image, too.",
        ) from missing


def enable(version: str) -> Callable[[], None]:
    """Trace from now on; returns what sends the rest and ends it. Raises `SettingsError` where the extra is not installed.

    Where to is told by OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_ENDPOINT.
    """
    ensure_installed()
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 the extra `otel`
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    provider = TracerProvider(
        resource=Resource.create({"service.name": "incident-bot", "service.version": version}), shutdown_on_exit=False
    )
    provider.add_span_processor(_processor())
    _live[:] = [provider.get_tracer("incident-bot")]

    def disable() -> None:
        _live.clear()
        ending = threading.Thread(
            target=provider.shutdown, daemon=True
        )  # a collector that is away would be tried for long
        ending.start()
        ending.join(_ENDS_WITHIN)

    return disable


def _processor() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 the extra `otel`
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    return BatchSpanProcessor(OTLPSpanExporter())


def is_on() -> bool:
    """Tell whether anything is traced."""
    return bool(_live)


class Span:
    """Something that takes its time. `end` may be called once."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def note(self, **values: object) -> None:
        """Note facts; dots of their names are written as two underscores."""
        if self._span is not None:
            for name, value in values.items():
                self._span.set_attribute(name.replace("__", "."), value)

    def fail(self, kind: str) -> None:
        """Say that it did not go well, and by the name of what; never by its words."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 the extra `otel`

            self._span.set_status(Status(StatusCode.ERROR, kind))

    def end(self) -> None:
        if self._span is not None:
            self._span.end()


def begin_span(name: str, role: SpanRole, *, parent: str = "") -> Span:
    """Begin a span below the present one, or below a `parent` of another process (W3C's traceparent)."""
    if not _live:
        return Span(None)
    from opentelemetry.trace import SpanKind  # noqa: PLC0415 the extra `otel`

    return Span(_live[0].start_span(name, context=_context_of(parent), kind=SpanKind[role.upper()]))


@contextmanager
def span(name: str, role: SpanRole, *, parent: str = "") -> Iterator[Span]:
    """Have a block be a span, and what begins in it below it."""
    begun = begin_span(name, role, parent=parent)
    if not _live:
        yield begun
        return
    from opentelemetry.trace import use_span  # noqa: PLC0415 the extra `otel`

    with use_span(begun._span, end_on_exit=True, record_exception=False, set_status_on_exception=False):  # noqa: SLF001
        try:
            yield begun
        except BaseException as error:
            begun.fail(type(error).__name__)
            raise


def traceparent() -> str:
    """Return the present span as W3C's traceparent, for another process to go on with; "" for none."""
    if not _live:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent", "")


def trace_id() -> str:
    """Return the id of the present trace, for log lines; "" for none."""
    return traceparent().split("-")[1] if traceparent() else ""


def _context_of(parent: str) -> Any:
    if not parent:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({"traceparent": parent})
