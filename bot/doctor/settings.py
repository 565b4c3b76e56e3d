"""The settings themselves, and the files that they name."""

from collections.abc import Callable, Iterator, Mapping

from bot.config.checklist_file import load_checklist
from bot.config.redaction_file import install_rules
from bot.config.settings import Settings
from bot.config.signing_key import load_signing_key
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.errors import SettingsError
from bot.runtime.tracing import ensure_installed
from bot.store.installations import Cipher

NAME = "Settings"
_LONG_ENOUGH = 16  # characters of a secret that signs
# What is not looked at where one of its settings is wrong: with a default in its place something else would be.
_NEEDS = {
    "Redis": ("redis_url", "bot_data_dir"),
    "Slack": ("slack_",),
    "Request URL": ("slack_", "bot_host", "bot_port"),
    "Aionis": ("aionis_",),
    "Forge": ("github_", "gitlab_"),
}


async def examine_settings(settings: Settings, mistakes: Mapping[str, SettingsError]) -> list[DoctorFinding]:
    """Return what is wrong with values, what is missing, and what is wrong in the files."""
    weak = list(_weak(settings))
    wrong = [*mistakes.values(), *_missing(settings, mistakes), *_in_files(settings)]
    if not wrong:
        return [fine(NAME, "each has its form, and the files that they name can be read"), *weak]
    found = [problem(NAME, error.what, error.fix or "See the settings table in README.md.") for error in wrong]
    return [*found, *weak]


def _weak(settings: Settings) -> Iterator[DoctorFinding]:
    secret = settings.hook_secret
    if secret and len(secret.get_secret_value()) < _LONG_ENOUGH:
        seen = f"HOOK_SECRET has fewer than {_LONG_ENOUGH} characters and may be guessed"
        yield warning(NAME, seen, "Take a random one: `openssl rand -hex 32`.")


def not_looked_at(mistakes: Mapping[str, SettingsError]) -> frozenset[str]:
    """Return the checks that make no sense while settings of theirs are wrong."""
    return frozenset(check for check, needed in _NEEDS.items() if any(name.startswith(needed) for name in mistakes))


def _missing(settings: Settings, mistakes: Mapping[str, SettingsError]) -> Iterator[SettingsError]:
    if not any(name.startswith(("slack_", "token_keys")) for name in mistakes):
        yield from _raised(settings.require_slack)


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
