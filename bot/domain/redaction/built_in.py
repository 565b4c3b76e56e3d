"""All built-in rules, the most telling first: where two find the same secret, the first names it."""

from collections.abc import Iterable
from importlib import import_module

from bot.domain.redaction.assignments import assignment_rules
from bot.domain.redaction.headers import header_rules
from bot.domain.redaction.keys import KindOf
from bot.domain.redaction.randomness import randomness_rule
from bot.domain.redaction.rules import Found, Rule
from bot.domain.redaction.shapes import shape_rules
from bot.domain.redaction.urls import url_rules

_LIBRARY = "bot.domain.redaction.library"
_LIBRARY_KINDS = frozenset(
    {
        "AWS key",
        "Azure key",
        "bot token",
        "GitHub token",
        "GitLab token",
        "Mailchimp key",
        "package token",
        "SendGrid key",
    }
    | {"Slack token", "Square key", "Stripe key", "Twilio key"}
)
_LIBRARY_HINTS = (
    "a3t",
    "abia",
    "acca",
    "akia",
    "asia",
    "aws",
    "accountkey",
    "-us",
    "gr1348941",
    "hooks.slack",
    "sq0csp",
    "k_live_",
)


def built_in_rules(kind_of: KindOf, hints: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules, with names judged by `kind_of` (`hints`: see `assignment_rules`)."""
    return (
        *shape_rules(),
        Rule(_LIBRARY_KINDS, lambda text: _library(text, unmarked=False), _LIBRARY_HINTS),
        Rule(_LIBRARY_KINDS, lambda text: _library(text, unmarked=True)),
        *header_rules(),
        *url_rules(kind_of),
        *assignment_rules(kind_of, hints),
        randomness_rule(),
    )


def prepare() -> None:
    """Import detect-secrets now (about 0.2 s) rather than with the first text that needs it."""
    import_module(_LIBRARY)


def _library(text: str, *, unmarked: bool) -> Iterable[Found]:
    findings: Iterable[Found] = import_module(_LIBRARY).library_findings(text, unmarked=unmarked)
    return findings
