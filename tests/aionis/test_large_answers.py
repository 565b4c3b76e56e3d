"""Large answers are read beside the event loop, and refused as small ones are."""

import threading
from typing import Any

import httpx
import pytest

from bot import errors
from bot.aionis import answers
from tests.aionis.test_client import RUN, RUN_ANSWER, client, in_turn


async def test_a_large_answer_keeps_no_ack_waiting_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    readers, parse = list[str](), answers.parse

    def noted(*given: Any, **named: Any) -> Any:
        readers.append(threading.current_thread().name)
        return parse(*given, **named)

    monkeypatch.setattr(answers, "parse", noted)
    large = {**RUN_ANSWER, "padding": "x" * 600 * 1024}
    answering = in_turn(httpx.Response(200, json=RUN_ANSWER), httpx.Response(200, json=large))
    for _ in range(2):
        found = await client(answering, cap=2**20).get_run(RUN)
        assert found.value.run.run_id == RUN
    small_one, large_one = readers
    assert small_one == threading.main_thread().name
    assert large_one != threading.main_thread().name


@pytest.mark.parametrize(
    ("body", "refusal"),
    [({**RUN_ANSWER, "tenant_id": "other"}, errors.TenancyViolation), ([1, 2], errors.AnswerNotUnderstood)],
)
async def test_a_large_answer_is_refused_as_a_small_one(
    monkeypatch: pytest.MonkeyPatch, body: object, refusal: type[errors.AionisError]
) -> None:
    monkeypatch.setattr(answers, "_LARGE", 0)
    with pytest.raises(refusal):
        await client(lambda _: httpx.Response(200, json=body)).get_run(RUN)
