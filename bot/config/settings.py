"""All settings, and the only reader of the environment and of `.env`.

Names, defaults and meanings are the single source of README's settings table (tests/test_docs.py compares them). Each is
declared in the file of its subject, `bot/config/<subject>_settings.py`.
"""

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config import forms
from bot.config.access_settings import AccessSettings
from bot.config.aionis_settings import AionisSettings
from bot.config.incident_settings import IncidentSettings
from bot.config.process_settings import ProcessSettings
from bot.config.slack_settings import SlackSettings
from bot.domain.access.rules import AccessRules
from bot.domain.access.tenancy import Tenancy
from bot.errors import DotenvUnreadable, SettingsError

DOTENV = ".env"
_NUMBERS = (int, float, int | None)
_NOTHING = Tenancy("", "")  # which no run has


# Fields are taken from the last base first: that order is README's, and the first mistake in it is the one that is told.
class Settings(ProcessSettings, IncidentSettings, AccessSettings, AionisSettings, SlackSettings, BaseSettings):
    """What the bot can be told. Environment variables are the upper-case names; times are seconds."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        defer_build=False,  # which its groups do: they are never read by themselves
    )

    @field_validator("*", mode="before")
    @classmethod
    def _unwrapped(cls, value: object, info: ValidationInfo) -> object:
        text = forms.unwrapped(value)
        annotation = cls.model_fields[info.field_name].annotation if info.field_name else None
        return forms.in_digits(text) if annotation in _NUMBERS else text

    @property
    def rules(self) -> AccessRules:
        """Return who may do what, where."""
        groups = frozenset(name for name in self.admin_users if name.startswith("S"))
        return AccessRules(
            allowed_scopes=self.aionis_allowed_scopes,
            own=self.tenancy,
            default_binding=self.aionis_default_binding,
            admins=frozenset(self.admin_users) - groups,
            admin_groups=groups,
            shared_channels=self.allow_shared_channels,
            guests=self.allow_guests,
        )

    def rules_of(self, workspace: str, organisation: str = "") -> AccessRules:
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


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`; `overrides` (by field name, None unsets) win. Raises `SettingsError`."""
    if "_env_file" not in overrides and Path(DOTENV).is_dir():  # as Docker makes of a mount whose source is missing
        raise DotenvUnreadable
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # field values are validated by pydantic
    except ValidationError as invalid:
        raise _plain(invalid) from None
    except (OSError, UnicodeError):  # of `.env`, whose content is not told
        raise DotenvUnreadable from None


def read_settings() -> tuple[Settings, dict[str, SettingsError]]:
    """Read what can be read, for the doctor: the settings, with defaults in place of what is wrong, and setting → what is.

    Where `.env` cannot be read, those of the environment; it stands among what is wrong as `DOTENV`.
    """
    mistakes: dict[str, SettingsError] = {}
    given: dict[str, object] = {}
    while True:
        try:
            return load_settings(**given), mistakes
        except DotenvUnreadable as error:
            mistakes[DOTENV], given["_env_file"] = error, None
        except SettingsError as error:
            name = error.what.partition(" ")[0].lower()
            name = "aionis_base_url" if name == "base_url" else name
            if name in mistakes:  # its default is refused, too, beside a few days that incidents are kept
                name = "incident_retention_days"
                if name in given:
                    raise
            else:
                mistakes[name] = error
            given[name] = Settings.model_fields[name].default


def _plain(invalid: ValidationError) -> SettingsError:
    """Return the setting's name and the form it must have. Nothing of the value, which may be a secret."""
    place = str(invalid.errors(include_url=False, include_input=False, include_context=False)[0]["loc"][0])
    field = (
        Settings.model_fields.get(place.lower()) or Settings.model_fields["aionis_base_url"]
    )  # the one with an alias
    extra = field.json_schema_extra
    form = extra["form"] if isinstance(extra, dict) else "as README.md says"
    return SettingsError(f"{place.upper()} must be {form}.", fix="See the settings table in README.md.")
