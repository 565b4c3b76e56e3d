"""What the server says of itself (Aionis contract, sections 7 and 16)."""

from typing import Any

from bot.domain.run.records import Record


class Health(Record):
    """The answer of `GET /health`; only `ok` is stable across editions."""

    ok: bool = False
    runtime: dict[str, Any] | None = None
    lite: dict[str, Any] | None = None
    auth: Any = None

    @property
    def edition(self) -> str | None:
        """Return the edition's name where it says one."""
        name = (self.runtime or {}).get("edition")
        return name if isinstance(name, str) else None

    @property
    def local_actor_id(self) -> str | None:
        """Return the consumer agent id to use on a Lite without authentication."""
        identity = (self.lite or {}).get("identity")
        actor = identity.get("local_actor_id") if isinstance(identity, dict) else None
        return actor if isinstance(actor, str) and actor else None

    @property
    def open_actor_id(self) -> str | None:
        """Return whom an unauthenticated caller may read as: Lite's local actor, unless it says that it authenticates."""
        # With authentication the key names the reader: a name from here would be refused as somebody else's.
        mode = self.auth.get("mode") if isinstance(self.auth, dict) else self.auth
        return self.local_actor_id if self.edition == "lite" and mode in {None, "off", False} else None
