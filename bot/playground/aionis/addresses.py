"""Tenant, scope and URIs: what they may look like and what is refused (contract, sections 3 and 5)."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from bot.playground.aionis.problems import Problem

DEFAULT_TENANT = "default"
DEFAULT_SCOPE = "default"
NODE_TYPES = ("event", "entity", "topic", "rule", "evidence", "concept", "procedure", "self_model")
URI_TYPES = (*NODE_TYPES, "edge", "commit", "decision")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

_SCHEME = "aionis://"
_TENANT_PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$"
_TENANT = re.compile(_TENANT_PATTERN[1:-1])
_RESERVED_SCOPE = "tenant:"
_UNENCODED = "-_.!~*'()"  # what JavaScript's encodeURIComponent leaves alone beside letters and digits
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class Tenancy(NamedTuple):
    """A tenant and one of its scopes: the key of everything stored."""

    tenant_id: str
    scope: str

    def prefix(self, type_: str) -> str:
        """Return the URI up to the id; building 20,000 URIs of a long run starts from here."""
        return f"{_SCHEME}{_encoded(self.tenant_id)}/{_encoded(self.scope)}/{type_}/"

    def uri(self, type_: str, id_: str) -> str:
        """Return the URI of one record."""
        return self.prefix(type_) + id_


class Address(NamedTuple):
    """A parsed URI."""

    tenant_id: str
    scope: str
    type: str
    id: str


def tenancy_of(tenant_id: str | None, scope: str | None) -> Tenancy:
    """Return the tenancy that a request names, with the defaults; raises `invalid_tenant_id` or `invalid_scope`."""
    tenant = (tenant_id if tenant_id is not None else DEFAULT_TENANT).strip()
    if not tenant:
        raise Problem(400, "invalid_tenant_id", "tenant_id must be non-empty")
    if not _TENANT.fullmatch(tenant):
        message = f"tenant_id must match {_TENANT_PATTERN}"
        raise Problem(400, "invalid_tenant_id", message, {"tenant_id": tenant})
    name = (scope if scope is not None else DEFAULT_SCOPE).strip()
    if not name:
        raise Problem(400, "invalid_scope", "scope must be non-empty")
    if name.startswith(_RESERVED_SCOPE):
        message = f"scope must not start with reserved prefix '{_RESERVED_SCOPE}'"
        raise Problem(400, "invalid_scope", message, {"scope": name})
    return Tenancy(tenant, name)


def parse_uri(uri: str) -> Address:
    """Return the parts of an `aionis://` URI; raises `invalid_aionis_uri`. `memory://…` is refused like the real thing."""
    text = uri.strip()
    if not text.startswith(_SCHEME):
        raise Problem(400, "invalid_aionis_uri", "URI must start with aionis://")
    segments = text.removeprefix(_SCHEME).split("/")
    if len(segments) != 4:
        raise Problem(400, "invalid_aionis_uri", "URI must be aionis://tenant/scope/type/id")
    names = ("tenant_id", "scope", "type", "id")
    address = Address(*(_decoded(segment, name) for segment, name in zip(segments, names, strict=True)))
    if address.type not in URI_TYPES:
        raise Problem(400, "invalid_aionis_uri", "URI type is not supported", {"type": address.type})
    if not UUID.fullmatch(address.id):
        raise Problem(400, "invalid_aionis_uri", "URI id must be a UUID", {"id": address.id})
    return address


def refuse_conflict(field: str, uri_value: str | None, request_value: str | None) -> None:
    """Raise `conflicting_filters` where a request repeats a part of its URI with another value."""
    if uri_value and request_value and uri_value != request_value:
        details = {"field": field, "uri_value": uri_value, "request_value": request_value}
        raise Problem(400, "conflicting_filters", f"{field} conflicts with URI", details)


@lru_cache(maxsize=256)
def _encoded(segment: str) -> str:
    return quote(segment, safe=_UNENCODED)


def _decoded(segment: str, name: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode().strip()
    except UnicodeDecodeError:
        text = None
    if text is None or _BAD_ESCAPE.search(segment):
        raise Problem(400, "invalid_aionis_uri", f"URI {name} has invalid encoding")
    if not text:
        raise Problem(400, "invalid_aionis_uri", f"URI {name} must be non-empty")
    return text
