"""The settings themselves, and the files that they name."""

from collections.abc import Callable, Iterator, Mapping

from bot.config.checklist_file import load_checklist
from bot.config.redaction_file import install_rules
from bot.config.settings import DOTENV, Settings
from bot.config.signing_key import load_signing_key
from bot.doctor.dotenv import examine_names
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.errors import SettingsError
from bot.runtime.tracing import ensure_installed
from bot.store.installations import Cipher

NAME = "Settings"
_ANY = {"0.0.0.0", "::"}  # noqa: S104 what is told from other addresses
_LONG_ENOUGH = 16  # characters of a secret that signs
# What is not looked at where one of these is wrong: with a default in its place something else would be. Where `.env` cannot be
# read any may be missing, and the first of them tells whether the environment says what to look at.
_ALLOWED = ("aionis_allowed_scopes", "aionis_tenant_id", "aionis_scope", "slack_workspaces")
_INSTALLED = ("slack_client_id", "slack_client_secret", "token_keys")
_NEEDS = {
    "Redis": ("redis_url", "bot_data_dir"),
    "Channel bindings": _ALLOWED,
    "Slack": ("slack_bot_token", "slack_app_token", "slack_api_url", *_INSTALLED),
    "Request URL": ("slack_signing_secret", "slack_app_token", "bot_host", "bot_port"),
    "Aionis": (
        "aionis_base_url",
        "aionis_api_key",
        "aionis_bearer",
        "aionis_tenant_id",
        "aionis_scope",
        "aionis_consumer_agent_id",
        "aionis_consumer_team_id",
    ),
    "Forge": ("github_token", "github_api_url", "gitlab_token", "gitlab_url"),
}


async def examine_settings(settings: Settings, mistakes: Mapping[str, SettingsError]) -> list[DoctorFinding]:
    """Return what is wrong with values, what is missing, and what is wrong in the files."""
    more = [*examine_names(NAME), *_weak(settings)]
    wrong = [*mistakes.values(), *_missing(settings, mistakes), *_in_files(settings)]
    if not wrong and all(finding.ok for finding in more):
        return [fine(NAME, "each has its form, and the files that they name can be read"), *more]
    found = [problem(NAME, error.what, error.fix or "See the settings table in README.md.") for error in wrong]
    return [*found, *more]


def _weak(settings: Settings) -> Iterator[DoctorFinding]:
    secret = settings.hook_secret
    if secret and len(secret.get_secret_value()) < _LONG_ENOUGH:
        seen = f"HOOK_SECRET has fewer than {_LONG_ENOUGH} characters and may be guessed"
        yield warning(NAME, seen, "Take a random one: `openssl rand -hex 32`.")
    at = settings.metrics_address
    if at and at[1] == settings.bot_port and (at[0] == settings.bot_host or _ANY & {at[0], settings.bot_host}):
        seen = f"METRICS and BOT_PORT both want port {at[1]}: `serve` does not start"
        yield problem(NAME, seen, "Give METRICS a port of its own, such as `127.0.0.1:9464`, or `on` for the bot's.")
    if settings.slack_workspaces and not settings.several_workspaces:
        seen = "SLACK_WORKSPACES counts for nothing beside a SLACK_BOT_TOKEN alone"
        yield warning(
            NAME, seen, "Set SLACK_CLIENT_ID and its like (docs/workspaces.md), or AIONIS_SCOPE and its like."
        )


def not_looked_at(settings: Settings, mistakes: Mapping[str, SettingsError]) -> frozenset[str]:
    """Return the checks that make no sense while settings of theirs are wrong."""
    unknown = frozenset[str]()
    if DOTENV in mistakes:
        unknown = frozenset(check for check, needed in _NEEDS.items() if needed[0] not in settings.model_fields_set)
    return unknown | {check for check, needed in _NEEDS.items() if not mistakes.keys().isdisjoint(needed)}


def _missing(settings: Settings, mistakes: Mapping[str, SettingsError]) -> Iterator[SettingsError]:
    if mistakes.keys().isdisjoint({"slack_client_id", "slack_app_token"}):  # which decide about the others
        missing = settings.missing_of_slack()
        yield from (error for error in missing if error.what.partition(" ")[0].lower() not in mistakes)


def _in_files(settings: Settings) -> Iterator[SettingsError]:
    checklist, key = settings.checklist_file, settings.signing_key_file
    yield from _raised(lambda: install_rules(settings.redaction_file))
    if checklist:
        yield from _raised(lambda: load_checklist(checklist))
    if key:
        yield from _raised(lambda: load_signing_key(key))
    if settings.traces:
        yield from _raised(ensure_installed)
    if settings.token_keys:
        yield from _raised(lambda: Cipher([one.get_secret_value() for one in settings.token_keys]))


def _raised(check: Callable[[], object]) -> Iterator[SettingsError]:
    try:
        check()
    except SettingsError as error:
        yield error
