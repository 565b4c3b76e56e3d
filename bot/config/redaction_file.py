"""Making the redactor ready: the team's own rules from their file, and what is slow to import, before the first text needs it."""

from pathlib import Path

from bot.config.settings_file import SettingsFile
from bot.runtime.masking import install, install_built_in

_MOST_BYTES = 100 * 1024
_FORM = "docs/redaction.md shows the form of the file."


def redaction_file(path: Path) -> SettingsFile:
    """Return the file of a team's own rules."""
    return SettingsFile("REDACTION_FILE", path, _FORM, _MOST_BYTES)


def install_rules(path: Path | None) -> None:
    """Add the rules in a file to the built-in ones, for this process. Raises `SettingsError` with the line of what is wrong."""
    if path is None:
        install_built_in()
        return
    file = redaction_file(path)
    text = file.text()
    # Both slow to import, for those who have such a file.
    from bot.config.redaction_rules import load_rules  # noqa: PLC0415
    from bot.domain.redaction.redactor import Redactor  # noqa: PLC0415

    install(Redactor(load_rules(text, file)))
