"""Making the redactor ready: the team's own rules from their file, and what is slow to import, before the first text needs it."""

from pathlib import Path

from bot.domain.redaction import Redactor, install
from bot.errors import SettingsError


def install_rules(path: Path | None) -> None:
    """Add the rules in a file to the built-in ones, for this process. Raises `SettingsError` with the line of what is wrong."""
    if path is None:
        install(Redactor())
        return
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"REDACTION_FILE {path.name} cannot be read ({type(error).__name__}).",
            fix="docs/redaction.md shows the form.",
        ) from error
    from bot.config.redaction_rules import load_rules  # noqa: PLC0415 brings YAML along, for those who have such a file

    install(Redactor(load_rules(text, path.name)))
