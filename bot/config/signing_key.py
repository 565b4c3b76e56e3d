"""The key that exported bundles are signed with, from its file."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.settings_file import SettingsFile
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.domain.bundle.attestation import Signing

_MOST_BYTES = 64 * 1024
_HELP = "docs/bundle.md says how a key is made."


def key_file(path: Path, setting: str = "SIGNING_KEY_FILE") -> SettingsFile:
    """Return the file of a key in PEM."""
    return SettingsFile(setting, path, _HELP, _MOST_BYTES)


def load_signing_key(path: Path) -> "Signing":
    """Return the private key in a file. Raises `SettingsError`, which says nothing of what is in it."""
    from bot.domain.bundle.attestation import NotAKey, Signing  # noqa: PLC0415 0.1 s, for those who sign

    try:
        return Signing.of(key_file(path).text().encode())
    except NotAKey as error:
        raise SettingsError(f"SIGNING_KEY_FILE {path.name} is {error}.", fix=_HELP) from error
