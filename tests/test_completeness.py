"""What is declared in one place and needs a counterpart in another: what is left out is named."""

import inspect
import re
from pathlib import Path

import pytest

from bot import errors
from bot.cli import app
from bot.config.settings import Settings
from bot.domain.incident import activity, projection
from bot.domain.incident.incident_log import EntryKind
from bot.runtime.metrics import INSTRUMENTS

ROOT = Path(__file__).parents[1]
# What the bot does by itself, and what is written for the bundle alone: nobody's activity.
OF_THE_BOT = {
    EntryKind.ITEM_VERIFIED,
    EntryKind.ITEM_LAPSED,
    EntryKind.CHANGE_LOOKED_UP,
    EntryKind.RERUN_NOT_COMPARED,
    EntryKind.ROOT_CAUSE_CHECKED,
    EntryKind.MESSAGE_POSTED,
    EntryKind.CHANNEL_CHANGED,
    EntryKind.REMINDED,
    EntryKind.RECURRED,
    EntryKind.HISTORY_NOTED,
    EntryKind.PEOPLE_NAMED,
    EntryKind.FORGOTTEN,
}
SHARED_BY_COMMANDS = {"__init__", "options", "running", "incident_lookup", "quick_start"}


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_of_entry_is_folded_into_the_state(kind: EntryKind) -> None:
    assert kind in projection._PROJECTIONS, "say in bot/domain/incident/projection.py which fields it sets"


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_of_entry_that_people_make_is_said_in_words(kind: EntryKind) -> None:
    assert (kind in activity._ACTS) != (kind in OF_THE_BOT), "say in bot/domain/incident/activity.py what somebody did"


def test_every_setting_is_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py")
    )
    used = set(re.findall(r"\.([a-z_]+)\b", source)) | set(re.findall(r'"([a-z_]+)"', source))
    assert Settings.model_fields.keys() - used == set(), "use it, or take it out of bot/config/"


def test_every_metric_is_told() -> None:
    paths = [path for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py") if path.name != "metrics.py"]
    named = set(re.findall(r'"(\w+)"', "".join(path.read_text(encoding="utf-8") for path in paths)))
    assert {one.name for one in INSTRUMENTS} - named == set(), (
        "count it where it happens, by metrics.count or metrics.timed"
    )


def test_every_error_stands_in_the_tree_of_errors() -> None:
    tree = set(re.findall(r"^[│├└─ ]*([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)) - {"Every"}
    classes = {name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, errors.BotError)}
    assert tree == classes, "draw it in the docstring of bot/errors.py"


def test_every_command_of_the_terminal_is_registered() -> None:
    files = {path.stem for path in (ROOT / "bot" / "cli").glob("*.py")} - SHARED_BY_COMMANDS
    registered = {one.callback.__module__.rpartition(".")[2] for one in app.registered_commands if one.callback}
    assert {name for name in files if not name.startswith("terminal_")} == registered, (
        "register it in bot/cli/__init__.py"
    )
