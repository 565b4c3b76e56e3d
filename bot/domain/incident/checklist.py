"""The incident's checklist: what must be true before it may be closed, and how each item comes to be true.

An item is open, *asserted* (a person says so, with proof) or *verified* (the bot checked it itself).
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_ITEMS = 12  # each takes two of a message's blocks, and a part of its 12,000 characters
TITLE_LIMIT = 120


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    ASSERTED = "asserted"
    VERIFIED = "verified"


class Check(StrEnum):
    """What the bot can check itself."""

    EVIDENCE = "evidence"  # the evidence table is complete and its ids resolve in Aionis
    REPLAY = "replay"  # a replay of a failing run is in the incident
    COMPARISON = "comparison"  # a comparison of a failing run of the incident with its rerun says "fixed"


class ProofKind(StrEnum):
    """What a person brings to assert an item."""

    NONE = "none"  # one click
    LINK = "link"  # an http(s) URL
    RUN = "run"  # a run id of this scope
    TEXT = "text"  # a sentence


class ItemSpec(BaseModel):
    """One item of a checklist. `check` set: the bot verifies it; else a person asserts it with `proof`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="A short name in snake_case that never changes")
    title: str = Field(min_length=1, max_length=TITLE_LIMIT, description="What people read")
    check: Check | None = Field(
        None, description="`evidence`, `replay` or `comparison`: the bot verifies the item itself"
    )
    proof: ProofKind = Field(ProofKind.LINK, description="What a person must bring: `link`, `run`, `text` or `none`")
    owner: bool = Field(False, description="Whether an owner must be named when it is asserted")


class Checklist(BaseModel):
    """The items of an incident, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    items: tuple[ItemSpec, ...] = Field(min_length=1, max_length=MAX_ITEMS)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Checklist":
        ids = [item.id for item in self.items]
        repeated = next((name for name in ids if ids.count(name) > 1), None)
        if repeated:
            raise ValueError(f"the id {repeated!r} is used twice")
        return self

    def item(self, id_: str) -> ItemSpec | None:
        return next((item for item in self.items if item.id == id_), None)


DEFAULT_CHECKLIST = Checklist(
    items=(
        ItemSpec(id="root_cause", title="Root cause linked to concrete IDs", check=Check.EVIDENCE),
        ItemSpec(id="corrective_change", title="Corrective change merged", proof=ProofKind.LINK, owner=True),
        ItemSpec(id="fix_verified", title="Fix verified by a rerun", check=Check.COMPARISON),
        ItemSpec(id="replay_evidence", title="Replay evidence attached", check=Check.REPLAY),
        ItemSpec(id="monitor", title="Follow-up monitor or gate added", proof=ProofKind.LINK),
    )
)
