"""The Slack app's manifest: what the app asks Slack for."""

from pathlib import Path
from typing import Any

import yaml

from bot.errors import SettingsError

_PLACES = (Path(__file__).parent / "manifest.yml", Path(__file__).parents[2] / "manifest.yml")


def load_manifest() -> dict[str, Any]:
    """Return the app's manifest: the wheel's copy, or the checkout's. Raises `SettingsError` where there is none."""
    path = next((path for path in _PLACES if path.is_file()), None)
    if path is None:
        raise SettingsError("manifest.yml is missing from this installation.", fix="Install the package again.")
    manifest: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return manifest
