"""A Slack Web API and an Aionis that answer anything after a fixed time, as cheaply as ASGI allows: `PORT`, `LATENCY`.

It exists so that the answers cost the measured process nothing but their waiting and reading; it checks nothing.
"""

import asyncio
import json
import os
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

TEAM = "T0ALOCAL01"
RUN_ID = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
_HEADERS = [(b"content-type", b"application/json"), (b"x-request-id", b"req_bench")]


def _uri(kind: str, place: int) -> str:
    return f"aionis://default/support/{kind}/00000000-0000-4000-8000-{place:012}"


def _step(place: int) -> dict[str, Any]:
    status = "failed" if place == 4 else "success"
    return {
        "step_id": f"00000000-0000-4000-8000-{place:012}",
        "step_index": place,
        "tool_name": "records.read",
        "status": status,
        "step_uri": _uri("event", place),
        "result_uri": _uri("event", 100 + place),
        "created_at": f"2026-11-24T04:00:{place:02}.000Z",
    }


_RUN = {
    "tenant_id": "default",
    "scope": "support",
    "run": {"run_id": RUN_ID, "status": "failed", "goal": "Convert four record batches", "run_uri": _uri("event", 99)},
    "steps": [_step(place) for place in range(1, 5)],
    "artifacts": [],
    "timeline": [],
}
_SLACK: dict[str, dict[str, Any]] = {
    "auth.test": {
        "team_id": TEAM,
        "team": "Local",
        "user_id": "U0ABOT0001",
        "user": "bot",
        "bot_id": "B0ABOT0001",
    },
    "chat.postMessage": {"channel": "C0AINCDNT1", "ts": "1700000000.000100"},
    "users.info": {"user": {"id": "U0AMAYA001", "name": "maya", "tz": "UTC", "team_id": TEAM}},
    "conversations.info": {"channel": {"id": "C0AINCDNT1", "creator": "U0AMAYA001", "is_member": True}},
    "conversations.replies": {"messages": []},
}
_ANSWERS = {
    "/v1/memory/replay/runs/get": _RUN,
    "/v1/memory/find": {"nodes": [], "page": {"returned": 0, "has_more": False}},
    "/v1/memory/tools/run": {"decisions": []},
    **{f"/api/{method}": {"ok": True, **answer} for method, answer in _SLACK.items()},
}
_BODIES = {path: json.dumps(answer).encode() for path, answer in _ANSWERS.items()}
_OTHERWISE = b'{"ok": true}'
_LATENCY = float(os.environ.get("LATENCY", "0"))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    while (await receive()).get("more_body"):
        pass
    if _LATENCY:
        await asyncio.sleep(_LATENCY)
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODIES.get(scope["path"], _OTHERWISE)})


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(os.environ["PORT"]), log_config=None, access_log=False, lifespan="off", timeout_keep_alive=75
    )
