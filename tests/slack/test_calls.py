"""Each of Slack's refusals is told in words that help."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import NotInChannel, PostingRefused, SlackError, SlackRefused, SlackUnreachable
from bot.slack.calls import call


async def refused(code: str, **more: Any) -> SlackError:
    data = {"ok": False, "error": code, **more}
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers={}, status_code=200
    )

    async def request() -> Any:
        raise SlackApiError("no", answer)  # type: ignore[no-untyped-call]

    with pytest.raises(SlackError) as caught:
        await call("post in this channel", request())
    return caught.value


@pytest.mark.parametrize(
    ("code", "helps"),
    [
        ("is_archived", "Unarchive it"),
        ("restricted_action", "posting permissions"),
        ("restricted_action_read_only_channel", "posting permissions"),
        ("restricted_action_thread_only_channel", "Ask in a thread"),
        ("no_permission", "scopes of manifest.yml"),
        ("message_limit_exceeded", "plan's limit"),
        ("team_access_not_granted", "grant it access"),
        ("ekm_access_denied", "give access back"),
        ("restricted_action_thread_locked", "unlock it"),
        ("thread_locked", "unlock it"),
        ("cannot_reply_to_message", "in the channel"),
        ("messages_tab_disabled", "Messages tab"),
        ("posting_to_channel_denied", "posting permissions"),
        ("enterprise_is_restricted", "admin of the organisation"),
    ],
)
async def test_a_channel_that_takes_no_posts_says_what_helps(code: str, helps: str) -> None:
    error = await refused(code)
    assert isinstance(error, PostingRefused)
    assert helps in error.fix
    assert code in error.what


@pytest.mark.parametrize(
    ("code", "helps"),
    [
        ("token_expired", "SLACK_BOT_TOKEN"),
        ("metadata_too_large", "whoever runs the bot"),
        ("msg_too_long", "whoever runs the bot"),
        ("invalid_blocks", "whoever runs the bot"),
        ("as_user_not_supported", "SLACK_BOT_TOKEN"),
        ("account_inactive", "SLACK_BOT_TOKEN"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("user_not_found", "deactivated"),
        ("user_not_in_channel", "Join the channel"),
        ("expired_trigger_id", "Click again"),
        ("exchanged_trigger_id", "Click again"),
        ("file_uploads_disabled", "incident-bot export"),
        ("storage_limit_reached", "room for files"),
    ],
)
async def test_what_asking_again_does_not_change_says_what_helps(code: str, helps: str) -> None:
    error = await refused(code)
    assert isinstance(error, SlackRefused)
    assert helps in error.fix


async def test_a_missing_scope_is_named() -> None:
    error = await refused("missing_scope", needed="channels:history", provided="chat:write")
    assert "channels:history" in error.what
    assert "manifest.yml" in error.fix


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
async def test_who_is_not_in_the_channel_is_to_be_invited(code: str) -> None:
    assert isinstance(await refused(code), NotInChannel)


@pytest.mark.parametrize(
    "code", ["internal_error", "update_failed", "org_login_required", "external_channel_migrating"]
)
async def test_what_passes_by_itself_is_waited_for(code: str) -> None:
    assert isinstance(await refused(code), SlackUnreachable)
