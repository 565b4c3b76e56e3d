"""Serving an ASGI application inside the running event loop, with uvicorn, and keeping other web sites away from it."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = "127.0.0.1"
_TICK = 0.1  # seconds, as uvicorn's own
_LOOK_AGAIN = 0.002  # seconds, while connections close
_BACKLOG = 512
_OWN_HOST = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_GRACE = 1  # seconds that open connections are given at the end
_IDLE_WITHIN = 75  # seconds: longer than any client here keeps one, as a request that meets a close is lost


class OwnSite:
    """Answers 403, before anything is read, to what another web site makes a browser of this machine send.

    `Host` must be a loopback name (a foreign one is how DNS rebinding arrives), and an `Origin` must be this server's own.
    Below the `any_host` prefixes only `Origin` is looked at, for a server that other machines call by their own name for it, with
    a token; one that listens on loopback has none. Sockets are refused alike.
    """

    def __init__(self, app: ASGIApp, any_host: tuple[str, ...] = ()) -> None:
        self._app = app
        self._any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it."""
        problem = self._problem(scope) if scope["type"] in ("http", "websocket") else None
        if problem is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403, "reason": problem})  # not accepted yet: HTTP 403
        else:
            answer = {"ok": False, "error": problem, "detail": "Only this machine's own page may ask that."}
            await JSONResponse(answer, 403)(scope, receive, send)

    def _problem(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        open_to_all = bool(self._any_host) and scope["path"].startswith(self._any_host)
        if not open_to_all and not (len(hosts) == 1 and _OWN_HOST.fullmatch(hosts[0])):
            return "foreign_host"
        if any(not hosts or origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
            return "foreign_origin"
        return "foreign_page" if _embedded_elsewhere(headers) else None


def _embedded_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site's page wants this as a picture, a frame or the like; links are fine."""
    from_elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return from_elsewhere and headers.get("sec-fetch-dest") != "document"


class LoopServer(uvicorn.Server):
    """Leaves signals to whoever owns the process, and says when it listens. `base_url` is where."""

    def __init__(self, config: uvicorn.Config, base_url: str) -> None:
        super().__init__(config)
        self.base_url = base_url
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do not touch the process's signal handlers."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Tick as uvicorn does, but stop at once when told to."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks = (ticks + 1) % 864_000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, without the tick that it waits at the least: each test ends three servers."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:  # noqa: ASYNC110 uvicorn tells nobody
                    await asyncio.sleep(_LOOK_AGAIN)
                for server in self.servers:
                    await server.wait_closed()
        except TimeoutError:
            for task in state.tasks:
                task.cancel()
        await self.lifespan.shutdown()

    def stop(self) -> None:
        """Stop listening and shut down."""
        self.should_exit = True
        self._stopping.set()

    def drop(self, scope: Scope) -> None:
        """Close the connection that carries this request, without an answer."""
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport and getattr(connection, "scope", None) is scope:
                transport.abort()

    @contextlib.asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Cut every connection and refuse new ones inside the block; the port is kept."""
        address = self.servers[0].sockets[0].getsockname()
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            if transport := getattr(connection, "transport", None):
                transport.abort()
        await asyncio.sleep(0)
        kept = _bound(address[0], address[1])
        try:
            yield
        finally:
            loop = asyncio.get_running_loop()
            self.servers = [await loop.create_server(self._protocol, sock=kept, backlog=_BACKLOG)]

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


@contextlib.asynccontextmanager
async def serve_app(app: ASGIApp, *, port: int = 0, host: str = LOOPBACK, **options: Any) -> AsyncIterator[LoopServer]:
    """Serve `app` until the block ends. Port 0 takes a free one; `options` are uvicorn's. Raises OSError for a taken port.

    An application that fails in its lifespan raises RuntimeError; its own log says why.
    """
    listener = _listener(host, port)
    config = uvicorn.Config(
        app,
        **{
            "log_config": None,
            "access_log": False,
            "ws": "websockets-sansio",
            "timeout_graceful_shutdown": _GRACE,
            "timeout_keep_alive": _IDLE_WITHIN,
            **options,
        },
    )
    server = LoopServer(config, f"http://{host}:{listener.getsockname()[1]}")
    running = asyncio.create_task(server.serve(sockets=[listener]))
    listening = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait({running, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not server.listening.is_set() or server.should_exit:
            raise RuntimeError("the application did not start")
        yield server
    finally:
        listening.cancel()
        server.stop()
        await asyncio.gather(running, return_exceptions=True)
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    """Return a listening socket that names TCP: only then does asyncio switch Nagle's delay (40 ms) off."""
    listener = _bound(host, port)
    try:
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that has its address, but refuses connections as long as it does not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
