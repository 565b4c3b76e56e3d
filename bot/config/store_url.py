"""URLs that name several servers.

Sentinels: `redis+sentinel://user:password@host:26379,[::1]:26379/service/0`; nodes of a cluster:
`redis+cluster://user:password@host:6379,[::1]:6379`.
"""

from urllib.parse import SplitResult, urlsplit

_SENTINELS = ("redis+sentinel://", "rediss+sentinel://")
_CLUSTERS = ("redis+cluster://", "rediss+cluster://")
Address = tuple[str, int]


def names_sentinels(url: str) -> bool:
    return url.startswith(_SENTINELS)


def names_cluster(url: str) -> bool:
    """Tell whether a URL is one of a cluster's nodes."""
    return url.startswith(_CLUSTERS)


def split_places(url: str) -> tuple[SplitResult, tuple[str, ...]]:
    """Return such a URL with `server` in place of the servers, and these, each as `host:port`.

    The list is cut out by hand: newer Pythons take a bracket that stands behind another host for a broken address.
    """
    scheme, _, rest = url.partition("://")
    end = min((rest.index(mark) for mark in "/?#" if mark in rest), default=len(rest))
    user, at, places = rest[:end].rpartition("@")
    return urlsplit(f"{scheme}://{user}{at}server{rest[end:]}"), tuple(places.split(","))


def address_of(place: str, default_port: int) -> Address:
    """Read `host:port`; raises `ValueError` where the port is no number."""
    parts = urlsplit(f"//{place}")
    return parts.hostname or "", parts.port or default_port
