"""Ids as they are stored: masked where they look like a phone number, and read from where they are not."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.run.records import Node
from bot.domain.run.stored_ids import as_stored, ids_in, is_same
from bot.playground.aionis.masking import mask

RUN = "3f8a1c2d-77aa-4c1e-9b0f-a41234567890"
STORED = "3f8a1c2d-77aa-4c1e-9b0f-a4[PHONE#c775e7b7]"  # as a real Aionis stored it


def test_a_masked_id_is_stored_as_a_real_aionis_does() -> None:
    assert as_stored(RUN) == STORED


@given(st.uuids())
def test_every_id_is_stored_as_the_sample_stores_it(id_: uuid.UUID) -> None:
    stored = mask(str(id_))
    assert as_stored(str(id_)) == stored
    assert is_same(stored, str(id_))
    assert is_same(str(id_), str(id_))


@pytest.mark.parametrize(("stored", "id_"), [(STORED, RUN[:-1] + "1"), (None, RUN), (7, RUN), (RUN, None), ("", RUN)])
def test_other_ids_are_not_the_same(stored: object, id_: str | None) -> None:
    assert not is_same(stored, id_)


@pytest.mark.parametrize(
    ("client_id", "ids"),
    [
        (f"replay:run:{RUN}", (RUN, None)),
        (f"replay:run_end:{RUN}", (RUN, None)),
        (f"replay:step:{RUN}:s-1", (RUN, "s-1")),
        (f"replay:step_result:{RUN}:s-1:failed", (RUN, "s-1")),
        ("rule:refunds-by-api", (None, None)),
        ("replay:other:x", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_client_id_names_the_run_and_the_step(client_id: str | None, ids: tuple[str | None, str | None]) -> None:
    assert ids_in(client_id) == ids


def test_slots_are_asked_only_where_the_client_id_says_nothing() -> None:
    slots = {"run_id": STORED, "step_id": "s-2"}
    assert Node(client_id=f"replay:step:{RUN}:s-1", slots=slots).run_id == RUN
    assert Node(client_id=f"replay:step:{RUN}:s-1", slots=slots).step_id == "s-1"
    assert (Node(slots=slots).run_id, Node(slots=slots).step_id) == (STORED, "s-2")
    assert Node(slots={"run_id": 7}).run_id is None
