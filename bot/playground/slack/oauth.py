"""OAuth v2: codes that people allow, the tokens that the app gets for them, and their rotation."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.playground.slack.errors import RefusedError, SlackError
from bot.playground.slack.uninstalling import revoke, uninstall
from bot.playground.slack.web_api.call import Args

if TYPE_CHECKING:
    from bot.playground.slack.local import LocalSlack

Json = dict[str, Any]
CODE_SECONDS = 600.0
TOKEN_SECONDS = 43_200


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody allows: which scopes, where the code goes, what comes back with it, and for which workspaces."""

    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    user: str
    team: str
    org_wide: bool


class OAuth:
    """The app's side of installing it into workspaces. `client_id` and `client_secret` are the app's credentials."""

    def __init__(self, slack: "LocalSlack") -> None:
        self.client_id = f"{secrets.randbelow(10**12):012}.{secrets.randbelow(10**12):012}"
        self.client_secret = secrets.token_hex(16)
        self._slack = slack
        self._codes: dict[str, tuple[Consent, float]] = {}
        self._used: set[str] = set()
        self._refreshes: dict[str, Consent] = {}

    # in the browser

    def asked(self, url_or_query: str) -> Json:
        """Read and check what an authorize URL asks for; RefusedError with the code that Slack's page would show."""
        query = urlsplit(url_or_query).query or url_or_query
        given = dict(parse_qsl(query, keep_blank_values=True))
        if given.get("client_id") != self.client_id:
            raise RefusedError("invalid_client_id", "There is no app with this client id.")
        scopes = tuple(scope for scope in given.get("scope", "").replace(" ", ",").split(",") if scope)
        unknown = [scope for scope in scopes if scope not in self._slack.config.scopes]
        if not scopes or unknown:
            raise RefusedError("invalid_scope", f"The app may not ask for: {', '.join(unknown) or 'nothing at all'}.")
        known = self._slack.config.redirect_urls
        redirect_uri = given.get("redirect_uri") or next(iter(known), "")
        if not _allowed(redirect_uri, known):
            raise RefusedError("bad_redirect_uri", f"{redirect_uri or 'No address'} is no redirect URL of the app.")
        state = given.get("state", "")
        return {"scopes": scopes, "redirect_uri": redirect_uri, "state": state, "team": given.get("team", "")}

    def allow(self, url: str, *, user: str, team: str | None = None, org_wide: bool = False) -> str:
        """Allow what an authorize URL asks for, as that person; returns the address that the browser is sent to."""
        asked = self.asked(url)
        slack = self._slack.of_team(team or asked["team"])
        if org_wide and not (slack.config.org_deploy and slack.world.enterprise):
            raise RefusedError("org_install_not_allowed", "The app cannot be installed for a whole organisation here.")
        if user not in {person.id for person in slack.world.people()}:
            raise RefusedError("user_not_found", f"There is no person {user}.", 404)
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        consent = Consent(asked["scopes"], asked["redirect_uri"], asked["state"], user, slack.world.team.id, org_wide)
        self._codes[code] = (consent, slack.workspace.clock() + CODE_SECONDS)
        return with_query(consent.redirect_uri, code=code, state=consent.state)

    def deny(self, url: str) -> str:
        """Refuse it; returns the address that the browser is sent to."""
        asked = self.asked(url)
        return with_query(asked["redirect_uri"], error="access_denied", state=asked["state"])

    # the Web API

    def access(self, given: Json) -> Json:
        """`oauth.v2.access`: exchange a code, or a refresh token, for an access token."""
        args = Args(given)
        self._authenticated(args)
        if args.text("grant_type") == "refresh_token":
            return self._refreshed(args)
        consent = self._exchanged(args)
        for slack in self._places(consent):
            installation = slack.workspace.installation
            kept = installation.scopes if installation.active else []
            installation.scopes = list(dict.fromkeys((*kept, *consent.scopes)))
            slack.workspace.set_org_wide(org_wide=consent.org_wide)
            if consent.org_wide:  # an organisation's files are seen in each of its workspaces
                slack.workspace.files = self._slack.of_team(consent.team).workspace.files
        return self._issued(consent)

    def exchange(self, given: Json) -> Json:
        """`oauth.v2.exchange`: exchange a token that never expires for one that does, with a refresh token."""
        args = Args(given)
        self._authenticated(args)
        token = args.text("token")
        slack = self._holding(token)[0]
        slack.workspace.installation.revoke(token)
        team, user = slack.world.team.id, next(slack.world.people()).id
        consent = Consent(tuple(slack.workspace.scopes), "", "", user, team, slack.workspace.installation.org_wide)
        return self._issued(consent, rotated=True)

    def revoke(self, given: Json) -> Json:
        """`auth.revoke`: revoke the token that this is called with; with the last one the app is uninstalled."""
        args = Args(given)
        places = self._holding(args.text("token"))
        if args.flag("test"):
            return {"revoked": False}
        for slack in places:
            revoke(slack.workspace, args.text("token"))
        return {"revoked": True}

    def uninstall(self, given: Json) -> Json:
        """`apps.uninstall`: take the app out of the workspaces that the token is for."""
        args = Args(given)
        self._authenticated(args)
        for slack in self._holding(args.text("token")):
            uninstall(slack.workspace)
        return {}

    def _holding(self, token: str) -> list["LocalSlack"]:
        """Workspaces where this is a living bot token; SlackError if it is none."""
        if self._slack.of_token(token).workspace.installation.kind_of(token) != "bot":
            raise SlackError("not_allowed_token_type")
        return [slack for slack in self._slack.workspaces if slack.workspace.installation.knows(token)]

    def _authenticated(self, args: Args) -> None:
        if args.text("client_id") != self.client_id:
            raise SlackError("invalid_client_id")
        if not hmac.compare_digest(args.text("client_secret"), self.client_secret):
            raise SlackError("bad_client_secret")

    def _exchanged(self, args: Args) -> Consent:
        code = args.text("code")
        if code in self._used:
            raise SlackError("code_already_used")
        consent, until = self._codes.get(code, (None, 0.0))
        if consent is None or self._slack.workspace.clock() > until:
            raise SlackError("invalid_code")
        if args.text("redirect_uri", consent.redirect_uri) != consent.redirect_uri:
            raise SlackError("bad_redirect_uri")
        self._used.add(code)
        return consent

    def _refreshed(self, args: Args) -> Json:
        consent = self._refreshes.pop(args.text("refresh_token"), None)
        if consent is None or not any(slack.workspace.installation.active for slack in self._places(consent)):
            raise SlackError("invalid_refresh_token")
        return self._issued(consent, rotated=True)

    def _issued(self, consent: Consent, *, rotated: bool = False) -> Json:
        slack = self._slack.of_team(consent.team)
        expiring: Json = {}
        prefix = "xoxb"
        if rotated or slack.config.rotates_tokens:
            refresh = f"{'xoxe'}-1-{secrets.token_hex(24)}"
            self._refreshes[refresh] = consent
            expiring, prefix = {"expires_in": TOKEN_SECONDS, "refresh_token": refresh}, "xoxe.xoxb-1"
        token = f"{prefix}-{secrets.token_hex(24)}"
        expires_at = slack.workspace.clock() + TOKEN_SECONDS if expiring else None
        for place in self._places(consent):
            place.workspace.installation.issue(token, expires_at=expires_at)
            place.bot_token = token
        return self._told(slack, consent) | {"access_token": token} | expiring

    def _told(self, slack: "LocalSlack", consent: Consent) -> Json:
        world = slack.world
        enterprise = world.enterprise
        return {
            "token_type": "bot",
            "scope": ",".join(slack.workspace.scopes),
            "bot_user_id": world.bot_user,
            "app_id": slack.config.app_id,
            "team": None if consent.org_wide else {"id": world.team.id, "name": world.team.name},
            "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
            "is_enterprise_install": consent.org_wide,
            "authed_user": {"id": consent.user},
        }

    def _places(self, consent: Consent) -> Iterable["LocalSlack"]:
        """Workspaces that a consent is for."""
        home = self._slack.of_team(consent.team)
        if not consent.org_wide or home.world.enterprise is None:
            return (home,)
        organisation = home.world.enterprise.id
        return [s for s in self._slack.workspaces if s.world.enterprise and s.world.enterprise.id == organisation]


def with_query(url: str, **values: str) -> str:
    """Add values to an address's query; empty ones are left out."""
    scheme, host, path, query, _ = urlsplit(url)
    pairs = [*parse_qsl(query, keep_blank_values=True), *((name, value) for name, value in values.items() if value)]
    return urlunsplit((scheme, host, path, urlencode(pairs), ""))


def _allowed(redirect_uri: str, known: Iterable[str]) -> bool:
    """Whether an address is one of the app's, or lies below one, as Slack compares them."""
    wanted = urlsplit(redirect_uri)
    for own in map(urlsplit, known):
        inside = wanted.path == own.path or wanted.path.startswith(own.path.rstrip("/") + "/")
        if (wanted.scheme, wanted.netloc) == (own.scheme, own.netloc) and inside:
            return True
    return False
