"""The switches of the sample: which edition, identity and answer shape it plays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.playground.aionis.times import TimestampStyle

Shape = Literal["lite", "tutorial"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a credential stands for."""

    tenant_id: str
    agent_id: str | None = None
    team_id: str | None = None


@dataclass(slots=True)
class Options:
    """All switches; they may be changed while the sample serves.

    `api_keys` and `bearers` map credentials to principals; authentication is on as soon as one of them is not empty.
    `leak` is Lite's fallback to the default tenant in `runs/get`. `sdk_demo` is the profile without replay routes.
    """

    api_keys: Mapping[str, Principal] = field(default_factory=dict)
    bearers: Mapping[str, Principal] = field(default_factory=dict)
    leak: bool = True
    shape: Shape = "lite"
    timestamps: TimestampStyle = "iso"
    sdk_demo: bool = False

    @property
    def authenticating(self) -> bool:
        """Tell whether a credential is needed."""
        return bool(self.api_keys or self.bearers)
