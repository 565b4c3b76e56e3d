"""Connections to Aionis: a transport of httpx over aiohttp's, which the Web API client brings along.

httpx's own looks through its whole pool at every call, and takes two to three times the processor's time for the same request.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.request import getproxies, proxy_bypass  # noqa: TID251 what the environment says of proxies: it opens nothing

import aiohttp
import httpx

from bot.errors import SettingsError

_AT_MOST = 100  # connections
_KEPT_FOR = 5.0  # seconds without a request
_LONGEST_FIELD = 2**15  # bytes of one header, or of the status line
_HIGHEST_PORT = 65_535
# What httpx leaves out of a request is left out here, too.
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class PooledConnections(httpx.AsyncBaseTransport):
    """Sends httpx's requests to one server, through the proxy that the environment names for it. Bodies come as they are sent.

    Raises what httpx's own transport raises.
    """

    def __init__(self, base_url: str) -> None:
        self._ssl = _authorities(base_url)
        self._proxy = _proxy_for(httpx.URL(base_url))
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. The answer's body is read from the network as it is iterated, and is to be closed."""
        asked = request.extensions.get("timeout", {})
        with _as_of_httpx(request):
            response = await self._opened().request(
                request.method,
                str(request.url),
                headers=request.headers.multi_items(),
                data=await request.aread() or None,
                allow_redirects=False,
                skip_auto_headers=_NOT_ADDED,
                timeout=aiohttp.ClientTimeout(sock_connect=asked.get("connect"), sock_read=asked.get("read")),
                proxy=self._proxy,
            )
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Body(response, request))

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:  # with the first request: it belongs to the loop that runs then
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_AT_MOST, keepalive_timeout=_KEPT_FOR, ssl=self._ssl),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=_LONGEST_FIELD,
                max_field_size=_LONGEST_FIELD,
            )
        return self._session


class _Body(httpx.AsyncByteStream):
    """An answer's body, read as it comes."""

    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_of_httpx(self._request):
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        """Give the connection back; one with more to come is closed."""
        self._response.release()


@contextmanager
def _as_of_httpx(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except aiohttp.ServerTimeoutError as late:  # before what it is as well: a connection that broke
        raise httpx.ConnectTimeout(str(late), request=request) from late
    except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError) as none:
        raise httpx.ConnectError(str(none), request=request) from none
    except (aiohttp.ClientError, OSError, ValueError) as broken:  # a `ValueError`: a header that is none
        raise httpx.RemoteProtocolError(str(broken), request=request) from broken


def _authorities(base_url: str) -> ssl.SSLContext | bool:
    """Return what vouches for the server: the usual authorities; over plain HTTP nothing, as loading them takes 30 ms."""
    if not base_url.lower().startswith("https:"):
        return True
    try:
        context = httpx.create_ssl_context()
    except OSError as error:  # it cannot be read, or holds no certificate
        raise SettingsError(
            "The file of authorities that SSL_CERT_FILE names in the environment cannot be read, or holds none.",
            fix="Correct its path, or unset it where Aionis' certificate is signed by an authority that everybody knows.",
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_for(url: httpx.URL) -> str | None:
    """Return the proxy that the environment names for a server, as httpx reads it."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    port = url.port or (443 if url.scheme == "https" else 80)
    if not proxy or proxy_bypass(f"{url.host}:{port}"):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not _is_usable(proxy):
        # The address is not repeated: it may hold a password.
        raise SettingsError(
            f"The environment names a proxy for {url.host} of a kind that the bot cannot use, or no address of one.",
            fix="Write it in HTTPS_PROXY as http://host:port or https://host:port, or name the host in NO_PROXY.",
        )
    return proxy


def _is_usable(proxy: str) -> bool:
    try:
        address = httpx.URL(proxy)
    except httpx.InvalidURL:
        return False
    return address.scheme in {"http", "https"} and bool(address.host) and (address.port or 0) <= _HIGHEST_PORT
