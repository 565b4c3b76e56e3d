"""Every recorded exchange of the real Aionis is understood. The recordings are not part of this project."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import errors
from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.uris import parse_reference

FOLDER = Path(__file__).parents[3] / "shared" / "aionis" / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.json"))

pytestmark = pytest.mark.skipif(not RECORDINGS, reason="the recordings of the real Aionis are not on this machine")


async def ask(aionis: Aionis, request: dict[str, Any]) -> Any:
    body = request.get("body") or {}
    run_id = body.get("run_id", "00000000-0000-0000-0000-000000000001")
    path = request["path"].removeprefix("/v1/memory/")
    if path == "resolve":
        return await aionis.resolve(parse_reference(body["uri"], aionis.tenancy))
    if path == "find":
        return await aionis.find(slots=body.get("slots_contains", {}))
    if path == "tools/run":
        return await aionis.decisions_of_run(run_id)
    if path == "tools/decision":
        return await aionis.decision(body["decision_id"])
    if path == "/health":
        return await aionis.health()
    return await aionis.get_run(run_id)


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
async def test_a_recording_is_understood(file: Path) -> None:
    recording = json.loads(file.read_text())  # noqa: ASYNC240 a small local file
    request_id = recording["headers"]["x-request-id"]
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
