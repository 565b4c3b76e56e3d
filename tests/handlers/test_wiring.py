"""What is rendered has a listener, what is registered is in the manifest, and Bolt provides what listeners ask for."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt.kwargs_injection.async_args import AsyncArgs

import handlers
from bot.blocks.routing import Action, MenuChoice, MenuTarget, Modal, Shortcut, action_id, action_pattern, encode
from bot.config.manifest import load_manifest
from handlers.interactions import with_incident, with_visitor
from handlers.words import ABOUT, HELP, words_of_command
from tests.handlers.recorder import ADMITS, Recorder, recorded
from tests.syntax import tree_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def recorder() -> Recorder:
    return recorded()


def test_every_action_has_exactly_one_listener(recorder: Recorder) -> None:
    patterns: list[re.Pattern[str]] = [*recorder.registered["action"]]
    for action in Action:
        expected = len(MenuChoice) if action is Action.MENU else 1
        assert len([pattern for pattern in patterns if pattern.match(action_id(action, 7))]) == expected, action
    assert len(patterns) == len(Action) - 1 + len(MenuChoice)


async def test_every_option_of_the_roots_menu_is_taken_by_the_listener_of_its_feature(recorder: Recorder) -> None:
    listeners = [one for one in recorder.listeners if one.name == action_pattern(Action.MENU).pattern]
    for choice in MenuChoice:
        target = MenuTarget(choice=choice, incident="INC-7Q2K", run_id=None)
        action = {"selected_option": {"value": encode(target)}}
        taking = [one for one in listeners if all([await matches(action) for matches in one.matchers])]
        assert len(taking) == 1, f"give {choice!r} a listener with matchers=[chosen({choice!r})]"
        # A channel is bound whatever it reads by now: the incident may be of another tenant and scope.
        admits = with_visitor if choice is MenuChoice.BINDING else with_incident
        assert taking[0].middleware == [admits.__name__]


async def test_an_option_of_another_version_is_taken_by_none(recorder: Recorder) -> None:
    matchers = [matches for one in recorder.listeners for matches in one.matchers if one.kind == "action"]
    for value in ('{"choice":"later","incident":"INC-7Q2K"}', "{}", "", "null"):
        assert not any([await matches({"selected_option": {"value": value}}) for matches in matchers])


def test_every_modal_that_can_be_submitted_has_exactly_one_listener(recorder: Recorder) -> None:
    submitted = sorted(view for view in Modal if view not in {Modal.TIMELINE, Modal.STEP, Modal.COMPARISON})
    assert sorted(recorder.registered["view"]) == submitted


def test_every_action_is_rendered_somewhere() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "blocks").glob("*.py") if path.name != "routing.py"
    )
    assert [action.name for action in Action if f"Action.{action.name}" not in sources] == []


def test_every_action_id_is_made_by_the_router() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "blocks").glob("*.py")}
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
    assert asked == set(recorder.registered["event"]) - {
        "shared_channel_invite_accepted"
    }  # what it needs could not be tried: docs/slack-app.md


def test_listeners_ask_only_for_what_bolt_provides(recorder: Recorder) -> None:
    provided = set(inspect.signature(AsyncArgs.__init__).parameters)
    for listener in recorder.listeners:
        admitted = {name for one in listener.middleware for name in ADMITS[one]}
        assert set(inspect.signature(listener.run).parameters) <= provided | admitted, listener


def typed_in(source: str) -> Iterator[str]:
    """Yield the texts that the tests of a file await something with, or are given by their decorators."""
    for test in ast.walk(tree_of(source)):
        if isinstance(test, ast.AsyncFunctionDef) and test.name.startswith("test_"):
            awaited = [node for node in ast.walk(test) if isinstance(node, ast.Await)]
            for node in (part for one in [*test.decorator_list, *awaited] for part in ast.walk(one)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_a_file_that_only_holds_the_words_tries_nothing() -> None:
    held = '"""/replay ping"""\nPING = "/replay ping"\nasync def test_it():\n    """/replay ping"""\n    text = "/replay ping"'
    assert not list(typed_in(held))
    assert "/replay ping" in typed_in(f'{held}\n    await slack.command(text="/replay ping")')


def test_every_word_is_tried_by_a_scenario() -> None:
    handlers.features()
    files = (ROOT / "tests" / "scenarios").glob("test_*.py")
    scenarios = "\n".join(text for path in files for text in typed_in(path.read_text(encoding="utf-8")))
    for word in [one for command in ABOUT for one in words_of_command(command) if one.word not in {"", HELP}]:
        tried = (f"{word.command} {word.word}", f"@incident-bot {word.word}")
        assert any(text in scenarios for text in tried), f"no scenario types `{tried[0]}`: add one to tests/scenarios/"


def test_every_feature_is_found_by_itself() -> None:
    files = {path.stem for path in (ROOT / "handlers").glob("*.py")} - {"__init__"}
    assert {feature.__name__.removeprefix("handlers.") for feature in handlers.features()} == files
