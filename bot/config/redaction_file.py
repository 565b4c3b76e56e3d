"""Making the redactor ready: the team's own rules from their file, and what is slow to import, before the first text needs it."""

from pathlib import Path

from bot.domain.redaction import Redactor, install
from bot.errors import SettingsError

MOST_BYTES = 256 * 1024
_HELP = "docs/redaction.md shows the form."


def install_rules(path: Path | None) -> None:
    """Add the rules in a file to the built-in ones, for this process. Raises `SettingsError` with the line of what is wrong."""
    if path is None:
        install(Redactor())
        return
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            raise SettingsError(f"REDACTION_FILE {path.name or path} is not a file.", fix=_HELP)
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"REDACTION_FILE {path.name or path} cannot be read ({type(error).__name__}).", fix=_HELP
        ) from error
    if len(raw) > MOST_BYTES:
        raise SettingsError(f"REDACTION_FILE {path.name} is larger than {MOST_BYTES // 1024} KiB.", fix=_HELP)
    from bot.config.redaction_rules import load_rules  # noqa: PLC0415 brings YAML along, for those who have such a file

    install(Redactor(load_rules(text, path.name)))
