"""All settings, and the only reader of the environment and of `.env`.

Names, defaults and meanings are the single source of README's settings table (tests/test_docs.py compares them).
"""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.access.rules import Rules
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.errors import SettingsError


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Settings(BaseSettings):
    """What the bot can be told. Environment variables are the upper-case names; times are seconds."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    slack_bot_token: SecretStr | None = Field(
        None, description="Bot token of the Slack app (`xoxb-…`); needed to serve"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret of the Slack app; needed over HTTP, unused in Socket Mode"
    )
    slack_app_token: SecretStr | None = Field(
        None, description="App-level token (`xapp-…`); set it for Socket Mode, leave it out for HTTP"
    )
    slack_api_url: NonEmpty = Field("https://slack.com/api/", description="Base URL of Slack's Web API")

    aionis_base_url: NonEmpty = Field(
        "http://127.0.0.1:3001",
        validation_alias=AliasChoices("AIONIS_BASE_URL", "BASE_URL", "aionis_base_url"),
        description="Where Aionis answers (alias `BASE_URL`, as in Aionis' tutorial)",
    )
    aionis_api_key: SecretStr | None = Field(None, description="Sent as `X-Api-Key`")
    aionis_bearer: SecretStr | None = Field(None, description="Sent as `Authorization: Bearer …` (a JWT)")
    aionis_tenant_id: str = Field(
        "default",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="The tenant whose runs this bot reads",
    )
    aionis_scope: NonEmpty = Field("default", description="The scope whose runs this bot reads")
    aionis_consumer_agent_id: NonEmpty | None = Field(
        None, description="Read private records as this agent (`local-user` on an Aionis Lite without authentication)"
    )
    aionis_consumer_team_id: NonEmpty | None = Field(None, description="Read private records as this team")
    aionis_deadline_seconds: float = Field(
        20.0, gt=0, le=300, description="How long all calls of one command may take together, retries included"
    )
    aionis_connect_timeout_seconds: float = Field(3.0, gt=0, le=60, description="How long one connection may take")
    aionis_max_response_bytes: int = Field(
        16 * 2**20, ge=2**10, description="Larger answers are refused while they stream in"
    )
    run_stalled_seconds: int = Field(
        900, ge=1, description="A run that has not ended and is silent for longer counts as stalled"
    )

    aionis_allowed_scopes: Names = Field(
        (),
        description="What channels may be bound to, besides the tenant and scope above: `tenant/scope` with `*`, comma-separated",
    )
    aionis_default_binding: bool = Field(
        True, description="Whether a channel that is not bound reads the tenant and scope above"
    )
    admin_users: Names = Field(
        (),
        description="Who may bind, close and override: Slack user ids and user group ids (`S…`), comma-separated; "
        "unset: the channel's creator and workspace admins",
    )
    allow_shared_channels: bool = Field(False, description="Whether channels shared with another company get answers")
    allow_guests: bool = Field(False, description="Whether guests of the workspace may use commands and buttons")

    redaction_file: Path | None = Field(
        None, description="Rules of your own for what is masked, as YAML (docs/redaction.md)"
    )
    picture_steps: int = Field(
        5, ge=0, description="From how many steps on a replay gets a picture of its timeline; 0: never"
    )

    checklist_file: Path | None = Field(
        None, description="The incident's checklist as YAML or TOML (docs/checklist.md); unset: the five default items"
    )
    incident_retention_days: int = Field(90, ge=1, le=3650, description="How long a closed incident is kept")
    summary_quiet_seconds: int = Field(
        120, ge=1, description="How long a thread must be quiet before new messages are summarised"
    )
    summary_quiet_messages: int = Field(5, ge=1, description="How many new messages a quiet thread needs for that")
    summary_min_seconds: int = Field(10, ge=1, description="The least time between two edits of a summary")
    nudge_hours: float = Field(24, ge=0, description="When an open item is nudged; 0: never")
    working_hours: str = Field(
        "09:00-17:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="When people are nudged, Monday to Friday in their own time zone",
    )
    reopen_hours: float = Field(48, ge=0, description="How long a closed incident can be reopened")

    redis_url: NonEmpty | None = Field(
        None,
        description="Redis or Valkey (`redis://`, `rediss://`, `unix://`); unset: an embedded Valkey on this machine",
    )
    bot_data_dir: Path = Field(Path(".incident-bot"), description="Where the embedded Valkey keeps its data")
    bot_host: NonEmpty = Field("127.0.0.1", description="Address to listen on (the image sets `0.0.0.0`)")
    bot_port: int = Field(3000, ge=0, le=65535, description="Port to listen on")
    worker_concurrency: int = Field(
        20, ge=0, le=1000, description="Jobs at once inside `serve`; 0 leaves them to `worker`"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged")
    log_format: Literal["console", "json"] = Field("console", description="Lines for people, or JSON for machines")

    @field_validator("aionis_base_url", "slack_api_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is not a http:// or https:// URL")
        return value

    @field_validator("aionis_allowed_scopes")
    @classmethod
    def _are_tenancies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = next((entry for entry in value if "/" not in entry), None)
        if wrong:
            raise ValueError(f"must be `tenant/scope` entries, and {wrong!r} is none")
        return value

    @field_validator("admin_users")
    @classmethod
    def _are_slack_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = next((entry for entry in value if not re.fullmatch(r"[UWS][A-Z0-9]{2,}", entry)), None)
        if wrong:
            raise ValueError(f"must be Slack ids such as U0123ABCD or S0123ABCD, and {wrong!r} is none")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("is not a redis://, rediss:// or unix:// URL")
        return value

    @field_validator("aionis_scope")
    @classmethod
    def _is_scope(cls, value: str) -> str:
        if value.startswith("tenant:"):
            raise ValueError("must not start with `tenant:`")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

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
    def socket_mode(self) -> bool:
        """Tell whether Slack is reached through Socket Mode."""
        return self.slack_app_token is not None

    def require_slack(self) -> None:
        """Raise `SettingsError` naming the first missing variable without which the bot cannot serve."""
        if self.slack_bot_token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set.", fix="Copy it from the Slack app's “OAuth & Permissions” page."
            )
        if self.slack_signing_secret is None and not self.socket_mode:
            raise SettingsError(
                "SLACK_SIGNING_SECRET is not set.",
                fix="Copy it from the Slack app's “Basic Information” page, or set SLACK_APP_TOKEN for Socket Mode.",
            )


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`; `overrides` (by field name, None unsets) win. Raises `SettingsError`."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # field values are validated by pydantic
    except ValidationError as invalid:
        raise _plain(invalid) from None


def _plain(invalid: ValidationError) -> SettingsError:
    first = invalid.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
    reason = first["msg"].removeprefix("Value error, ")
    reason = reason[0].lower() + reason[1:]
    verb = "" if reason.startswith(("is ", "must ")) else "is not valid: "
    return SettingsError(f"{name} {verb}{reason}.", fix="See the settings table in README.md.")
