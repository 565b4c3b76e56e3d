"""What is rendered has a listener, what is registered is in the manifest, and Bolt provides what listeners ask for."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

import handlers
from bot.blocks.routing import Action, Shortcut, View, action_id, action_pattern
from bot.config.manifest import load_manifest
from bot.jobs.execution import load_kinds
from bot.jobs.modals import of_modal
from bot.jobs.registry import KINDS, of_asker, of_channel, of_home, of_nobody, of_visitor
from bot.runtime.services import Services
from handlers.interactions import with_admission, with_incident, with_visitor
from handlers.words import ABOUT, HELP, words_of

# Which arguments each admitting middleware adds.
ADMITS = {
    with_visitor.__name__: {"click", "visitor"},
    with_admission.__name__: {"click", "admission"},
    with_incident.__name__: {"click", "admission", "incident"},
}
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Listener:
    """A listener as it was registered: what it listens to, and the names of its middleware."""

    kind: str
    name: str
    run: Any
    middleware: list[str]


def _name(middleware: Any) -> str:
    return str(middleware.__qualname__).partition(".")[0]


class Recorder:
    """Stands in for Bolt's app while listeners register, and keeps what they asked for."""

    def __init__(self) -> None:
        self.registered: dict[str, list[Any]] = {"command": [], "action": [], "event": [], "shortcut": [], "view": []}
        self.listeners: list[Listener] = []

    def __getattr__(self, kind: str) -> Any:
        def register(what: Any, middleware: Sequence[Any] = ()) -> Any:
            self.registered[kind].append(what)

            def keep(listener: Any) -> Any:
                name = what.pattern if isinstance(what, re.Pattern) else str(what)
                self.listeners.append(Listener(kind, name, listener, [_name(one) for one in middleware]))
                return listener

            return keep

        return register


@pytest.fixture
def recorder() -> Recorder:
    found = Recorder()
    handlers.register(cast("AsyncApp", found), cast("Services", SimpleNamespace()))
    return found


def test_every_action_has_exactly_one_listener(recorder: Recorder) -> None:
    patterns: list[re.Pattern[str]] = recorder.registered["action"]
    for action in Action:
        assert len([pattern for pattern in patterns if pattern.match(action_id(action, 7))]) == 1, action
    assert len(patterns) == len(Action)


def test_every_modal_that_can_be_submitted_has_exactly_one_listener(recorder: Recorder) -> None:
    submitted = sorted(view for view in View if view not in {View.TIMELINE, View.STEP, View.COMPARISON})
    assert sorted(recorder.registered["view"]) == submitted


def test_every_action_is_rendered_somewhere() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "bot" / "blocks").glob("*.py") if path.name != "routing.py")
    assert [action.name for action in Action if f"Action.{action.name}" not in sources] == []


def test_every_action_id_is_made_by_the_router() -> None:
    sources = {path: path.read_text() for path in (ROOT / "bot" / "blocks").glob("*.py")}
    literal = [path.name for path, text in sources.items() if path.name != "routing.py" and 'action_id="' in text]
    assert literal == []


def test_the_manifest_names_what_is_registered(recorder: Recorder) -> None:
    features, settings = load_manifest()["features"], load_manifest()["settings"]
    assert {entry["command"] for entry in features["slash_commands"]} == set(recorder.registered["command"])
    assert (
        {entry["callback_id"] for entry in features["shortcuts"]}
        == set(recorder.registered["shortcut"])
        == set(Shortcut)
    )
    # A listener for `message` takes the messages of every kind of conversation that the manifest asks for.
    asked = {name.partition(".")[0] for name in settings["event_subscriptions"]["bot_events"]}
    assert asked == set(recorder.registered["event"])


def test_listeners_ask_only_for_what_bolt_provides(recorder: Recorder) -> None:
    provided = set(inspect.signature(AsyncArgs.__init__).parameters)
    for listener in recorder.listeners:
        admitted = {name for one in listener.middleware for name in ADMITS[one]}
        assert set(inspect.signature(listener.run).parameters) <= provided | admitted, listener


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


def test_every_request_is_made_somewhere() -> None:
    load_kinds()
    sources = "".join(path.read_text() for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py"))
    for name, kind in KINDS.items():
        request = kind.request.__name__
        # Made, or handed on as what fills a modal.
        made = re.search(rf"(?<!class )\b{request}\(|\(services, {request}, ", sources)
        assert made, f"nothing asks for the job {name!r}: give it a word or a button in handlers/"


def test_every_word_is_tried_by_a_scenario() -> None:
    handlers.features()
    scenarios = "".join(path.read_text() for path in (ROOT / "tests" / "scenarios").glob("test_*.py"))
    for word in [one for command in ABOUT for one in words_of(command) if one.word not in {"", HELP}]:
        tried = (f"{word.command} {word.word}", f"@incident-bot {word.word}")
        assert any(text in scenarios for text in tried), f"no scenario types `{tried[0]}`: add one to tests/scenarios/"


def test_every_job_says_how_it_is_admitted() -> None:
    load_kinds()
    admits: set[Any] = {of_asker, of_visitor, of_channel, of_home, of_modal}
    assert [name for name, kind in KINDS.items() if kind.admission not in admits] == ["show"]
    assert KINDS["show"].admission is of_nobody
    for name, kind in KINDS.items():
        given = list(inspect.signature(kind.run).parameters.values())[2].annotation
        returned = inspect.signature(kind.admission).return_annotation
        assert given == returned, f"the job {name!r} asks for {given}, and is given {returned}"


def test_admissions_are_made_where_the_rules_are_and_nowhere_else() -> None:
    made = re.compile(r"\b(?:AskerAdmission|ChannelAdmission|HomeAdmission|Admission|Visitor)\(")
    sources = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    declared = re.compile(r"^class .*$", flags=re.MULTILINE)
    makers = [path.relative_to(ROOT) for path in sources if made.search(declared.sub("", path.read_text()))]
    assert makers == [Path("bot/access/authorization.py")]


def test_every_feature_is_found_by_itself() -> None:
    files = {path.stem for path in (ROOT / "handlers").glob("*.py")} - {"__init__"}
    assert {feature.__name__.removeprefix("handlers.") for feature in handlers.features()} == files
