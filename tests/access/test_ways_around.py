"""Ways around the admission, each tried on the walk that has to see it (reaching.py)."""

import functools
import sys
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

import bot.jobs.incident_lookup
from bot import jobs
from bot.domain.access.admission import Admission
from bot.jobs.registry import Job
from bot.runtime.services import Services
from handlers.interactions import with_admission
from tests.access import reaching
from tests.access.test_admission_everywhere import locked_names

STORE = "incidents"
WAYS: list[Callable[..., Any]] = []


def way(function: Any) -> Any:
    WAYS.append(function)
    return function


async def _reads(services: Any) -> None:
    await services.incidents.read(None, "INC-1")


async def _does_nothing(_services: Any) -> None:
    """Stand where a harmless listener would."""


def _same(services: Any) -> Any:
    return services


@functools.cache
def _remembered(services: Any) -> Any:
    return services.incidents.read(None, "INC-1")


def _first(listener: Any) -> Any:
    @functools.wraps(listener)
    async def run(services: Any) -> None:
        await services.incidents.read(None, "INC-1")
        await listener(services)

    return run


class _Finder(Job):
    async def __call__(self, services: Any) -> None:
        await services.incidents.read(None, "INC-1")

    async def find(self, services: Any) -> None:
        await services.incidents.read(None, "INC-1")


class _Heir(_Finder):
    """Adds nothing to what it inherits."""


class _Static:
    @staticmethod
    async def find(services: Any) -> None:
        await services.incidents.read(None, "INC-1")


class _OfClass:
    @classmethod
    async def find(cls, services: Any) -> None:
        await services.incidents.read(None, "INC-1")


class _Property:
    services: Any

    @property
    def found(self) -> Any:
        return self.services.incidents.read(None, "INC-1")


class _Lazy:
    services: Any

    @functools.cached_property
    def found(self) -> Any:
        return self.services.incidents.read(None, "INC-1")


_PARTIAL = functools.partial(_reads)
_TABLE = {"find": [_reads]}
_FINDER = _Finder()

WAYS += [_first(_does_nothing), _PARTIAL, _FINDER.find, _FINDER]


@way
async def calls_a_partial(services: Any) -> None:
    await _PARTIAL(services)


@way
async def looks_in_a_table(services: Any) -> None:
    await _TABLE["find"][0](services)


@way
async def calls_a_thing(services: Any) -> None:
    await _FINDER(services)


@way
async def has_its_request_read(services: Any, _key: str, _admission: None, request: _Heir) -> None:
    await request.find(services)


@way
async def calls_a_static_method(services: Any) -> None:
    await _Static.find(services)


@way
async def calls_a_method_of_a_class(services: Any) -> None:
    await _OfClass.find(services)


@way
async def reads_a_property(services: Any) -> None:
    await _Property().found


@way
async def reads_a_lazy_property(services: Any) -> None:
    await _Lazy().found


@way
async def remembers(services: Any) -> None:
    await _remembered(services)


@way
@_first
async def is_decorated(services: Any) -> None:
    """Do nothing by itself."""


@way
async def has_a_default(services: Any, *, find: Any = _reads) -> None:
    await find(services)


@way
async def renames(services: Any) -> None:
    store = services.incidents
    await store.find(None, "INC-1")


@way
async def asks_what_a_call_gives(services: Any) -> None:
    await _same(services).incidents.find(None, "INC-1")


@way
async def takes_from_a_list(services: Any) -> None:
    await [services][0].incidents.find(None, "INC-1")


@way
async def names(services: Any) -> None:
    await getattr(services, "incidents").find(None, "INC-1")  # noqa: B009 what is to be seen


@way
async def names_with_a_default(services: Any) -> None:
    await getattr(services, STORE, None).find(None, "INC-1")  # type: ignore[union-attr]


@way
async def makes_up(services: Any) -> None:
    await getattr(services, "inci" + "dents").find(None, "INC-1")


@way
async def renames_getattr(services: Any) -> None:
    get = getattr
    await get(services, STORE).find(None, "INC-1")


@way
async def gets_by_operator(services: Any) -> None:
    await attrgetter(STORE)(services).find(None, "INC-1")


@way
async def gets_by_a_renamed_operator(services: Any) -> None:
    from operator import attrgetter as get  # noqa: PLC0415 what is to be seen

    await get(STORE)(services).find(None, "INC-1")


@way
async def gets_by_the_class(services: Any) -> None:
    await vars(Services)[STORE].__get__(services).find(None, "INC-1")


@way
async def goes_by_globals(services: Any) -> None:
    await globals()["_reads"](services)


@way
async def goes_by_modules(services: Any) -> None:
    await sys.modules["bot.jobs.incident_lookup"].named_incident_in(services, services, services, None)


@way
async def goes_by_a_module(services: Any) -> None:
    await bot.jobs.incident_lookup.named_incident_in(services, services, services, None)


@way
async def goes_by_a_package(services: Any) -> None:
    await jobs.incident_lookup.named_incident_in(services, services, services, None)


@way
async def imports_a_module_late(services: Any) -> None:
    import bot.jobs.incident_lookup  # noqa: PLC0415 what is to be seen

    await bot.jobs.incident_lookup.named_incident_in(services, services, services, None)


@way
async def matches(services: Any) -> None:
    match services:
        case Services(incidents=store):
            await store.find(None, "INC-1")  # type: ignore[arg-type]  # what is to be seen


@way
async def matches_by_place(services: Any) -> None:
    match services:
        case Services(_, _, _, store):
            await store.find(None, "INC-1")  # type: ignore[arg-type]  # what is to be seen


@way
async def asks_the_services(services: Any) -> None:
    await services.found()


@way
def registers_with_a_matcher(app: AsyncApp, services: Services) -> None:
    async def mine(body: Any) -> bool:
        return bool(await services.incidents.find(body, "INC-1"))

    @app.action("mine", middleware=[with_admission(services)], matchers=[mine])
    async def on_mine() -> None:
        """Do nothing: the matcher has."""


@way
def registers_something_before(app: AsyncApp, services: Services) -> None:
    async def first(body: Any) -> None:
        await services.incidents.find(body, "INC-1")

    @app.action("mine", middleware=[first, with_admission(services)])
    async def on_mine() -> None:
        """Do nothing: what is asked before the admission has."""


def registers_admitted(app: AsyncApp, services: Services) -> None:
    @app.action("mine", middleware=[with_admission(services)])
    async def on_mine(admission: Admission) -> None:
        await services.incidents.find(admission, "INC-1")


@pytest.fixture(autouse=True)
def as_in_a_room_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "_WALKED", (*reaching._WALKED, __name__))
    monkeypatch.setattr(Services, "found", _reads, raising=False)


@pytest.mark.parametrize("one", WAYS, ids=lambda one: getattr(one, "__name__", type(one).__name__))
def test_the_walk_sees_every_way_around(one: Any) -> None:
    assert locked_names(one)


def test_the_walk_leaves_out_what_is_admitted() -> None:
    assert not locked_names(registers_admitted)
