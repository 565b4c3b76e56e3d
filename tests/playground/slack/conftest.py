"""A local Slack with a bot in it: a real Bolt app on a port of its own."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.playground.http import serve_app
from bot.playground.slack import LocalSlack, serve

Json = dict[str, Any]

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
]


@pytest.fixture
def manifest() -> Json:
    """Everything that an app can ask for. Tests take away what they want to see missing."""
    return {
        "display_information": {"name": "Greeter"},
        "features": {
            "bot_user": {"display_name": "greeter"},
            "slash_commands": [
                {"command": "/greet", "description": "Say hello", "usage_hint": "<who>", "should_escape": True},
                {"command": "/raw", "description": "As typed"},
            ],
            "shortcuts": [
                {"name": "Greet the author", "type": "message", "callback_id": "greet_author", "description": "Hello"},
                {"name": "Greet all", "type": "global", "callback_id": "greet_all", "description": "Hello all"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}, "interactivity": {"is_enabled": True}},
    }


@pytest.fixture
async def slack(manifest: Json) -> AsyncIterator[LocalSlack]:
    token = secrets.token_hex(8)
    local = LocalSlack(
        manifest=manifest,
        signing_secret=secrets.token_hex(16),
        bot_token="-".join(("xoxb", token)),
        app_token="-".join(("xapp", token)),
    )
    async with serve(local):
        yield local


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def app(slack: LocalSlack, client: AsyncWebClient) -> AsyncApp:
    """A Bolt app; it is reachable once `listening` has started it."""
    return AsyncApp(client=client, signing_secret=slack.link._secret.decode(), process_before_response=True)


@pytest.fixture
async def listening(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    handler = AsyncSlackRequestHandler(app)
    async with serve_app(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])) as server:
        url = server.base_url
        slack.request_url = f"{url}/slack/events"
        yield app


@pytest.fixture
def refuses() -> Callable[[str], contextlib.AbstractContextManager[Any]]:
    """`with refuses("no_text") as error:` for Web API calls; `error.value.response` is the answer."""

    def expect(code: str) -> contextlib.AbstractContextManager[Any]:
        return pytest.raises(SlackApiError, match=f"'error': '{code}'")

    return expect
