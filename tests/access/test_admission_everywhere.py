"""Nothing reaches a run or an incident without an admission: every listener and every job is walked."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.app import create_app
from bot.blocks.routing import Action, action_pattern
from bot.domain.access.admission import Admission, Seal
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import Incident
from bot.jobs.execution import load_kinds
from bot.jobs.modals import of_modal
from bot.jobs.registry import KINDS, Request, of_asker, of_channel, of_home, of_nobody, of_visitor
from bot.jobs.watch import keep_polling, take_hook
from bot.runtime.services import Services
from bot.store.incidents import IncidentStore
from handlers import features
from handlers.listener_errors import answer_listener_error, answer_stranger
from handlers.words import ABOUT, words_of_command
from tests.access.reaching import ADMITTING, COMPUTED, reached
from tests.admissions import KEYS, admission
from tests.handlers.recorder import ADMITS, Recorder, recorded
from tests.syntax import tree_of

ROOT = Path(__file__).parents[2]
# Of the services: what reads runs or incidents, and what says which of them a channel has.
LOCKED = {"aionis", "transport", "incidents", "failures", "channel_moves", "bindings", COMPUTED}
# Whether a thread may be an incident's, and nothing of it; what the channel is bound to is what asks for an admission. Which id a
# channel has now, and whether the bot had to do with it, is asked before anybody can be admitted there.
OPEN = {"incidents.id_at_root", "incidents.may_have_said", "bindings.of", "channel_moves.new_id", "channel_moves.knows"}
# A channel has no tenancy before it is bound, and nobody asks from its new id; `bind` asks whether the visitor may.
MAY = {"channel_moved": {"channel_moves.move"}, "bind": {"bindings.bind"}}
# What is done to an incident by its id alone: its channel has another id since, or its first message never came to be.
BY_ID = {"bot/store/channel_move.py", "bot/jobs/unposted_incidents.py"}
# The server starts and ends what is its own, a job that is not to be done any more discards what it began, and one whose channel
# Slack has given another id has that followed once more, before it is admitted there.
OF_THE_SERVER = {
    COMPUTED,
    "transport",
    "incidents.append_all",
    "incidents.append_by_id",
    "failures.lost_incident",
    "channel_moves.move",
}
# What makes an incident of its fields: the store, and what is given a log, or what is about to be one, and no incident.
READERS = {
    "bot/cli/rebuild.py",
    "bot/doctor/slack.py",
    "bot/domain/incident/audit.py",
    "bot/domain/incident/state.py",
    "bot/domain/incident/verification.py",
    "bot/report/bundling.py",
    "bot/store/incident_changes.py",
    "bot/store/incidents.py",
}


def locked_names(run: Any) -> set[str]:
    """Return what a function reads that wants an admission."""
    return {one for one in reached(run) if LOCKED.intersection(one.split("."))} - OPEN


def strangers(recorder: Recorder) -> Iterator[tuple[str, Any]]:
    """Yield all that runs for somebody, or something, that was not admitted."""
    load_kinds()
    yield from ((one.name, one.run) for one in recorder.listeners if not set(one.middleware) & ADMITTING)
    # What is asked before a listener, such as its matchers, and what it does beside its listeners.
    yield from ((f"{one.__name__}.register", one.register) for one in features() if hasattr(one, "register"))
    for name, kind in KINDS.items():
        if kind.admission in {of_nobody, of_visitor}:
            yield name, kind.run
        if kind.tell:
            yield f"what tells the failure of {name}", kind.tell
    yield from ((f"{name} {one.word}", one.understand) for name in ABOUT for one in words_of_command(name))
    yield from ((one.__name__, one) for one in (answer_listener_error, answer_stranger, take_hook, keep_polling))


def sources(*folders: str) -> dict[str, str]:
    """Return the modules of folders and their texts."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture
def recorder() -> Recorder:
    return recorded()


def test_every_click_and_submission_is_admitted(recorder: Recorder) -> None:
    clicks = [listener for listener in recorder.listeners if listener.kind in {"action", "view"}]
    without = [listener.name for listener in clicks if not set(listener.middleware) & set(ADMITS)]
    assert without == [action_pattern(Action.LINK).pattern], "give it middleware=[with_admission(services)]"


def test_what_is_not_admitted_reaches_neither_runs_nor_incidents(recorder: Recorder) -> None:
    for name, run in strangers(recorder):
        locked = locked_names(run) - MAY.get(name, set())
        assert not locked, (
            f"{name!r} comes to {sorted(locked)} without an admission: see bot/access and docs/architecture.md"
        )


def test_what_admits_is_the_one_of_its_name() -> None:
    imported = re.compile(r"^from handlers\.interactions import (?:\([^)]*\)|.*)$", flags=re.MULTILINE)
    for path, text in sources("handlers").items():
        nodes = list(ast.walk(tree_of(imported.sub("", text))))
        bound = {getattr(node, "asname", None) or getattr(node, "name", getattr(node, "arg", None)) for node in nodes}
        bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        assert path == "handlers/interactions.py" or not bound & set(ADMITS), f"{path} has one of its own"
        assert not re.search(r"\bwith_\w+ as |\bas with_", text), f"{path} renames what admits"


def test_the_server_itself_reaches_no_more_than_it_must() -> None:
    assert locked_names(create_app) == OF_THE_SERVER


