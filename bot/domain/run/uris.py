"""Aionis URIs: `aionis://tenant/scope/type/id` (grammar: Aionis contract, section 5)."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.domain.access.tenancy import Tenancy

NODE_TYPES = ("event", "entity", "topic", "rule", "evidence", "concept", "procedure", "self_model")
URI_TYPES = (*NODE_TYPES, "edge", "commit", "decision")
_PARTS = 4  # tenant, scope, type and id
_PLAIN = re.compile(r"[A-Za-z0-9_.\[\]#-]*[A-Za-z0-9_\]-]")  # no path that climbs; Aionis' masks are brackets
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # what may stand in a scheme without being seen
_WITHOUT_TENANCY = re.compile(rf"(?:{'|'.join(URI_TYPES)})/{_PLAIN.pattern}")


@dataclass(frozen=True, slots=True)
class AionisUri:
    """One record's address. `type` is one of `URI_TYPES`; `id` is a lower-case UUID."""

    tenant_id: str
    scope: str
    type: str
    id: str

    def __str__(self) -> str:
        """Return the URI with every segment percent-encoded."""
        segments = (self.tenant_id, self.scope, self.type, self.id)
        return "aionis://" + "/".join(quote(segment, safe="") for segment in segments)

    @property
    def tenancy(self) -> Tenancy:
        """Return the tenant and scope that the URI names."""
        return Tenancy(self.tenant_id, self.scope)


def a_kind(type_: str) -> str:
    """Return `a decision`, `an event`, `a self model`: a kind of record in a sentence."""
    return f"{'an' if type_[:1] in 'aeiou' else 'a'} {type_.replace('_', ' ')}"


def uri_of(tenancy: Tenancy, type_: str, id_: str) -> AionisUri:
    """Return the address of a record in the given tenancy."""
    return AionisUri(tenancy.tenant_id, tenancy.scope, type_, id_)


def is_foreign(uri: str, tenancy: Tenancy) -> bool:
    """Tell whether a URI may name a record of another tenant or scope: whatever names one and is not plainly of this tenancy.

    That is `aionis://tenant/scope/type/id`, in any encoding, or the tutorial's `memory://type/id`, which names no tenancy.
    """
    if not _names_a_record(uri):
        return False
    scheme, _, rest = uri.partition("://")
    if scheme == "memory":
        return _WITHOUT_TENANCY.fullmatch(rest) is None
    # Taken apart as the server does, percent signs and blanks undone: what it reads as another scope must be one here.
    parts = [unquote(part).strip() for part in rest.split("/")]
    if scheme != "aionis" or len(parts) != _PARTS or Tenancy(parts[0], parts[1]) != tenancy:
        return True
    return not all(_PLAIN.fullmatch(part) for part in parts[2:])


def _names_a_record(text: str) -> bool:
    """Tell whether a text has a scheme of Aionis' in it, however it is written; what has none names nobody's record."""
    letters = (
        char for char in unicodedata.normalize("NFKC", unquote(text)) if unicodedata.category(char) not in _UNSEEN
    )
    bare = "".join(letters).casefold()
    return "aionis:" in bare or "memory:" in bare
