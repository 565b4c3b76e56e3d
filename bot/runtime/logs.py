"""Logging: one line an event, for people or as JSON. Every line passes the redactor."""

import logging
import sys
import time
from typing import Any

import structlog

from bot.domain.text.visible import visible, visible_line
from bot.runtime import tracing
from bot.runtime.masking import mask_value

_MANY_LINES = frozenset({"exception", "stack"})


def configure_logs(level: str, form: str) -> None:
    """Send structlog and the libraries' logs to stderr in one form: `console` or `json`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderers: list[Any] = (
        [structlog.processors.JSONRenderer()]  # ASCII: every other character is an escape
        if form == "json"
        else [_show, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _mask,  # after the traceback has become text: exceptions carry what was being worked on
                *renderers,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("slack_bolt", "httpx", "uvicorn.error", "slack_sdk"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
    logging.getLogger("uvicorn.error").addFilter(_OnceAMinute())
    # Bolt finds SLACK_BOT_TOKEN in the environment by itself, and says that it does not use it.
    logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda record: "`token`" not in record.getMessage())


class _OnceAMinute(logging.Filter):
    """Lets a message of the server's pass once a minute: strangers can have it written as often as they connect."""

    def __init__(self) -> None:
        super().__init__()
        self._until: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        now = time.monotonic()
        if record.exc_info or now >= self._until.get(str(record.msg), 0.0):
            self._until[str(record.msg)] = now + 60.0
            return True
        return False


def _add_trace(_logger: Any, _method: str, event: Any) -> Any:
    """Say to which trace a line belongs, where there are traces."""
    if trace := tracing.trace_id():
        event["trace"] = trace
    return event


def _mask(_logger: Any, _method: str, event: Any) -> Any:
    return mask_value(dict(event))


def _show(_logger: Any, _method: str, event: Any) -> Any:
    """Keep a value from forging a line or acting on the terminal; a traceback keeps its lines."""
    return {key: visible(value) if key in _MANY_LINES else _one_line(value) for key, value in event.items()}


def _one_line(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return visible_line(value if isinstance(value, str) else repr(value))
