"""Bolt is ours to hold: nothing of it works beside the bot."""

import asyncio
import os

import pytest

from bot.config.settings import load_settings
from bot.runtime.bolts import build_bolt
from bot.runtime.services import Services


async def test_bolt_installs_nothing_by_itself_where_the_environment_has_the_client(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "made-up")
    app = build_bolt(load_settings(slack_signing_secret="made-up"), services, asyncio.Semaphore(1))
    assert (app.oauth_flow, app.installation_store) == (None, None)
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"
