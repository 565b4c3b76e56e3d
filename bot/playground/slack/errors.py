"""Errors of the local Slack.

Exception
├── SlackError      the Web API answers `{"ok": false, "error": code}`
└── RefusedError    a person tried something that Slack's client would not let them do
"""

from typing import Any


class SlackError(Exception):
    """Answer of a failed Web API call: Slack's error code, and what else the answer holds."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class RefusedError(Exception):
    """Slack's client would not have allowed it; `code` for programs, the sentence for people."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status


def invalid_arguments(*messages: str) -> SlackError:
    """Slack's answer to arguments that are missing or of a wrong form."""
    lines = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": lines})
