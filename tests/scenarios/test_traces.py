"""One trace leads from Slack's request over the queue to what is posted, and says nothing of anybody."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime import logs, tracing
from tests.conftest import running_bot, settings_for
from tests.scenarios.steps import replayed


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_processor", lambda: SimpleSpanProcessor(kept))
    yield kept
    tracing._live.clear()


async def test_one_trace_from_the_command_to_the_posts(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, spans: InMemorySpanExporter
) -> None:
    run_id = aionis.runs["refund-failed"].run_id
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, traces=True)):
        await replayed(slack, run_id)

        def command() -> ReadableSpan:
            return [one for one in spans.get_finished_spans() if one.name == "slack command"][0]  # noqa: RUF015 not yet

        def of_it() -> list[ReadableSpan]:
            return [one for one in spans.get_finished_spans() if trace_of(one) == trace_of(command())]

        wanted = {"job replay", "aionis /v1/memory/replay/runs/get", "slack chat.postMessage", "job refresh"}
        found = await slack.wait_for(lambda: of_it() if wanted <= {one.name for one in of_it()} else None)
    asked = {(one.attributes or {}).get("aionis.request_id") for one in found}
    assert asked & {call.request_id for call in aionis.calls}
    said = repr([(one.name, dict(one.attributes or {}), one.events, one.status.description) for one in found])
    assert [secret for secret in (run_id, MAYA, INCIDENTS, slack.bot_token, "refund") if secret in said] == []


def trace_of(span: ReadableSpan) -> Any:
    return span.context.trace_id if span.context else None


async def test_lines_of_a_job_carry_its_request_and_its_trace(
    slack: LocalSlack,
    aionis: SampleAionis,
    redis_url: str,
    spans: InMemorySpanExporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[dict[str, Any]] = []

    def keep(_logger: object, _method: str, event: Any) -> Any:
        lines.append(dict(event))
        return event

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, logs._add_trace, keep, *before])
    try:
        async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, traces=True)):
            await slack.command(
                user=MAYA, channel=INCIDENTS, text=f"/replay 00000000-0000-4000-8000-{secrets.token_hex(6)}"
            )
            failed = await slack.wait_for(lambda: [one for one in lines if one["event"] == "job_failed"][0])  # noqa: RUF015 not yet
    finally:
        structlog.configure(processors=before)
    assert len(failed["trace"]) == 32
    assert len(failed["request"]) == 36
    assert failed["job"]
