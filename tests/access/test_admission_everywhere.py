"""Nothing reaches a run or an incident without an admission: every listener and every job is walked."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from bot.blocks.routing import Action, action_pattern
from bot.jobs.execution import load_kinds
from bot.jobs.modals import of_modal
from bot.jobs.registry import KINDS, of_asker, of_channel, of_home, of_nobody, of_visitor
from tests.handlers.recorder import ADMITS, Recorder, recorded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def recorder() -> Recorder:
    return recorded()


def test_every_click_and_submission_is_admitted(recorder: Recorder) -> None:
    clicks = [listener for listener in recorder.listeners if listener.kind in {"action", "view"}]
    without = [listener.name for listener in clicks if not set(listener.middleware) & set(ADMITS)]
    assert without == [action_pattern(Action.LINK).pattern], "give it middleware=[with_admission(services)]"


def test_what_is_not_admitted_reaches_neither_runs_nor_incidents(recorder: Recorder) -> None:
    for listener in recorder.listeners:
        if not listener.middleware:
            code = inspect.getsource(listener.run)
            assert re.search(r"services\.(aionis|incidents|bindings)\b", code) is None, listener
            assert re.search(r"\.(find|read|apply|append|open_ones|at_root)\(", code) is None, listener


def test_every_job_says_how_it_is_admitted() -> None:
    load_kinds()
    admits: set[Any] = {of_asker, of_visitor, of_channel, of_home, of_modal}
    # What shows something ready, and what follows a channel whose new id nobody asks from.
    assert {name for name, kind in KINDS.items() if kind.admission not in admits} == {"channel_moved", "show"}
    assert KINDS["show"].admission is KINDS["channel_moved"].admission is of_nobody
    for name, kind in KINDS.items():
        given = list(inspect.signature(kind.run).parameters.values())[2].annotation
        returned = inspect.signature(kind.admission).return_annotation
        assert given == returned, f"the job {name!r} asks for {given}, and is given {returned}"


def test_admissions_are_made_where_the_rules_are_and_nowhere_else() -> None:
    made = re.compile(r"\b(?:AskerAdmission|ChannelAdmission|HomeAdmission|Admission|Visitor)\(")
    sources = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    declared = re.compile(r"^class .*$", flags=re.MULTILINE)
    makers = [
        path.relative_to(ROOT) for path in sources if made.search(declared.sub("", path.read_text(encoding="utf-8")))
    ]
    assert makers == [Path("bot/access/authorization.py")]
