"""What settings look like: types that take a value in its form or raise `ValueError`; what is said is up to `settings.py`.

Nothing here puts a value into a message: it may be a secret, or have one in it.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from bot.config.store_url import names_cluster, names_sentinels, split_places
from bot.domain.text.typed import from_locale

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_QUOTES = frozenset("\"'`´“”„‟«»‘’‚‛＂＇")
_NEVER_IN_A_NAME = frozenset('"`“”„‟«»＂')  # an apostrophe may be
_NUMBER = re.compile(r"[0-9]{1,400}(?:\.[0-9]{1,100})?")
_SECRET = re.compile(r"[\x21-\x7e]{1,8000}")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62}){0,126}(?<!-)"
)
_URL = re.compile(r"[\x21-\x7e]{1,2000}")
_SLACK_ID = re.compile(r"[UWS][A-Z0-9]{2,30}")
_TOKEN_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_WORKSPACE = re.compile(r"[TE][A-Z0-9]{2,30}")
_CLIENT_ID = re.compile(r"[0-9]{1,30}\.[0-9]{1,30}")
_TENANCY = re.compile(r"(?:[A-Za-z0-9*][A-Za-z0-9._*-]{0,63})/(?!tenant:)\S(?:.{0,254}\S)?")
_HOURS = re.compile(r"([0-9]|[01][0-9]|2[0-3]):([0-5][0-9]) ?[-–] ?([0-9]|[01][0-9]|2[0-3]):([0-5][0-9])")
_EMOJI = re.compile(r":?([a-z0-9_'+-]{1,100}):?")
_DATABASE = re.compile(r"/?|/[0-9]{1,4}")
_SERVICE = re.compile(r"/[A-Za-z0-9._-]{1,100}(?:/[0-9]{0,4})?")
_WHOLE = re.compile(r"[0-9]{1,6}")
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_SWITCH = re.compile(r"true|false|yes|no|[01]", re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,500}")
_REDIS_OPTIONS = {
    "db": _WHOLE,
    "protocol": re.compile(r"[23]"),
    "max_connections": re.compile(
        r"[1-9][0-9]{1,5}"
    ),  # with fewer than ten, a waiting worker would starve the listeners
    "health_check_interval": _WHOLE,
    "socket_timeout": _SECONDS,
    "socket_connect_timeout": _SECONDS,
    "socket_keepalive": _SWITCH,
    "retry_on_timeout": _SWITCH,
    "client_name": re.compile(r"[\x21-\x7e]{1,100}"),
    "username": _PRINTABLE,
    "password": _PRINTABLE,
    "ssl_cert_reqs": re.compile(r"none|optional|required"),
    "ssl_check_hostname": _SWITCH,
    "ssl_ca_certs": _PRINTABLE,
    "ssl_ca_path": _PRINTABLE,
    "ssl_certfile": _PRINTABLE,
    "ssl_keyfile": _PRINTABLE,
    "ssl_keyfile_password": _PRINTABLE,
}
MOST_NAMES = 500


def unwrapped(value: object) -> object:
    """Strip blanks around a text. A quote at either end and controls in it are refused: neither is ever meant."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    _ensure(not _CONTROLS.search(text))
    _ensure(not {text[:1], text[-1:]} & _QUOTES)
    return text


def in_digits(value: object) -> object:
    """Let a number through as people write it; Python's own spellings (`1_0`, `1e3`, `+5`) are slips here."""
    _ensure(not isinstance(value, str) or not value or _NUMBER.fullmatch(value))
    return value


def _ensure(holds: object) -> None:
    if not holds:
        raise ValueError("not of its form")


def _secret(value: SecretStr) -> SecretStr:
    _ensure(_SECRET.fullmatch(value.get_secret_value()) and not value.get_secret_value().endswith((",", ";")))
    return value


def _name(value: str) -> str:
    _ensure(0 < len(value) <= 256 and value.isprintable() and not _NEVER_IN_A_NAME & set(value))
    _ensure(not {value[0], value[-1]} & {",", ";"})
    return value


def _scope(value: str) -> str:
    _ensure(not value.startswith("tenant:"))
    return _name(value)


def _address(value: str) -> SplitResult:
    """Split a URL whose host and port can be connected to, as far as one can tell without trying."""
    _ensure(_URL.fullmatch(value))
    parts = urlsplit(value)
    _ensure(parts.port is None or parts.port > 0)  # `port` itself raises for what is no number, or too large a one
    return parts


def _is_host(host: str | None) -> bool:
    if not host or ":" not in host:
        return bool(host and _HOST.fullmatch(host))
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _http_url(value: str) -> str:
    parts = _address(value)
    _ensure(parts.scheme in {"http", "https"} and _is_host(parts.hostname))
    _ensure("@" not in parts.netloc and not {"?", "#"} & set(value))
    _ensure(not parts.netloc.endswith(":"))
    return value


def _redis_url(value: str) -> str:
    if names_sentinels(value):
        return _sentinel_url(value)
    if names_cluster(value):
        return _cluster_url(value)
    parts = _address(value)
    if parts.scheme == "unix":
        _ensure(parts.path.startswith("/") and len(parts.path) > 1)
    else:
        _ensure(parts.scheme in {"redis", "rediss"} and _is_host(parts.hostname))
        _ensure(_DATABASE.fullmatch(parts.path) and not parts.netloc.endswith(":"))
    _ensure_options(parts, _REDIS_OPTIONS)
    return value


