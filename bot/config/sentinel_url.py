"""A URL that names several Sentinels: `redis+sentinel://user:password@host:26379,[::1]:26379/service/0`."""

from urllib.parse import SplitResult, urlsplit

_BEGINNINGS = ("redis+sentinel://", "rediss+sentinel://")


def names_sentinels(url: str) -> bool:
    """Tell whether a URL is one of Sentinels."""
    return url.startswith(_BEGINNINGS)


def split_sentinel_url(url: str) -> tuple[SplitResult, tuple[str, ...]]:
    """Return such a URL with `server` in place of the Sentinels, and these, each as `host:port`.

    The list is cut out by hand: newer Pythons take a bracket that stands behind another host for a broken address.
    """
    scheme, _, rest = url.partition("://")
    end = min((rest.index(mark) for mark in "/?#" if mark in rest), default=len(rest))
    user, at, places = rest[:end].rpartition("@")
    return urlsplit(f"{scheme}://{user}{at}server{rest[end:]}"), tuple(places.split(","))
