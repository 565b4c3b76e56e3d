"""Nothing reaches a run or an incident without an admission: every listener and every job is walked."""

import inspect
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.blocks.routing import Action, action_pattern
from bot.domain.access.admission import Admission, Seal
from bot.domain.access.tenancy import Tenancy
from bot.domain.incident.state import Incident
from bot.jobs.execution import load_kinds
from bot.jobs.modals import of_modal
from bot.jobs.registry import KINDS, of_asker, of_channel, of_home, of_nobody, of_visitor
from bot.runtime.services import Services
from bot.store.incidents import IncidentStore
from handlers.interactions import with_admission, with_incident
from handlers.words import ABOUT, words_of_command
from tests.access.reaching import COMPUTED, reached
from tests.admissions import KEYS, admission
from tests.handlers.recorder import ADMITS, Recorder, recorded

ROOT = Path(__file__).parents[2]
ADMITTING = (with_admission.__name__, with_incident.__name__)
LOCKED = {"aionis", "transport", "incidents", "failures", COMPUTED}  # of the services: what reads runs or incidents
OPEN = {"incidents.id_at_root", "incidents.may_have_said"}  # whether a thread may be an incident's: nothing of it
# What is done to an incident by its id alone: its channel has another id since, or its first message never came to be.
BY_ID = {"bot/store/channel_move.py", "bot/jobs/unposted_incidents.py"}


def locked_names(run: Any) -> set[str]:
    """Return what a function reads that wants an admission."""
    return {one for one in reached(run) if LOCKED.intersection(one.split("."))} - OPEN


@pytest.fixture
def recorder() -> Recorder:
    return recorded()


def test_every_click_and_submission_is_admitted(recorder: Recorder) -> None:
    clicks = [listener for listener in recorder.listeners if listener.kind in {"action", "view"}]
    without = [listener.name for listener in clicks if not set(listener.middleware) & set(ADMITS)]
    assert without == [action_pattern(Action.LINK).pattern], "give it middleware=[with_admission(services)]"


def test_what_is_not_admitted_reaches_neither_runs_nor_incidents(recorder: Recorder) -> None:
    strangers = {one.name: one.run for one in recorder.listeners if not set(one.middleware) & {*ADMITTING}}
    load_kinds()
    strangers |= {name: kind.run for name, kind in KINDS.items() if kind.admission in {of_nobody, of_visitor}}
    strangers |= {f"{one.command} {one.word}": one.understand for command in ABOUT for one in words_of_command(command)}
    for name, run in strangers.items():
        locked = locked_names(run)
        assert not locked, (
            f"{name!r} comes to {sorted(locked)} without an admission: see bot/access and docs/architecture.md"
        )


async def _helper(services: Any) -> None:
    await services.incidents.read(None, "INC-1")


async def _calls(services: Any) -> None:
    await _helper(services)


async def _aliases(services: Any) -> None:
    store = services.incidents
    await store.find(None, "INC-1")


async def _names(services: Any) -> None:
    store = getattr(services, "incidents")  # noqa: B009 what is to be seen
    await store.find(None, "INC-1")


async def _makes_up(services: Any) -> None:
    await getattr(services, "inci" + "dents").find(None, "INC-1")


async def _asks_the_services(services: Any) -> None:
    await services.found()


async def _found(self: Services) -> None:
    await self.incidents.find(None, "INC-1")  # type: ignore[arg-type]  # what is to be seen


@pytest.mark.parametrize("listener", [_calls, _aliases, _names, _makes_up, _asks_the_services])
def test_the_walk_sees_every_way_around(listener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (_helper, _found):
        monkeypatch.setattr(one, "__module__", "bot.runtime.trial")
    monkeypatch.setattr(Services, "found", _found, raising=False)
    assert locked_names(listener)


def test_incidents_are_given_for_an_admission_or_an_incident_alone() -> None:
    for name, method in inspect.getmembers(IncidentStore, inspect.isfunction):
        keys = {one.annotation for one in inspect.signature(method).parameters.values()} & {Admission, Incident}
        # Ids that say nothing, an id for a new one, and what `BY_ID` may do.
        ids_alone = {"id_at_root", "may_have_said", "claim_id", "append_by_id", "script_call"}
        assert keys or name.startswith("_") or name in ids_alone, name
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")}
    by_id = {str(path.relative_to(ROOT)) for path, text in sources.items() if ".append_by_id(" in text}
    assert by_id == BY_ID


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
    sealing = [path.relative_to(ROOT) for path in sources if re.search(r"\bSEAL\b", path.read_text(encoding="utf-8"))]
    assert set(sealing) == {Path("bot/access/authorization.py"), Path("bot/domain/access/admission.py")}


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
    layers = ("handlers", "bot/jobs", "bot/live", "bot/investigation")
    sources = {path: path.read_text(encoding="utf-8") for layer in layers for path in (ROOT / layer).rglob("*.py")}
    around = [str(path) for path, text in sources.items() if re.search(r"\bAionis\(|\.transport\b", text)]
    assert around == [], "ask services.aionis(admission)"
