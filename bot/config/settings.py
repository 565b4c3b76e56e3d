"""All settings, and the only reader of the environment and of `.env`.

Names, defaults and meanings are the single source of README's settings table (tests/test_docs.py compares them).
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config import forms
from bot.domain.access.rules import Rules
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.errors import SettingsError

_CREDENTIAL = "the token as it is issued, in ASCII, without blanks or quotes"
_SWITCH = "`on` or `off`"
_FILE = "the path of a file, without quotes"
_HTTP = (
    "an http:// or https:// URL of ASCII characters, with nothing but host, port and path, and no user name or password"
)
_NOTHING = Tenancy("", "")  # which no run has
_NAME = "a name of 1 to 256 characters, without quotes"


def _setting(default: object, description: str, form: str, **more: Any) -> Any:
    """Return a field. `form` is what is told where a value is refused, after "must be"; the value itself never is."""
    return Field(default, description=description, json_schema_extra={"form": form}, **more)


def _number(form: str, **bounds: float) -> dict[str, Any]:
    """Return the bounds of a number and the form that tells them, in words: no digit that somebody wrote is repeated."""
    return {"form": f"{form}, in digits", **bounds}


class Settings(BaseSettings):
    """What the bot can be told. Environment variables are the upper-case names; times are seconds."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    slack_bot_token: forms.Secret | None = _setting(
        None, "Bot token of the Slack app (`xoxb-…`); needed to serve", _CREDENTIAL
    )
    slack_signing_secret: forms.Secret | None = _setting(
        None, "Signing secret of the Slack app; needed over HTTP, unused in Socket Mode", _CREDENTIAL
    )
    slack_app_token: forms.Secret | None = _setting(
        None, "App-level token (`xapp-…`); set it for Socket Mode, leave it out for HTTP", _CREDENTIAL
    )
    slack_api_url: forms.HttpUrl = _setting("https://slack.com/api/", "Base URL of Slack's Web API", _HTTP)

    slack_client_id: forms.ClientId | None = _setting(
        None,
        "Client id of the Slack app; with it and the next two the app is installed into several workspaces "
        "(docs/workspaces.md)",
        "two numbers with a dot between them, as on the app's “Basic Information” page",
    )
    slack_client_secret: forms.Secret | None = _setting(None, "Client secret of the Slack app", _CREDENTIAL)
    token_keys: forms.TokenKeys = _setting(
        (),
        "Keys that the workspaces' tokens are encrypted with in Redis, comma-separated: the first encrypts, all decrypt",
        "Fernet keys (44 characters of URL-safe base64), comma-separated",
    )
    slack_workspaces: forms.Workspaces = _setting(
        (),
        "Which workspaces and organisations may have the app, comma-separated; `T0123ABCD=tenant/scope` has one read that, "
        "and channels there bound to nothing else; unset: all may, and read the same",
        "ids such as `T0123ABCD` or `E0123ABCD`, each with `=tenant/scope` behind it or not, comma-separated",
    )
    uninstalled_data_days: float = _setting(
        30,
        "How long the data of a workspace is kept that removed the app; its tokens are erased at once",
        **_number("a number of days from zero to ten years", ge=0, le=3650),
    )

    aionis_base_url: forms.HttpUrl = _setting(
        "http://127.0.0.1:3001",
        "Where Aionis answers (alias `BASE_URL`, as in Aionis' tutorial)",
        _HTTP,
        validation_alias=AliasChoices("AIONIS_BASE_URL", "BASE_URL", "aionis_base_url"),
    )
    aionis_api_key: forms.Secret | None = _setting(None, "Sent as `X-Api-Key`", _CREDENTIAL)
    aionis_bearer: forms.Secret | None = _setting(None, "Sent as `Authorization: Bearer …` (a JWT)", _CREDENTIAL)
    aionis_tenant_id: str = _setting(
        "default",
        "The tenant whose runs this bot reads",
        "1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    )
    aionis_scope: forms.Scope = _setting(
        "default", "The scope whose runs this bot reads", f"{_NAME}, that does not start with `tenant:`"
    )
    aionis_consumer_agent_id: forms.Name | None = _setting(
        None, "Read private records as this agent (`local-user` on an Aionis Lite without authentication)", _NAME
    )
    aionis_consumer_team_id: forms.Name | None = _setting(None, "Read private records as this team", _NAME)
    aionis_deadline_seconds: float = _setting(
        20.0,
        "How long all calls of one command may take together, retries included",
        **_number("a number of seconds, more than nothing and at most five minutes", gt=0, le=300),
    )
    aionis_connect_timeout_seconds: float = _setting(
        3.0,
        "How long one connection may take",
        **_number("a number of seconds, more than nothing and at most a minute", gt=0, le=60),
    )
    aionis_max_response_bytes: int = _setting(
        16 * 2**20,
        "Larger answers are refused while they stream in",
        **_number("a number of bytes, from one KiB to one GiB", ge=2**10, le=2**30),
    )
    run_stalled_seconds: int = _setting(
        900,
        "A run that has not ended and is silent for longer counts as stalled",
        **_number("a whole number of seconds, at least one and at most a year", ge=1, le=31_536_000),
    )

    aionis_allowed_scopes: forms.Tenancies = _setting(
        (),
        "What channels may be bound to, besides the tenant and scope above: `tenant/scope` with `*`, comma-separated",
        "`tenant/scope` entries with no blank beside the slash and both parts given, comma-separated",
    )
    aionis_default_binding: bool = _setting(
        True, "Whether a channel that is not bound reads the tenant and scope above", _SWITCH
    )
    admin_users: forms.SlackIds = _setting(
        (),
        "Who may bind, close and override: Slack user ids and user group ids (`S…`), comma-separated; "
        "unset: the channel's creator and workspace admins",
        "Slack ids such as `U0123ABCD` or `S0123ABCD`, comma-separated",
    )
    allow_shared_channels: bool = _setting(False, "Whether channels shared with another company get answers", _SWITCH)
    allow_guests: bool = _setting(False, "Whether guests of the workspace may use commands and buttons", _SWITCH)

    redaction_file: forms.FilePath | None = _setting(
        None, "Rules of your own for what is masked, as YAML (docs/redaction.md)", _FILE
    )
    picture_steps: int = _setting(
        5,
        "From how many steps on a replay gets a picture of its timeline; 0: never",
        **_number("a whole number from zero to a hundred thousand", ge=0, le=100_000),
    )
    replay_emoji: forms.Emoji = _setting(
        "rewind",
        "The reaction that replays the run which a message names; `off`: none",
        "the name of an emoji such as `rewind`, other than a pushpin, or `off`",
    )

    signing_key_file: forms.FilePath | None = _setting(
        None,
        "The private key that exported bundles are signed with, as PEM (docs/bundle.md); unset: they are not",
        _FILE,
    )
    checklist_file: forms.FilePath | None = _setting(
        None, "The incident's checklist as YAML (docs/checklist.md); unset: the five default items", _FILE
    )
    incident_retention_days: int = _setting(
        90,
        "How long a closed incident is kept",
        **_number("a whole number of days, at least one and at most ten years", ge=1, le=3650),
    )
    answer_retention_days: int | None = _setting(
        None,
        "How long after its close an incident keeps the answers of Aionis that its bundle is made of; unset: as long as itself",
        **_number("a whole number of days, at least one and at most ten years", ge=1, le=3650),
    )
    recurrence_retention_days: int = _setting(
        400,
        "How long a failure is remembered after it was last seen",
        **_number("a whole number of days, at least one and at most ten years", ge=1, le=3650),
    )
    watch_seconds: float = _setting(
        60,
        "How often a watched scope is looked through",
        **_number("a number of seconds from one to an hour", ge=1, le=3600),
    )
    watch_opens_incidents: bool = _setting(
        True,
        "Whether a failure that was never seen opens an incident where a channel watches; off: a line that offers it",
        _SWITCH,
    )
    github_token: forms.Secret | None = _setting(
        None, "Looks up whether a linked pull request was merged; read access to pull requests is enough", _CREDENTIAL
    )
    github_api_url: forms.HttpUrl = _setting(
        "https://api.github.com", "Where GitHub's API answers; of an Enterprise Server `https://<host>/api/v3`", _HTTP
    )
    gitlab_token: forms.Secret | None = _setting(
        None, "Looks up whether a linked merge request was merged; the scope `read_api` is enough", _CREDENTIAL
    )
    gitlab_url: forms.HttpUrl = _setting("https://gitlab.com", "Where GitLab answers", _HTTP)
    fix_reruns: int = _setting(
        1,
        "How many reruns in a row must be fixed for the fix to be verified; `/replay reruns` changes it for an incident",
        **_number("a whole number from one to twenty", ge=1, le=20),
    )
    hook_secret: forms.Secret | None = _setting(
        None,
        "What signs `POST /hooks/run-ended`, which has a watched scope looked through at once (docs/recurrence.md)",
        _CREDENTIAL,
    )
    summary_quiet_seconds: int = _setting(
        120,
        "How long a thread must be quiet before new messages are summarised",
        **_number("a whole number of seconds, at least one and at most a day", ge=1, le=86_400),
    )
    summary_quiet_messages: int = _setting(
        5,
        "How many new messages a quiet thread needs for that",
        **_number("a whole number from one to a thousand", ge=1, le=1000),
    )
    summary_min_seconds: int = _setting(
        10,
        "The least time between two edits of a summary",
        **_number("a whole number of seconds, at least one and at most a day", ge=1, le=86_400),
    )
    nudge_hours: float = _setting(
        24,
        "When people are reminded of an open item; 0: never",
        **_number("a number of hours from zero to a year", ge=0, le=8760),
    )
    working_hours: forms.Hours = _setting(
        "09:00-17:00",
        "When people are reminded, Monday to Friday in their own time zone",
        "two times of a day such as `09:00-17:00`, or `22:00-06:00` for a night shift",
    )
    reopen_hours: float = _setting(
        48,
        "How long a closed incident can be reopened",
        "a number of hours from zero to those of INCIDENT_RETENTION_DAYS, in digits",
        ge=0,
        le=87_600,
    )

    redis_url: forms.RedisUrl | None = _setting(
        None,
        "Redis or Valkey (`redis://`, `rediss://`, `unix://`); unset: an embedded Valkey on this machine",
        "a URL such as `redis://host:6379/0`, `rediss://user:password@host:6379/0` or `unix:///path/to/socket`, in ASCII, "
        "with options that redis-py knows",
    )
    allow_evicting_redis: bool = _setting(
        False, "Whether to run on a Redis that forgets keys when its memory is full", _SWITCH
    )
    bot_data_dir: forms.FilePath = _setting(
        Path(".incident-bot"), "Where the embedded Valkey keeps its data", "the path of a folder, without quotes"
    )
    bot_host: forms.Host = _setting(
        "127.0.0.1", "Address to listen on (the image sets `0.0.0.0`)", "a host name or an IP address"
    )
    bot_port: int = _setting(
        3000, "Port to listen on", **_number("the number of a port, or zero for any", ge=0, le=65_535)
    )
    job_patience_hours: float = _setting(
        24,
        "How long a command waits for a Slack or Redis that is away, before it is given up",
        "a number of hours above zero and up to 720, in digits",
        gt=0,
        le=720,
    )
    worker_concurrency: int = _setting(
        20,
        "Jobs at once inside `serve`; 0 leaves them to `worker`",
        **_number("a whole number from zero to a thousand", ge=0, le=1000),
    )
    metrics: forms.Metrics = _setting(
        "off",
        "Metrics for Prometheus: `on` tells them at `/metrics` of the bot's port, an address such as `127.0.0.1:9464` in a "
        "server of their own, which `worker` has, too (docs/operations.md)",
        "`on`, `off`, or an address such as `127.0.0.1:9464`",
    )
    traces: bool = _setting(
        False,
        "Traces by OpenTelemetry, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs the extra `otel` (docs/operations.md)",
        _SWITCH,
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], forms.UPPER] = _setting(
        "INFO", "How much is logged", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"
    )
    log_format: Annotated[Literal["console", "json"], forms.LOWER] = _setting(
        "console", "Lines for people, or JSON for machines", "`console` or `json`"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _unwrapped(cls, value: object) -> object:
        return forms.unwrapped(value)

    @field_validator("reopen_hours")
    @classmethod
    def _within_retention(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("incident_retention_days", 0) * 24:
            raise ValueError("a closed incident is not kept for so long")
        return value

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope that channels read."""
        return Tenancy(self.aionis_tenant_id, self.aionis_scope)

    @property
    def rules(self) -> Rules:
        """Return who may do what, where."""
        groups = frozenset(name for name in self.admin_users if name.startswith("S"))
        return Rules(
            allowed_scopes=self.aionis_allowed_scopes,
            own=self.tenancy,
            default_binding=self.aionis_default_binding,
            admins=frozenset(self.admin_users) - groups,
            admin_groups=groups,
            shared_channels=self.allow_shared_channels,
            guests=self.allow_guests,
        )

    def rules_of(self, workspace: str, organisation: str = "") -> Rules:
        """Return the rules of one of several workspaces: where it, or else its organisation, is named with tenancies, those.

        One that is not served may read nothing.
        """
        if not self.serves(workspace, organisation):
            return replace(self.rules, allowed_scopes=(), own=_NOTHING, default_binding=False)
        whose = workspace if workspace in self.allowed_workspaces else organisation
        named = [entry.partition("=")[2] for entry in self.slack_workspaces if entry.partition("=")[0] == whose]
        patterns = tuple(pattern for pattern in named if pattern)
        if not patterns:
            return self.rules
        exact = next((pattern for pattern in patterns if "*" not in pattern), None)
        own = Tenancy(*exact.split("/", 1)) if exact else _NOTHING
        default_binding = self.aionis_default_binding and exact is not None
        return replace(self.rules, allowed_scopes=patterns, own=own, default_binding=default_binding)

    def serves(self, workspace: str, organisation: str = "") -> bool:
        """Tell whether a workspace may have the app: it or its organisation is named, or none is."""
        return not self.allowed_workspaces or not self.allowed_workspaces.isdisjoint({workspace, organisation})

    @property
    def allowed_workspaces(self) -> frozenset[str]:
        """Return the workspaces and organisations that may have the app; none: all may."""
        return frozenset(entry.partition("=")[0] for entry in self.slack_workspaces)

    @property
    def consumer(self) -> Consumer:
        """Return the consumer ids sent with every call."""
        return Consumer(self.aionis_consumer_agent_id, self.aionis_consumer_team_id)

    @property
    def aionis_headers(self) -> dict[str, str]:
        """Return the credentials to send to Aionis."""
        headers = {}
        if self.aionis_api_key:
            headers["X-Api-Key"] = self.aionis_api_key.get_secret_value()
        if self.aionis_bearer:
            headers["Authorization"] = f"Bearer {self.aionis_bearer.get_secret_value()}"
        return headers

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Return where metrics have a server of their own; None: they have none."""
        host, _, port = self.metrics.rpartition(":")
        return (host.removeprefix("[").removesuffix("]"), int(port)) if host else None

    @property
    def several_workspaces(self) -> bool:
        """Tell whether the app is installed by OAuth, instead of by one token."""
        return self.slack_client_id is not None

    @property
    def socket_mode(self) -> bool:
        """Tell whether Slack is reached through Socket Mode."""
        return self.slack_app_token is not None

    def require_slack(self) -> None:
        """Raise `SettingsError` naming the first missing variable without which the bot cannot serve."""
        if self.slack_client_id is not None:
            self._require_oauth()
        elif self.slack_bot_token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set.", fix="Copy it from the Slack app's “OAuth & Permissions” page."
            )
        if self.slack_signing_secret is None and not self.socket_mode:
            raise SettingsError(
                "SLACK_SIGNING_SECRET is not set.",
                fix="Copy it from the Slack app's “Basic Information” page, or set SLACK_APP_TOKEN for Socket Mode.",
            )

    def _require_oauth(self) -> None:
        if self.slack_client_secret is None:
            raise SettingsError(
                "SLACK_CLIENT_SECRET is not set, and SLACK_CLIENT_ID is.",
                fix="Copy it from the Slack app's “Basic Information” page, or unset SLACK_CLIENT_ID for one workspace.",
            )
        if not self.token_keys:
            raise SettingsError(
                "TOKEN_KEYS is not set, and SLACK_CLIENT_ID is: tokens of workspaces are not stored in the clear.",
                fix="docs/workspaces.md says how a key is made.",
            )


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`; `overrides` (by field name, None unsets) win. Raises `SettingsError`."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # field values are validated by pydantic
    except ValidationError as invalid:
        raise _plain(invalid) from None
    except (OSError, UnicodeError):  # of `.env`, whose content is not told
        raise SettingsError(
            "The file .env here cannot be read.",
            fix="It is UTF-8 text of NAME=value lines; make it readable, or remove it.",
        ) from None


def read_settings() -> tuple[Settings, dict[str, SettingsError]]:
    """Read what can be read, for the doctor: the settings, with defaults in place of what is wrong, and setting → what is.

    Raises `SettingsError` where no default helps.
    """
    mistakes: dict[str, SettingsError] = {}
    while True:
        defaults = {name: Settings.model_fields[name].default for name in mistakes}
        try:
            return load_settings(**defaults), mistakes
        except SettingsError as error:
            name = error.what.partition(" ")[0].lower()
            name = "aionis_base_url" if name == "base_url" else name
            if name in mistakes or name not in Settings.model_fields:
                raise
            mistakes[name] = error


def _plain(invalid: ValidationError) -> SettingsError:
    """Return the setting's name and the form it must have. Nothing of the value, which may be a secret."""
    place = str(invalid.errors(include_url=False, include_input=False, include_context=False)[0]["loc"][0])
    field = (
        Settings.model_fields.get(place.lower()) or Settings.model_fields["aionis_base_url"]
    )  # the one with an alias
    extra = field.json_schema_extra
    form = extra["form"] if isinstance(extra, dict) else "as README.md says"
    return SettingsError(f"{place.upper()} must be {form}.", fix="See the settings table in README.md.")
