"""The settings about the Slack app, and the workspaces that have it."""

from collections.abc import Iterator

from bot.config import forms
from bot.config.declaring import CREDENTIAL, HTTP, SettingsGroup, number, setting
from bot.errors import SettingsError


class SlackSettings(SettingsGroup):
    """How Slack is reached, and for whom."""

    slack_bot_token: forms.Secret | None = setting(
        None, "Bot token of the Slack app (`xoxb-…`); needed to serve", CREDENTIAL
    )
    slack_signing_secret: forms.Secret | None = setting(
        None, "Signing secret of the Slack app; needed over HTTP, unused in Socket Mode", CREDENTIAL
    )
    slack_app_token: forms.Secret | None = setting(
        None, "App-level token (`xapp-…`); set it for Socket Mode, leave it out for HTTP", CREDENTIAL
    )
    slack_api_url: forms.HttpUrl = setting("https://slack.com/api/", "Base URL of Slack's Web API", HTTP)

    slack_client_id: forms.ClientId | None = setting(
        None,
        "Client id of the Slack app; with it and the next two the app is installed into several workspaces "
        "(docs/workspaces.md)",
        "two numbers with a dot between them, as on the app's “Basic Information” page",
    )
    slack_client_secret: forms.Secret | None = setting(None, "Client secret of the Slack app", CREDENTIAL)
    token_keys: forms.TokenKeys = setting(
        (),
        "Keys that the workspaces' tokens are encrypted with in Redis, comma-separated: the first encrypts, all decrypt",
        "Fernet keys (44 characters of URL-safe base64), comma-separated",
    )
    slack_workspaces: forms.Workspaces = setting(
        (),
        "Which workspaces and organisations may have the app, comma-separated; `T0123ABCD=tenant/scope` has one read that, "
        "and channels there bound to nothing else; unset: all may, and read the same",
        "ids such as `T0123ABCD` or `E0123ABCD`, each with `=tenant/scope` behind it or not, comma-separated",
    )
    uninstalled_data_days: float = setting(
        30,
        "How long the data of a workspace is kept that removed the app; its tokens are erased at once",
        **number("a number of days from zero to ten years", ge=0, le=3650),
    )

    @property
    def several_workspaces(self) -> bool:
        """Tell whether the app is installed by OAuth, instead of by one token."""
        return self.slack_client_id is not None

    @property
    def socket_mode(self) -> bool:
        """Tell whether Slack is reached through Socket Mode."""
        return self.slack_app_token is not None

    @property
    def allowed_workspaces(self) -> frozenset[str]:
        """Return the workspaces and organisations that may have the app; none: all may."""
        return frozenset(entry.partition("=")[0] for entry in self.slack_workspaces)

    def serves(self, workspace: str, organisation: str = "") -> bool:
        """Tell whether a workspace may have the app: it or its organisation is named, or none is."""
        return not self.allowed_workspaces or not self.allowed_workspaces.isdisjoint({workspace, organisation})

    def require_slack(self) -> None:
        """Raise `SettingsError` naming the first missing variable without which the bot cannot serve."""
        for missing in self.missing_of_slack():
            raise missing

    def missing_of_slack(self) -> Iterator[SettingsError]:
        """Yield each variable that is missing and without which the bot cannot serve."""
        if self.slack_client_id is not None:
            yield from self._missing_of_oauth()
        elif self.slack_bot_token is None:
            yield SettingsError(
                "SLACK_BOT_TOKEN is not set.", fix="Copy it from the Slack app's “OAuth & Permissions” page."
            )
        if self.slack_signing_secret is None and not self.socket_mode:
            yield SettingsError(
                "SLACK_SIGNING_SECRET is not set.",
                fix="Copy it from the Slack app's “Basic Information” page, or set SLACK_APP_TOKEN for Socket Mode.",
            )

    def _missing_of_oauth(self) -> Iterator[SettingsError]:
        if self.slack_client_secret is None:
            yield SettingsError(
                "SLACK_CLIENT_SECRET is not set, and SLACK_CLIENT_ID is.",
                fix="Copy it from the Slack app's “Basic Information” page, or unset SLACK_CLIENT_ID for one workspace.",
            )
        if not self.token_keys:
            yield SettingsError(
                "TOKEN_KEYS is not set, and SLACK_CLIENT_ID is: tokens of workspaces are not stored in the clear.",
                fix="docs/workspaces.md says how a key is made.",
            )
