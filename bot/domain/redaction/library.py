"""The plugins of detect-secrets that are precise and linear, as rules.

Left out: its entropy and keyword plugins (they flag ordinary lines), and those whose expressions take quadratic time or more
on hostile text (assignments, basic auth, JWT, npm, OpenAI); our own rules cover these kinds. Importing the package costs about
0.2 s, so this module is imported when the first text comes that it may have something to say about.
"""

import re
from collections.abc import Iterator

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from bot.domain.redaction.rules import Found

_KINDS: dict[type[RegexBasedDetector], str] = {
    AWSKeyDetector: "AWS key",
    AzureStorageKeyDetector: "Azure key",
    GitHubTokenDetector: "GitHub token",
    GitLabTokenDetector: "GitLab token",
    MailchimpDetector: "Mailchimp key",
    PypiTokenDetector: "package token",
    SendGridDetector: "SendGrid key",
    SlackDetector: "Slack token",
    SquareOAuthDetector: "Square key",
    StripeDetector: "Stripe key",
}
_UNMARKED: dict[type[RegexBasedDetector], str] = {DiscordBotTokenDetector: "bot token", TwilioKeyDetector: "Twilio key"}
_TOKEN_CHARACTERS = re.compile(r"[A-Za-z0-9_-]*")
_WIDEST = 400  # characters a finding is widened by at most


def library_findings(text: str, *, unmarked: bool) -> Iterator[Found]:
    """Yield what the plugins find, widened to whole tokens: their expressions stop at a token's usual length.

    `unmarked` asks for the tokens that have no word of their own to be known by, else for all others.
    """
    for plugin, kind in (_UNMARKED if unmarked else _KINDS).items():
        for pattern in plugin.denylist:  # type: ignore[attr-defined]  # declared a property, defined as a list
            for match in pattern.finditer(text):
                start, end = match.span()
                yield Found(start - _token_before(text, start), end + _token_after(text, end), kind)


def _token_before(text: str, start: int) -> int:
    return _token_after(text[max(0, start - _WIDEST) : start][::-1], 0)


def _token_after(text: str, end: int) -> int:
    match = _TOKEN_CHARACTERS.match(text, end, end + _WIDEST)
    return len(match[0]) if match else 0
