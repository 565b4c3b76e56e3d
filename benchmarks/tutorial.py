"""The bot that somebody writes who follows Aionis' tutorial and Bolt's "getting started": synchronous, `requests` inside.

It acks first, as Bolt asks for, then reads the run and says where it failed.
"""

import os
from http.server import HTTPServer
from typing import Any
from unittest import mock

import requests
from slack_bolt import Ack, App, Say
from slack_sdk import WebClient

app = App(
    client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
)


@app.command("/replay")
def replay(ack: Ack, say: Say, command: dict[str, Any]) -> None:
    """Read the run and say where it failed."""
    ack()
    answer = requests.post(
        f"{os.environ['AIONIS_BASE_URL']}/v1/memory/replay/runs/get",
        json={
            "tenant_id": "default",
            "scope": "support",
            "run_id": command["text"],
            "include_steps": True,
            "include_artifacts": True,
        },
        timeout=30,
    )
    failed = [step for step in answer.json()["steps"] if step["status"] == "failed"]
    say(f"Run {command['text']} failed at step {failed[0]['step_index']}" if failed else "No step failed")


class _OnLoopback(HTTPServer):
    """Bolt's server listens on all addresses; a benchmark should not."""

    def __init__(self, address: tuple[str, int], handler: Any) -> None:
        super().__init__(("127.0.0.1", address[1]), handler)


if __name__ == "__main__":
    with mock.patch("slack_bolt.app.app.HTTPServer", _OnLoopback):
        app.start(port=int(os.environ["BOT_PORT"]), http_server_logger_enabled=False)
