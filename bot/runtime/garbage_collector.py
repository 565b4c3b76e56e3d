"""Python's cycle collector, set for many small records: a run of 10,000 steps is 600,000 objects and no garbage.

With the defaults, parsing such a run spends most of its time in collections that find nothing (`make bench`, steps).
"""

import gc

_ALLOCATIONS = 50_000  # before the young are looked at; Python's default is 700 to 2,000


def relax_collector() -> None:
    """Collect rarely. Called before the imports, which make many objects that stay, too."""
    gc.set_threshold(_ALLOCATIONS, 20, 20)


def hold_collector() -> None:
    """Collect nothing until `freeze_start`: what a start makes is the program itself, and each look at it is for nothing."""
    gc.disable()


def freeze_start() -> None:
    """Leave what exists when the bot has started out of all later collections. Nearly all of it stays, so none comes first."""
    gc.freeze()
    gc.enable()
