"""Every recorded exchange of the real Aionis is understood. The recordings are not part of this project."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import errors
from bot.aionis import Aionis, AionisTransport
from bot.blocks.phrases import duration_words, step_count_words
from bot.blocks.replay import run_title
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.diagnosis import diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.json_form import diagnosis_json
from bot.domain.run.record_references import parse_reference
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.investigation.run import investigate

FOLDER = Path(__file__).parents[3] / "shared" / "aionis"
SECOND = sorted(FOLDER.glob("second/*.json"))  # of a second look, without headers
RECORDINGS = [*sorted(FOLDER.glob("recordings/*.json")), *SECOND]
SERVERS_ID = "00000000-0000-4000-8000-000000000002"

pytestmark = pytest.mark.skipif(not RECORDINGS, reason="the recordings of the real Aionis are not on this machine")


async def ask(aionis: Aionis, request: dict[str, Any]) -> Any:
    body = request.get("body") or {}
    run_id = body.get("run_id", "00000000-0000-0000-0000-000000000001")
    path = request["path"].removeprefix("/v1/memory/")
    if path == "resolve":
        return await aionis.resolve(parse_reference(body["uri"], aionis.tenancy))
    if path == "find":
        return await aionis.find(slots=body.get("slots_contains", {}), client_id=body.get("client_id"))
    if path == "tools/run":
        return await aionis.decisions_of_run(run_id)
    if path == "tools/decision":
        return await aionis.decision(body["decision_id"])
    if path == "/health":
        return await aionis.health()
    return await aionis.get_run(run_id)


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
async def test_a_recording_is_understood(file: Path) -> None:
    recording = json.loads(file.read_text(encoding="utf-8"))  # noqa: ASYNC240 a small local file
    request_id = recording.get("headers", {}).get("x-request-id", SERVERS_ID)
    response = httpx.Response(recording["status"], json=recording["response"], headers={"x-request-id": request_id})
    body = recording["request"].get("body") or {}
    uri_parts = body.get("uri", "").removeprefix("aionis://").split("/")
    asked = Tenancy(body.get("tenant_id") or uri_parts[0] or "default", body.get("scope") or "default")
    transport = AionisTransport.connect(
        "http://aionis.test",
        headers={},
        connect_timeout=1,
        max_response_bytes=2**24,
        transport=httpx.MockTransport(lambda _: response),
    )
    aionis = Aionis(transport, asked, Consumer(), deadline_seconds=0.5)
    if recording["status"] == 200:
        answer = await ask(aionis, recording["request"])
        assert answer.request_id == request_id
        return
    normal_absence = recording["response"].get("error") == "run_not_found_in_scope"
    if normal_absence:
        assert (await ask(aionis, recording["request"])).value.decisions == []
        return
    with pytest.raises(errors.BotError) as caught:
        await ask(aionis, recording["request"])
    assert caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("name", "title", "counts"),
    [
        ("success", "Run SUCCEEDED", "4: 4 ok · 0 failed · 0 pending"),
        ("failed_step2", "Run FAILED at step 2 of 2 · payments.create_refund", "2: 1 ok · 1 failed · 0 pending"),
        (
            "partial",
            "Run is PARTIAL at step 2 of 3 · wms.export",
            "3: 1 ok · 0 failed · 0 pending · 1 partial · 1 skipped",
        ),
        ("crashed_mid_step", "Run is STALLED at step 2 of 2 · db.copy_rows", "2: 1 ok · 0 failed · 1 pending"),
        ("in_progress", "Run is STALLED", "2: 2 ok · 0 failed · 0 pending"),
        ("started_only", "Run is STALLED", "none recorded"),
        ("zero_steps", "Run FAILED", "none recorded"),
        ("tenant_acme", "Run FAILED at step 2 of 2 · payment.authorize", "2: 1 ok · 1 failed · 0 pending"),
        ("before_fix", "Run FAILED at step 2 of 2 · reply.compose", "2: 1 ok · 1 failed · 0 pending"),
        ("after_fix", "Run SUCCEEDED", "2: 2 ok · 0 failed · 0 pending"),
        ("private_lane", "Run FAILED at step 1 of 1 · tool.private", "1: 0 ok · 1 failed · 0 pending"),
    ],
)
def test_what_runs_get_alone_says_of_a_recorded_run(name: str, title: str, counts: str) -> None:
    answer = json.loads((FOLDER / "recordings" / f"runs_get_{name}.json").read_text(encoding="utf-8"))["response"]
    run = ReplayedRun.model_validate(answer)
    tenancy, now = Tenancy(answer["tenant_id"], answer["scope"]), datetime(2026, 11, 27, 12, tzinfo=UTC)
    found = diagnose(run, outline(run), Evidence(), tenancy=tenancy, now=now, stalled_after=timedelta(minutes=15))
    assert (run_title(found), step_count_words(found)) == (title, counts)
    assert "d " not in duration_words(found), "the silence since is no part of the run"


def replayer() -> AionisTransport:
    """Answer runs from the second look's recordings: their searches by what was asked, everything else as not there."""
    known = [json.loads(file.read_text(encoding="utf-8")) for file in SECOND]

    def handle(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content or b"{}")
        wanted = {key: asked.get(key) for key in ("run_id", "scope", "slots_contains", "client_id")}
        for recording in known:
            body = recording["request"]["body"]
            same = {key: body.get(key) for key in wanted} == wanted
            if recording["request"]["path"] == request.url.path and same:
                return httpx.Response(recording["status"], json=recording["response"])
        return httpx.Response(404, json={"error": "decision_not_found_in_scope", "message": "no"})

    return AionisTransport.connect(
        "http://aionis.test",
        headers={},
        connect_timeout=1,
        max_response_bytes=2**24,
        transport=httpx.MockTransport(handle),
    )


