"""An answer in which nothing is to be masked is kept as it came; any other is masked, whatever was learnt from it before."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.bundle.kept_answers import KeptAnswer, keep_answer
from bot.runtime import masking

AT = datetime(2026, 11, 28, tzinfo=UTC)
# Too short, or too ordinary, to be looked for elsewhere, so that nothing is learnt from it.
COMMON = "".join(("sun", "day"))


def kept(value: Any) -> KeptAnswer:
    body = json.dumps(value).encode()
    return keep_answer(path="/v1/memory/find", asked={}, request_id="r", read_at=AT, body=body)


async def kept_after_learning(value: Any, **secrets: str) -> KeptAnswer:
    body = json.dumps(value).encode()
    with masking.one_record():
        await masking.remember(lambda: value, len(body), digest=hashlib.sha256(body).digest())
        masking.known()
        masking.know(secrets)
        return kept(value)


@pytest.mark.parametrize(
    "value",
    [
        {"tool": "auth.login", "error": "401", "retries": 3, "ok": True},
        {"env": {"DB_PASSWORD": COMMON}},
        {"note": f"password={COMMON}"},
        {"text": "a" * 60_000},
        json.loads("[" * 45 + "1" + "]" * 45),
    ],
    ids=["clean", "a common word", "an assignment", "cut for its length", "cut for its depth"],
)
async def test_what_was_looked_through_is_kept_as_what_was_not(value: Any) -> None:
    masking.install_built_in()
    expected = kept(value)
    assert await kept_after_learning(value) == expected


async def test_what_another_answer_gave_away_is_masked_in_a_clean_one() -> None:
    secret = "".join(("hunter", "2!"))
    found = await kept_after_learning({"error": f"401 for {secret}"}, **{secret: "password"})
    assert secret not in json.dumps(found.answer)
    assert [one.rule for one in found.masked] == ["password"]
