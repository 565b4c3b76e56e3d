"""Whose records are read: the tenant and scope, and the consumer ids that decide what is visible."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A tenant and one of its scopes (Aionis contract, section 3)."""

    tenant_id: str = "default"
    scope: str = "default"

    def __str__(self) -> str:
        return f"{self.tenant_id}/{self.scope}"


@dataclass(frozen=True, slots=True)
class Consumer:
    """The agent and team that private records are read as; None sends no id."""

    agent_id: str | None = None
    team_id: str | None = None