def _sentinel_url(value: str) -> str:
    """Check `redis+sentinel://user:password@host:26379,host:26379/service/0`: the Sentinels, and the name of what they watch."""
    parts = _several(value)
    _ensure(_SERVICE.fullmatch(parts.path))
    _ensure_options(parts, {**_REDIS_OPTIONS, "sentinel_username": _PRINTABLE, "sentinel_password": _PRINTABLE})
    return value


def _cluster_url(value: str) -> str:
    """Check `redis+cluster://user:password@host:6379,host:6379`: some nodes. A cluster has database 0 alone."""
    parts = _several(value)
    _ensure(parts.path in {"", "/", "/0"})
    _ensure_options(parts, {**_REDIS_OPTIONS, "db": re.compile("0")})
    return value


def _several(value: str) -> SplitResult:
    """Split a URL of several hosts, each of which can be connected to as far as one can tell."""
    _ensure(_URL.fullmatch(value))
    parts, places = split_places(value)
    for place in places:
        one = _address(f"redis://{place}")
        _ensure(_is_host(one.hostname) and not one.netloc.endswith(":"))
    return parts


def _ensure_options(parts: SplitResult, known: dict[str, re.Pattern[str]]) -> None:
    _ensure(not parts.fragment)  # what follows an unescaped `#` in a password would be lost
    for name, option in parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)):
        _ensure(name in known and known[name].fullmatch(option))
        # Plain connections take none of them.
        _ensure(parts.scheme.startswith("rediss") or not name.startswith("ssl_"))


def _metrics(value: str) -> str:
    if value.lower() in {"on", "off"}:
        return value.lower()
    host, _, port = value.rpartition(":")
    _ensure(_is_host(host.removeprefix("[").removesuffix("]")) and port.isascii() and port.isdecimal())
    _ensure(len(port) <= 5 and 0 < int(port) <= 65_535)
    return value


def _host(value: str) -> str:
    _ensure(_is_host(value))
    return value


def _path(value: Path) -> Path:
    _ensure(str(value) and len(str(value)) <= 1000 and str(value).isprintable() and not str(value).endswith((",", ";")))
    return value


def _hours(value: str) -> str:
    match = _HOURS.fullmatch(value)
    _ensure(match)
    start, minute, end, end_minute = match.groups() if match else ("", "", "", "")
    return f"{start:0>2}:{minute}-{end:0>2}:{end_minute}"


def _emoji(value: str) -> str:
    match = _EMOJI.fullmatch(value.lower())
    _ensure(match and "pushpin" not in value.lower())  # which marks what a summary quotes
    return match.group(1) if match else ""


def _split(value: object) -> object:
    return (
        tuple(part.strip() for part in from_locale(value).split(",") if part.strip())
        if isinstance(value, str)
        else value
    )


def _tenancies(value: tuple[str, ...]) -> tuple[str, ...]:
    _ensure(len(value) <= MOST_NAMES and all(entry.isprintable() and _TENANCY.fullmatch(entry) for entry in value))
    _ensure(not any(_NEVER_IN_A_NAME & set(entry) or entry[-1] in _QUOTES for entry in value))
    return value


def _slack_ids(value: tuple[str, ...]) -> tuple[str, ...]:
    _ensure(len(value) <= MOST_NAMES and all(_SLACK_ID.fullmatch(entry) for entry in value))
    return value


def _token_keys(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    _ensure(len(value) <= MOST_NAMES and all(_TOKEN_KEY.fullmatch(entry.get_secret_value()) for entry in value))
    return value


def _workspaces(value: tuple[str, ...]) -> tuple[str, ...]:
    _ensure(len(value) <= MOST_NAMES)
    for entry in value:
        workspace, named, tenancy = entry.partition("=")
        _ensure(_WORKSPACE.fullmatch(workspace) and (_TENANCY.fullmatch(tenancy) if named else True))
        _ensure(entry.isprintable() and not _NEVER_IN_A_NAME & set(entry) and entry[-1] not in _QUOTES)
    return value


def _client_id(value: str) -> str:
    _ensure(_CLIENT_ID.fullmatch(value))
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _from_locale(value: object) -> object:
    return from_locale(value) if isinstance(value, str) else value


Secret = Annotated[SecretStr, AfterValidator(_secret)]
Name = Annotated[str, BeforeValidator(_from_locale), AfterValidator(_name)]
Scope = Annotated[str, BeforeValidator(_from_locale), AfterValidator(_scope)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
Metrics = Annotated[str, AfterValidator(_metrics)]
Host = Annotated[str, AfterValidator(_host)]
FilePath = Annotated[Path, AfterValidator(_path)]
Emoji = Annotated[str, AfterValidator(_emoji)]
Hours = Annotated[str, AfterValidator(_hours)]
Tenancies = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_tenancies)]
SlackIds = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_slack_ids)]
TokenKeys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split), AfterValidator(_token_keys)]
Workspaces = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_workspaces)]
ClientId = Annotated[str, AfterValidator(_client_id)]
UPPER = BeforeValidator(_upper)
LOWER = BeforeValidator(_lower)
