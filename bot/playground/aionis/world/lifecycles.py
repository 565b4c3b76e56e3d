"""Runs at every stage of life: stalled, running, just started, cancelled, finished."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, passed
from bot.playground.aionis.writer import Writer


def _record_stalled(writer: Writer, now: datetime) -> None:
    story = Story(writer, "stalled", now - timedelta(minutes=41))
    story.start("Move customer 77's documents to the new archive")
    story.step("archive.snapshot", takes=22, artifact_refs=["gs://archive-moves/77/before.tar"])
    story.clock = now - timedelta(minutes=40)
    story.announce("archive.copy", tool_input={"documents": 18204}, safety_level="manual_only")


def _record_in_progress(writer: Writer, now: datetime) -> None:
    story = Story(writer, "in-progress", now - timedelta(seconds=48))
    story.start("Renew the certificates of all edge nodes")
    story.step("edge.list_nodes", takes=1.2, output_signature={"nodes": 12})
    story.step("edge.renew", takes=14, before={"tool_input": {"node": "fra-1"}})
    story.clock = now - timedelta(seconds=20)
    story.announce("edge.renew", tool_input={"node": "fra-2"})


def _record_started_only(writer: Writer, now: datetime) -> None:
    Story(writer, "started-only", now - timedelta(minutes=2)).start(
        "Summarise yesterday's escalations for the stand-up"
    )


def _record_zero_steps(writer: Writer, now: datetime) -> None:
    story = Story(writer, "zero-steps", now - timedelta(hours=6))
    story.start("Close all tickets that wait for nothing")
    story.wait(30)
    story.end("failed", summary="Called off by the on-call engineer before the first step")


def _record_success(writer: Writer, now: datetime) -> None:
    story = Story(writer, "success", now - timedelta(minutes=25))
    story.start("Collect the evidence for audit request 14", metadata={"case": "audit-14", "agent": "audit-agent"})
    story.step(
        "logs.export",
        takes=8,
        before={"safety_level": "auto_ok"},
        artifact_refs=["s3://audit-14/logs/2026-q3.jsonl.gz", "s3://audit-14/logs/index.json"],
    )
    story.step(
        "access.report",
        takes=5,
        artifact_refs=["https://reports.example.com/access/14", "reports/access-14.pdf"],
        postconditions=[passed("signed", "signed by the compliance key")],
    )
    story.step(
        "access.screenshots", takes=12, artifact_refs=[f"gs://audit-14/shots/{shot:02}.png" for shot in range(24)]
    )
    story.step(
        "evidence.seal",
        takes=1,
        artifact_refs=["s3://audit-14/seal.json", "s3://audit-14/logs/index.json"],
        postconditions=[passed("sealed", "28 files, one hash each")],
    )
    story.end("success", summary="Evidence of audit request 14 sealed", metrics={"artifacts": 29})


TALES = (
    Tale(
        "stalled",
        "Silent for 40 minutes",
        "Started, never ended; the second step was announced and nothing came after it.",
        "stalled at step 2 (archive.copy)",
        _record_stalled,
    ),
    Tale(
        "in-progress",
        "Running right now",
        "The last record is 20 seconds old when the sample starts; one step is pending.",
        "in_progress",
        _record_in_progress,
    ),
    Tale("started-only", "Only a start record", "No step yet.", "in_progress", _record_started_only),
    Tale(
        "zero-steps",
        "Called off before the first step",
        "A start and a failed end, no steps.",
        "failed without a step",
        _record_zero_steps,
    ),
    Tale(
        "success",
        "Everything fine, many artifacts",
        "Four successful steps, 30 artifact refs of several kinds, one of them twice.",
        "success",
        _record_success,
    ),
)
