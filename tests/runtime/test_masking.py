"""What a record gave away is masked in all that is made of it, and in nothing else."""

import asyncio
import json
from typing import Any

from bot.playground.slack import INCIDENTS
from bot.runtime import masking
from bot.runtime.heavy_work import SMALL, HeavyWork

WORD = "-".join(("correct", "horse", "battery", "9"))  # only the name above it tells that it is a secret
TOLD = f"the login with {WORD} failed"
MASKED = "the login with [masked: password] failed"


def answer(**more: Any) -> dict[str, Any]:
    return {"password": WORD, **more}


async def test_what_one_answer_names_is_masked_in_the_others_of_the_record_alone() -> None:
    with masking.one_record():
        assert masking.mask_text(TOLD) == TOLD
        await masking.remember(answer, 10)
        assert masking.mask_text(TOLD) == MASKED
        with masking.one_record():  # the job of another record, begun meanwhile
            assert masking.mask_text(TOLD) == TOLD
        assert masking.mask_text(TOLD) == MASKED
    assert masking.mask_text(TOLD) == TOLD


async def test_two_jobs_at_once_do_not_learn_from_each_other() -> None:
    learnt, looked = asyncio.Event(), asyncio.Event()

    async def learns() -> str:
        with masking.one_record():
            await masking.remember(answer, 10)
            learnt.set()
            await looked.wait()
            return masking.mask_text(TOLD)

    async def looks() -> str:
        with masking.one_record():
            await learnt.wait()
            looked.set()
            return masking.mask_text(TOLD)

    said = await asyncio.gather(learns(), looks())
    assert list(said) == [MASKED, TOLD]


async def test_megabytes_are_learnt_from_before_the_next_text_is_masked() -> None:
    with masking.one_record():
        await masking.remember(lambda: answer(text="word " * 100), 10 * 2**20)
        assert masking.known() == {WORD: "password"}


async def test_a_process_of_its_own_masks_what_the_record_at_hand_gave_away() -> None:
    body = json.dumps({"goal": TOLD, "channel": INCIDENTS, "text": "word " * SMALL}).encode()
    with masking.one_record():
        await masking.remember(answer, 10)
        content, masked = await HeavyWork(None).raw_json(body)
    assert masked == 1
    assert json.loads(content)["goal"] == MASKED


async def test_without_a_record_nothing_is_kept() -> None:
    await masking.remember(answer, 10)
    assert masking.known() == {}
    assert masking.mask_text(TOLD) == TOLD