@pytest.mark.parametrize(
    ("scope", "run_id", "verdict", "tool", "said"),
    [
        (
            "ops-desk",
            "fc8516cd-7661-4a19-a876-a5e29facc6bd",
            "failed",
            "queue.push",
            ["no longer there", "Look for the decision of step 1 in the agent's own log"],
        ),
        (
            "ops-desk",
            "ce97347c-4cc3-424a-86cc-08e412f2472a",
            "failed",
            "ticket.verify",
            ["reopened", "older, says “closed”"],
        ),
        ("masked", "3f8a1c2d-77aa-4c1e-9b0f-a41234567890", "failed", "pay.card", ['"order": 9', '"case": "c1"']),
        (
            "ops-desk",
            "0aa6a82a-1f6a-448d-879b-8d7fdc1f1764",
            "partial",
            "(tool not recorded)",
            ["bucket tmp-10 vanished", '"failed": 1', '"index": null', '"duration_seconds": null'],
        ),
        (
            "ops-desk",
            "99ba2b7c-0453-41c7-b82b-9eb9aecf365f",
            "failed",
            "command",
            ['"replay_mode": "strict"', '"simulated": false'],
        ),
        (
            "ops-desk",
            "a65af28e-edfa-4ed5-aa7e-2b215b85dc66",
            "failed",
            "queue.push",
            ["selected agent.page, but the step called"],
        ),
    ],
)
async def test_a_recorded_run_is_read_as_a_careful_person_would(
    scope: str, run_id: str, verdict: str, tool: str | None, said: list[str]
) -> None:
    aionis = Aionis(replayer(), Tenancy("default", scope), Consumer("local-user"), deadline_seconds=5)
    found = await investigate(
        aionis, run_id, now=datetime(2026, 11, 27, 12, tzinfo=UTC), stalled_after=timedelta(minutes=15)
    )
    told = diagnosis_json(found.diagnosis)
    assert (told["verdict"], (told["critical_step"] or {}).get("tool")) == (verdict, tool)
    for words in said:
        assert words in json.dumps(told, ensure_ascii=False)
    assert "not visible" not in json.dumps(told)
