"""The sample Aionis as one object, and how to serve it over real HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from bot.playground.aionis.calls import Call, CallLog
from bot.playground.aionis.control import control_routes
from bot.playground.aionis.endpoints import Endpoints
from bot.playground.aionis.faults import Faults
from bot.playground.aionis.gate import Gate
from bot.playground.aionis.happenings import Happenings
from bot.playground.aionis.options import Options, Principal, Shape
from bot.playground.aionis.store import Store
from bot.playground.aionis.times import Now, TimestampStyle, clock
from bot.playground.aionis.world import World, load_world
from bot.playground.aionis.world.catalogue import SampleRun
from bot.playground.aionis.writer import Writer
from bot.playground.http import LOOPBACK, OwnSite, serve_app

_AIONIS_PATHS = ("/v1/", "/health")
_KEEP_ALIVE_SECONDS = 72  # as Aionis announces


class SampleAionis:
    """An in-memory Aionis Lite look-alike with a small world of runs.

    `app` is the ASGI application; `runs` the world's runs by name; `writer` records more; `let` makes runs happen now;
    `faults` breaks answers; `calls` is what was asked; `options` holds the switches and may be changed at any time; `base_url`
    is where it is served.
    """

    def __init__(
        self,
        *,
        empty: bool = False,
        now: Now | datetime | None = None,
        api_keys: Mapping[str, Principal | str] | None = None,
        bearers: Mapping[str, Principal | str] | None = None,
        leak: bool = True,
        shape: Shape = "lite",
        timestamps: TimestampStyle = "iso",
        sdk_demo: bool = False,
    ) -> None:
        """Make the sample. `now` moves its clock; a credential's principal may be given as just its tenant."""
        self.now = clock(now)
        self.base_url = ""
        self.options = Options(
            api_keys=_principals(api_keys),
            bearers=_principals(bearers),
            leak=leak,
            shape=shape,
            timestamps=timestamps,
            sdk_demo=sdk_demo,
        )
        self.faults = Faults()
        self.store = Store()
        self.writer = Writer(self.store, self.now)
        self.let = Happenings(self.writer, self.store)
        self._log = CallLog()
        self._world = World() if empty else load_world(self.writer, self.store, self.now())
        endpoints = Endpoints(self.store, self.writer, self.options, self._world.prepare)
        gate = Gate(endpoints, self.options, self.faults, self._log, self.now)
        self.app = Starlette(
            routes=[*control_routes(self._catalogue, self.faults, self._log, self.let), Mount("", app=gate)]
        )

    @property
    def runs(self) -> dict[str, SampleRun]:
        """Return the world's runs by name, such as `refund-failed`."""
        return self._world.runs

    @property
    def calls(self) -> list[Call]:
        """Return the calls so far, oldest first; clear the list to start over."""
        return self._log.calls

    def _catalogue(self) -> list[dict[str, Any]]:
        return [run.as_json() for run in self._world.runs.values()]


@asynccontextmanager
async def serve(aionis: SampleAionis, *, port: int = 0, host: str = LOOPBACK) -> AsyncIterator[str]:
    """Serve the sample in the running loop; yields its base URL. Port 0 takes a free one.

    Other web sites are kept away from all of it, or, where it is not served on loopback, from its control surface.
    """
    app = OwnSite(aionis.app, any_host=() if host == LOOPBACK else _AIONIS_PATHS)
    options = {"server_header": False, "lifespan": "off", "timeout_keep_alive": _KEEP_ALIVE_SECONDS}
    async with serve_app(app, port=port, host=host, **options) as server:
        aionis.base_url = server.base_url
        try:
            yield server.base_url
        finally:
            aionis.faults.clear()  # nothing hangs on


def _principals(given: Mapping[str, Principal | str] | None) -> dict[str, Principal]:
    return {
        credential: principal if isinstance(principal, Principal) else Principal(principal)
        for credential, principal in (given or {}).items()
    }