def test_whoever_opens_a_modal_is_let_in(recorder: Recorder) -> None:
    for one in recorder.listeners:
        if {"slack.open_view", "slack.update_view"} & {name.removeprefix("services.") for name in reached(one.run)}:
            # A command asks for itself, where one of its words opens a modal: not all do.
            assert one.kind == "command" or set(one.middleware) & set(ADMITS), (
                f"{one.name!r} opens a modal: give it middleware=[with_admission(services)]"
            )


def test_incidents_are_given_for_an_admission_or_an_incident_alone() -> None:
    for name, method in inspect.getmembers(IncidentStore, inspect.isfunction):
        keys = {one.annotation for one in inspect.signature(method).parameters.values()} & {Admission, Incident}
        # Ids that say nothing, an id for a new one, and what `BY_ID` may do.
        ids_alone = {"id_at_root", "may_have_said", "claim_id", "append_by_id"}
        assert keys or name.startswith("_") or name in ids_alone, name
    assert {path for path, text in sources("bot").items() if ".append_by_id(" in text} == BY_ID


def test_every_job_says_how_it_is_admitted() -> None:
    load_kinds()
    admits: set[Any] = {of_asker, of_visitor, of_channel, of_home, of_modal}
    # What shows something ready, and what follows a channel whose new id nobody asks from.
    assert {name for name, kind in KINDS.items() if kind.admission not in admits} == {"channel_moved", "show"}
    assert KINDS["show"].admission is KINDS["channel_moved"].admission is of_nobody
    for name, kind in KINDS.items():
        # Admitted for the channel alone, it would tell whoever asked what only others there may read.
        assert not (issubclass(kind.request, Request) and kind.admission is of_channel), f"admit who asks for {name!r}"
        given = list(inspect.signature(kind.run).parameters.values())[2].annotation
        returned = inspect.signature(kind.admission).return_annotation
        assert given == returned, f"the job {name!r} asks for {given}, and is given {returned}"


def test_admissions_are_made_where_the_rules_are_and_nowhere_else() -> None:
    made = re.compile(r"\b(?:AskerAdmission|ChannelAdmission|HomeAdmission|Admission|Visitor)\(")
    declared = re.compile(r"^class .*$", flags=re.MULTILINE)
    ours = sources("bot", "handlers")
    assert [path for path, text in ours.items() if made.search(declared.sub("", text))] == [
        "bot/access/authorization.py"
    ]
    sealing = {path for path, text in ours.items() if re.search(r"\bSEAL\b", text)}
    assert sealing == {"bot/access/authorization.py", "bot/domain/access/admission.py"}
    # Past `__init__`, and so past the seal; of blocks the encoded form is kept beside them.
    around = {path for path, text in ours.items() if re.search(r"object\.__(?:new|setattr)__|\bcopy\.\w", text)}
    assert around == {"bot/blocks/layout.py"}


def test_admissions_are_asked_for_by_what_admits() -> None:
    asking = {path for path, text in sources("bot", "handlers").items() if re.search(r"authorization\.admit", text)}
    # A watch tells all channels of its tenancy, each as that channel may be told.
    assert asking == {"bot/jobs/registry.py", "bot/jobs/watch.py", "handlers/interactions.py"}, (
        "name the admission where the listener or the job is registered"
    )


def test_incidents_are_made_where_they_are_read_and_nowhere_else() -> None:
    ours = sources("bot", "handlers")
    readers = {path for path, text in ours.items() if re.search(r"\bread_incident\(", text)}
    assert readers == READERS, "an incident is handed out by services.incidents"
    # Its head says whose it is: of one incident no other is made.
    made = {
        path for path, text in ours.items() if re.search(r"\bIncident\((?!\))|\breplace\([^)]*(?:\bhead=|\*\*)", text)
    }
    assert made == {"bot/domain/incident/state.py"}


def test_of_an_admission_no_other_is_made() -> None:
    here, other = Tenancy("default", "support"), Tenancy("other", "prod")
    with pytest.raises((ValueError, TypeError), match="seal"):  # the latter from Python 3.13 on
        replace(admission("C1", here), tenancy=other)  # type: ignore[call-arg]  # what is to be seen
    with pytest.raises(TypeError, match=r"bot/access alone"):
        replace(admission("C1", here), tenancy=other, seal=Seal())


async def test_what_is_no_admission_opens_nothing() -> None:
    alike: Any = SimpleNamespace(channel="C1", team="T1", tenancy=Tenancy("default", "support"))
    incidents = IncidentStore(Redis(), KEYS, retention=timedelta(days=1), default_tenancy="")
    nobodys: Any = SimpleNamespace(aionis_deadline=1)
    nothing: Any = None
    for key in (nothing, alike):
        for ask in (incidents.find(key, "INC-1"), incidents.read(key, "INC-1")):
            with pytest.raises(TypeError, match="for an admission alone"):
                await ask
        with pytest.raises(TypeError, match="for an admission alone"):
            Services.aionis(nobodys, key)


def test_aionis_is_asked_through_an_admission_but_by_whoever_runs_the_bot() -> None:
    layers = sources("handlers", "bot/jobs", "bot/live", "bot/investigation")
    around = [path for path, text in layers.items() if re.search(r"\bAionis\(|\.transport\b", text)]
    assert around == [], "ask services.aionis(admission)"
