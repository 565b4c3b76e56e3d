"""The evidence of a bundle: what the kept answers say of a run is what was said when it was read."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.bundle.kept_answers import keep_answer
from bot.domain.incident.digest import run_digest
from bot.domain.run.diagnosis import Diagnosis, Verdict
from bot.domain.run.json_form import diagnosis_json
from bot.investigation.run import investigate
from bot.playground.aionis import SampleAionis, serve
from bot.report.bundling import diagnoses

HERE = Tenancy("default", "support")
# Times are those of the reading; who it was read as is no part of the answers.
APART = {"duration_seconds", "reads_as", "next_steps"}


async def read_and_kept(name: str, stalled_after: timedelta = timedelta(minutes=15)) -> tuple[Diagnosis, Diagnosis]:
    """Read a run of the sample twice; return what was concluded, and what the kept answers say."""
    sample = SampleAionis()
    async with serve(sample) as url:
        transport = AionisTransport.connect(url, headers={}, connect_timeout=5, max_response_bytes=2**25)
        aionis = Aionis(transport, HERE, Consumer(), deadline_seconds=30)
        for _ in range(2):
            found = await investigate(
                aionis, sample.runs[name].run_id, now=datetime.now(UTC), stalled_after=stalled_after
            )
        await transport.aclose()
    answers = [
        keep_answer(path=one.path, asked=one.asked, request_id=one.request_id, read_at=one.at, body=one.body)
        for one in aionis.exchanges
    ]
    digest = run_digest(found.diagnosis)
    return found.diagnosis, diagnoses(answers, HERE, {digest.run_id: digest.stalled_after})[0]


@pytest.mark.parametrize(
    "name",
    [
        "refund-failed",
        "masked-id",
        "masked-links",
        "hundreds-of-decisions",
        "sixty-decisions",
        "three-hundred",
        "private",
        "second-error",
        "disabled-rule",
        "playbook-strict-rerun",
        "other-tool",
    ],
)
def test_the_kept_answers_say_what_was_read(name: str) -> None:
    read, kept = asyncio.run(read_and_kept(name))
    told, again = diagnosis_json(read), diagnosis_json(kept)
    assert {key: value for key, value in again.items() if key not in APART} == {
        key: value for key, value in told.items() if key not in APART
    }


@pytest.mark.parametrize(
    ("silence", "verdict"), [(timedelta(seconds=1), Verdict.STALLED), (timedelta(days=9_999), Verdict.IN_PROGRESS)]
)
def test_a_run_is_stalled_in_the_bundle_where_it_was_in_the_channel(silence: timedelta, verdict: Verdict) -> None:
    read, kept = asyncio.run(read_and_kept("stalled", silence))
    assert read.verdict is kept.verdict is verdict
