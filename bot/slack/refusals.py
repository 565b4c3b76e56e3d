"""Slack's codes for what it refuses: which pass by themselves, which let nothing be posted, and what helps against each."""

INSTALL_AGAIN = "Install the app again with the scopes of manifest.yml."
SOCKET_HELPS = "Check SLACK_APP_TOKEN (scope connections:write), and that Socket Mode is enabled in the app."
_LET_POST = "An admin can let the bot post here, in the channel's posting permissions."
_UNLOCK = "Whoever locked it can unlock it; or ask in the channel."
_CLICK_AGAIN = "Click again: Slack gives a click three seconds."
_LOOK_AT_IT = "Check SLACK_BOT_TOKEN."
_UPLOADS = "An admin of the workspace can allow files; `incident-bot export` writes the bundle where the bot runs."
_OWN_FAULT = (
    "Tell whoever runs the bot: Slack does not take this message of it. `incident-bot replay` shows runs in a terminal."
)

NO_SUCH_CHANNEL = "channel_not_found"
NOT_IN_CHANNEL = frozenset({"not_in_channel", NO_SUCH_CHANNEL})
# What to say instead of inviting the bot, which would help nothing.
MAY_NOT_POST = {
    "is_archived": ("the channel is archived", "Unarchive it, or go on in another channel."),
    "restricted_action": ("the workspace's settings forbid it", _LET_POST),
    "restricted_action_read_only_channel": ("the channel is read-only", _LET_POST),
    "restricted_action_thread_only_channel": (
        "only replies in threads are allowed here",
        "Ask in a thread, by mentioning the bot, or let an admin allow the bot to post here.",
    ),
    "restricted_action_non_threadable_channel": (
        "threads are not allowed here",
        "Use a channel that has threads: an incident lives in one.",
    ),
    "restricted_action_thread_locked": ("the thread is locked", _UNLOCK),
    "thread_locked": ("the thread is locked", _UNLOCK),
    "cannot_reply_to_message": ("that message takes no replies", "Ask in the channel instead."),
    "posting_to_channel_denied": ("the workspace's settings forbid it", _LET_POST),
    "messages_tab_disabled": (
        "messages to the app are turned off",
        "Turn on the Messages tab in the app's settings, below App Home, or ask in a channel.",
    ),
    "method_not_supported_for_channel_type": ("this kind of conversation takes none", "Ask in a channel."),
    "no_permission": ("the bot lacks a permission", INSTALL_AGAIN),
    "message_limit_exceeded": (
        "the workspace has reached its limit of messages",
        "An admin of the workspace can raise its plan's limit.",
    ),
    "team_access_not_granted": (
        "the app has no access to this workspace",
        "An admin of the organisation can grant it access.",
    ),
    "enterprise_is_restricted": (
        "the organisation does not allow it",
        "An admin of the organisation can allow the app there.",
    ),
    "ekm_access_denied": (
        "the organisation's key management keeps messages back",
        "An admin of the organisation can give access back.",
    ),
}
TRANSIENT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "update_failed",
        "team_added_to_org",
        "org_login_required",  # while a workspace moves into an organisation
        "external_channel_migrating",  # while a channel becomes a shared one
    }
)
FIXES = {
    "metadata_too_large": _OWN_FAULT,
    "msg_too_long": _OWN_FAULT,
    "msg_blocks_too_long": _OWN_FAULT,
    "invalid_blocks": _OWN_FAULT,
    "as_user_not_supported": "SLACK_BOT_TOKEN must be a bot's token of an app made from manifest.yml; it begins with xoxb.",
    "missing_scope": INSTALL_AGAIN,
    "not_allowed_token_type": "SLACK_BOT_TOKEN must be a bot's token, which begins with xoxb.",
    "invalid_auth": _LOOK_AT_IT,
    "not_authed": _LOOK_AT_IT,
    "access_denied": INSTALL_AGAIN,
    "account_inactive": "Check SLACK_BOT_TOKEN: the app was removed from the workspace.",
    "token_revoked": "Check SLACK_BOT_TOKEN: it was revoked.",
    "token_expired": "Check SLACK_BOT_TOKEN: it has expired, and the bot takes none that are rotated.",
    "accesslimited": "The workspace lets apps in from some addresses alone: an admin can add this machine's.",
    "user_not_found": "That person's account may be deactivated, or of another workspace.",
    "user_not_visible": "That person is in another organisation, or may not be seen by the bot.",
    "user_not_in_channel": "Join the channel, and ask there again.",
    "expired_trigger_id": _CLICK_AGAIN,
    "trigger_expired": _CLICK_AGAIN,
    "exchanged_trigger_id": _CLICK_AGAIN,
    "trigger_exchanged": _CLICK_AGAIN,
    "invalid_trigger_id": _CLICK_AGAIN,
    "file_uploads_disabled": _UPLOADS,
    "file_uploads_except_images_disabled": _UPLOADS,
    "blocked_file_type": _UPLOADS,
    "slack_connect_file_upload_sharing_blocked": _UPLOADS,
    "slack_connect_blocked_file_type": _UPLOADS,
    "storage_limit_reached": "The workspace has no room for files left: an admin can make some.",
}
"""What to try, for codes that trying again does not change."""
