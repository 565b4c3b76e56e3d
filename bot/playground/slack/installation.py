"""The app in one workspace: its tokens, what they were granted, and whether they are good for a whole organisation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.playground.slack.errors import SlackError


@dataclass(slots=True)
class Token:
    """One token: `kind` is bot or app, `expires_at` a Unix time (None: never), `dead` Slack's error once it is revoked."""

    kind: str
    expires_at: float | None = None
    dead: str = ""


class Installation:
    """Tokens by their text; `scopes` are those granted to the bot, `org_wide` marks an installation for an organisation."""

    def __init__(self, scopes: Iterable[str], clock: Callable[[], float]) -> None:
        self.scopes = list(scopes)
        self.org_wide = False
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    @property
    def active(self) -> bool:
        """Whether the app is installed: it has a bot token that was not revoked, though it may have expired."""
        return bool(self.alive())

    def knows(self, token: str) -> bool:
        """Whether a token, alive or not, is one of this workspace."""
        return token in self._tokens

    def alive(self) -> list[str]:
        """Bot tokens that were not revoked."""
        return [text for text, token in self._tokens.items() if token.kind == "bot" and not token.dead]

    def issue(self, token: str, kind: str = "bot", *, expires_at: float | None = None) -> None:
        """Take a token from now on."""
        self._tokens[token] = Token(kind, expires_at)

    def kind_of(self, token: str) -> str:
        """Return what a token is for: bot or app. SlackError for one that is unknown, revoked or too old."""
        if not token:
            raise SlackError("not_authed")
        known = self._tokens.get(token)
        if known is None:
            raise SlackError("invalid_auth")
        if known.dead:
            raise SlackError(known.dead)
        if known.expires_at is not None and self._clock() >= known.expires_at:
            raise SlackError("token_expired")
        return known.kind

    def revoke(self, token: str, code: str = "token_revoked") -> None:
        """Let a token be refused with that error from now on."""
        self._tokens[token].dead = code

    def expire(self) -> None:
        """Let every bot token that can expire be too old, as after twelve hours."""
        for token in self._tokens.values():
            if token.expires_at is not None:
                token.expires_at = self._clock()

    def end(self) -> None:
        """Revoke every bot token, as an uninstallation does."""
        for token in self._tokens.values():
            if token.kind == "bot":
                token.dead = token.dead or "account_inactive"
