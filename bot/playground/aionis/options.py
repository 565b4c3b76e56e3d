"""The switches of the sample: which edition, identity and answer shape it plays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.playground.aionis.times import TimestampStyle

Shape = Literal["lite", "tutorial"]
Edition = Literal["lite", "server"]


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
    `leak` is Lite's fallback to the default tenant in `runs/get`. `edition` is what `/health` says. `sdk_demo` is the profile
    without replay routes. `reads_per_second` switches the per-address limiter of reads on, with a burst of twice as many.
    """

    api_keys: Mapping[str, Principal] = field(default_factory=dict)
    bearers: Mapping[str, Principal] = field(default_factory=dict)
    leak: bool = True
    shape: Shape = "lite"
    timestamps: TimestampStyle = "iso"
    sdk_demo: bool = False
    edition: Edition = "lite"
    reads_per_second: float | None = None

    @property
    def authenticating(self) -> bool:
        """Tell whether a credential is needed."""
        return bool(self.api_keys or self.bearers)
