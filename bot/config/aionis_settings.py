"""The settings about Aionis: where it answers, as whom it is asked, and how long."""

from pydantic import AliasChoices

from bot.config import forms
from bot.config.declaring import CREDENTIAL, HTTP, NAME, SettingsGroup, number, setting
from bot.domain.access.tenancy import Consumer, Tenancy


class AionisSettings(SettingsGroup):
    """How Aionis is reached, and what is read there."""

    aionis_base_url: forms.HttpUrl = setting(
        "http://127.0.0.1:3001",
        "Where Aionis answers (alias `BASE_URL`, as in Aionis' tutorial)",
        HTTP,
        validation_alias=AliasChoices("AIONIS_BASE_URL", "BASE_URL", "aionis_base_url"),
    )
    aionis_api_key: forms.Secret | None = setting(None, "Sent as `X-Api-Key`", CREDENTIAL)
    aionis_bearer: forms.Secret | None = setting(None, "Sent as `Authorization: Bearer …` (a JWT)", CREDENTIAL)
    aionis_tenant_id: str = setting(
        "default",
        "The tenant whose runs this bot reads",
        "1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    )
    aionis_scope: forms.Scope = setting(
        "default", "The scope whose runs this bot reads", f"{NAME}, that does not start with `tenant:`"
    )
    aionis_consumer_agent_id: forms.Name | None = setting(
        None, "Read private records as this agent (`local-user` on an Aionis Lite without authentication)", NAME
    )
    aionis_consumer_team_id: forms.Name | None = setting(None, "Read private records as this team", NAME)
    aionis_deadline_seconds: float = setting(
        20.0,
        "How long all calls of one command may take together, retries included",
        **number("a number of seconds, more than nothing and at most five minutes", gt=0, le=300),
    )
    aionis_connect_timeout_seconds: float = setting(
        3.0,
        "How long one connection may take",
        **number("a number of seconds, more than nothing and at most a minute", gt=0, le=60),
    )
    aionis_max_response_bytes: int = setting(
        16 * 2**20,
        "Larger answers are refused while they stream in",
        **number("a number of bytes, from one KiB to one GiB", ge=2**10, le=2**30),
    )
    run_stalled_seconds: int = setting(
        900,
        "A run that has not ended and is silent for longer counts as stalled",
        **number("a whole number of seconds, at least one and at most a year", ge=1, le=31_536_000),
    )

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope that channels read."""
        return Tenancy(self.aionis_tenant_id, self.aionis_scope)

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
