"""The world of the sample: realistic runs, recorded by the same writer that serves the HTTP writes.

Ids are the same in every process; times are relative to when the world is loaded, so that nothing looks stale.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bot.playground.aionis.store import Store
from bot.playground.aionis.world import (
    choices,
    contrasts,
    elsewhere,
    hostile,
    knowledge,
    leaky,
    lifecycles,
    masked,
    oddities,
    playbooks,
    refunds,
    reruns,
    sizes,
    twofold,
    warehouse,
)
from bot.playground.aionis.world.catalogue import SampleRun, Tale, catalogued
from bot.playground.aionis.world.story import run_id_of
from bot.playground.aionis.writer import Writer

# In the order of the catalogue.
TALES: tuple[Tale, ...] = (
    *refunds.TALES,
    *knowledge.TALES,
    *warehouse.TALES,
    *reruns.TALES,
    *lifecycles.TALES,
    *playbooks.TALES,
    *oddities.TALES,
    *hostile.TALES,
    *leaky.TALES,
    *elsewhere.TALES,
    *twofold.TALES,
    *choices.TALES,
    *masked.TALES,
    *contrasts.TALES,
    *refunds.GOOD_TALES,
    *refunds.EARLIER_TALES,
    *sizes.TALES,
)


@dataclass(slots=True)
class World:
    """The runs by name, and those that are still to be recorded, by run id."""

    runs: dict[str, SampleRun] = field(default_factory=dict)
    pending: dict[str, tuple[Tale, partial[None]]] = field(default_factory=dict)

    def prepare(self, run_id: str | None = None) -> None:
        """Record what is pending and may be read now: this run, or without an id all that a search should find."""
        due = [
            pending_id
            for pending_id, (tale, _) in self.pending.items()
            if run_id == pending_id or (run_id is None and tale.recorded == "on first look")
        ]
        for pending_id in due:
            _, record = self.pending.pop(pending_id)
            record()


def load_world(writer: Writer, store: Store, now: datetime) -> World:
    """Record the runs relative to `now` and return them."""
    world = World()
    for tale in (*refunds.HISTORY, *(tale for tale in TALES if tale not in refunds.HISTORY)):
        if tale.recorded == "at once":
            tale.record(writer, now)
        else:
            world.pending[run_id_of(tale.name)] = (tale, partial(tale.record, writer, now))
    world.runs = {tale.name: catalogued(tale, store) for tale in TALES}
    return world
