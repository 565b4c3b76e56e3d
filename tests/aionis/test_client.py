"""The Aionis client against its contract, over a faked transport: identity, retries, bounds, and every kind of failure."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import pytest

from bot import errors
from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.uris import AionisUri
from bot.playground.aionis.faults import Bucket

HERE = Tenancy("default", "support")
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
OWN = {"tenant_id": "default", "scope": "support"}
RUN_ANSWER = {**OWN, "run": {"run_id": RUN, "status": "failed"}}
Handler = Callable[[httpx.Request], httpx.Response]


def client(
    handler: Handler,
    *,
    deadline: float = 5.0,
    consumer: Consumer | None = None,
    cap: int = 10_000,
    credential: bool = True,
) -> Aionis:
    transport = AionisTransport.connect(
        "http://aionis.test",
        headers={"X-Api-Key": "k"} if credential else {},
        connect_timeout=1,
        max_response_bytes=cap,
        transport=httpx.MockTransport(handler),
    )
    return Aionis(transport, HERE, consumer or Consumer(), deadline_seconds=deadline)


def in_turn(*answers: httpx.Response | Exception) -> Handler:
    """Answer the first request with the first answer, and so on; the last one stays."""
    rest: Iterator[httpx.Response | Exception] = iter(answers)
    kept: list[httpx.Response | Exception] = []

    def handle(_: httpx.Request) -> httpx.Response:
        kept.append(next(rest, kept[-1] if kept else httpx.Response(500)))
        if isinstance(kept[-1], Exception):
            raise kept[-1]
        return kept[-1]

    return handle


def error(status: int, code: str, **more: Any) -> httpx.Response:
    body = {"status": status, "error": code, "message": f"{code} happened", **more}
    return httpx.Response(status, json=body, headers={"x-request-id": "theirs"})


async def test_every_call_carries_the_same_identity_and_a_request_id() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        bodies: dict[str, Any] = {"runs/get": RUN_ANSWER, "decision": {**OWN, "decision": {"decision_id": RUN}}}
        return httpx.Response(
            200, json=next((body for end, body in bodies.items() if request.url.path.endswith(end)), OWN)
        )

    aionis = client(handle, consumer=Consumer("agent-7", "team-2"))
    await aionis.get_run(RUN.upper())
    await aionis.find(slots={"run_id": RUN})
    await aionis.decisions_of_run(RUN)
    await aionis.decision(RUN)
    for request in seen:
        body = json.loads(request.content)
        identity = {key: body[key] for key in ("tenant_id", "scope", "consumer_agent_id", "consumer_team_id")}
        assert identity == {
            "tenant_id": "default",
            "scope": "support",
            "consumer_agent_id": "agent-7",
            "consumer_team_id": "team-2",
        }
        assert len(request.headers["x-request-id"]) == 36
        assert request.headers["x-api-key"] == "k"
    assert json.loads(seen[0].content)["run_id"] == RUN


async def test_the_answers_request_id_wins_over_ours() -> None:
    answer = await client(lambda _: httpx.Response(200, json=RUN_ANSWER, headers={"x-request-id": "theirs"})).get_run(
        RUN
    )
    assert answer.request_id == "theirs"


async def test_the_tutorials_shape_is_understood() -> None:
    body = {
        "status": "ok",
        "request_id": "req_replay_123",
        "tenant_id": "default",
        "scope": "support",
        "run": {"run_id": RUN, "status": "failed"},
        "timeline": [{"step_index": 1, "status": "success"}, {"step_index": 2, "status": "failed"}],
    }
    answer = await client(lambda _: httpx.Response(200, json=body)).get_run(RUN)
    assert answer.request_id == "req_replay_123"
    assert [entry.status for entry in answer.value.timeline] == ["success", "failed"]


async def test_the_tutorials_resolved_payload_is_understood() -> None:
    body = {**OWN, "resolved_type": "decision", "resolved": {"decision_id": RUN, "selected_tool": "kb.search"}}
    answer = await client(lambda _: httpx.Response(200, json=body)).resolve(
        AionisUri("default", "support", "decision", RUN)
    )
    assert answer.value.decision is not None
    assert answer.value.decision.selected_tool == "kb.search"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(404, "replay_run_not_found"), errors.RunNotFound),
        (error(404, "not_found"), errors.RunNotFound),
        (error(404, "node_not_found_in_scope_or_visibility"), errors.NotVisible),
        (error(404, "commit_not_found_in_scope"), errors.RecordNotFound),
        (httpx.Response(404, json={"statusCode": 404, "error": "Not Found", "message": "Route"}), errors.RouteMissing),
        (httpx.Response(404, text="<html>nginx</html>"), errors.RouteMissing),
        (error(400, "invalid_request", issues=[{"path": "run_id", "message": "Invalid uuid"}]), errors.BadRequest),
        (error(401, "unauthorized"), errors.Unauthorized),
        (error(403, "identity_mismatch"), errors.IdentityMismatch),
        (error(501, "server_only_in_lite"), errors.Unsupported),
        (error(500, "internal_error"), errors.ServerError),
        (httpx.Response(400, json={"error": {"code": "invalid_request", "message": "object form"}}), errors.BadRequest),
        (httpx.Response(200, text="<html>login</html>"), errors.AnswerNotUnderstood),
        (httpx.Response(200, json=[1, 2]), errors.AnswerNotUnderstood),
        (httpx.Response(200, json={"run": "text"}), errors.AnswerNotUnderstood),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), errors.ServerError),
    ],
)
async def test_each_failure_has_its_own_error_with_a_fix_and_an_id(
    answer: httpx.Response, kind: type[errors.AionisError]
) -> None:
    with pytest.raises(errors.AionisError) as caught:
        await client(lambda _: answer).get_run(RUN)
    assert type(caught.value) is kind
    assert caught.value.fix
    assert caught.value.request_id


async def test_the_fields_aionis_complains_about_are_shown() -> None:
    answer = error(400, "invalid_request", issues=[{"path": "run_id", "message": "Invalid uuid"}])
    with pytest.raises(errors.BadRequest, match="run_id: Invalid uuid"):
        await client(lambda _: answer).get_run(RUN)


@pytest.mark.parametrize(
    "first",
    [
        error(502, "bad"),
        error(503, "bad"),
        error(504, "bad"),
        error(500, "internal_error"),
        httpx.ConnectError("refused"),
    ],
)
async def test_what_may_pass_is_tried_again(first: httpx.Response | Exception) -> None:
    answer = await client(in_turn(first, httpx.Response(200, json=RUN_ANSWER))).get_run(RUN)
    assert answer.value.run.run_id == RUN


async def test_500_is_tried_again_only_once() -> None:
    calls: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return error(500, "internal_error")

    with pytest.raises(errors.ServerError):
        await client(handle).get_run(RUN)
    assert len(calls) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
async def test_what_would_only_repeat_is_not_tried_again(status: int) -> None:
    calls: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return error(status, "some_code")

    with pytest.raises(errors.AionisError):
        await client(handle).get_run(RUN)
    assert len(calls) == 1


async def test_a_rate_limit_is_waited_out_as_long_as_asked() -> None:
    limited = error(429, "rate_limited_recall", details={"retry_after_ms": 300, "waited_ms": 0})
    started = time.monotonic()
    await client(in_turn(limited, httpx.Response(200, json=RUN_ANSWER))).get_run(RUN)
    assert time.monotonic() - started >= 0.3


async def test_a_wait_asked_of_one_call_is_kept_by_all_calls_of_the_process() -> None:
    limited = error(429, "rate_limited_recall", details={"retry_after_ms": 300, "waited_ms": 0})
    answers, answered, began = [limited, limited], list[float](), asyncio.Event()

    def handle(_: httpx.Request) -> httpx.Response:
        answered.append(time.monotonic())
        began.set()
        return answers.pop() if answers else httpx.Response(200, json=RUN_ANSWER)

    first = client(handle)
    others = [Aionis(first._transport, HERE, Consumer(), deadline_seconds=5) for _ in range(40)]
    calls = [asyncio.ensure_future(first.get_run(RUN))]
    await began.wait()
    calls += [asyncio.ensure_future(one.get_run(RUN)) for one in others]
    await asyncio.gather(*calls)
    assert len(answered) == 2 + 41, "two were told to wait, for all of them"
    assert answered[1] - answered[0] >= 0.3
    assert answered[2] - answered[1] >= 0.3


async def test_calls_come_about_as_fast_as_a_server_takes_them_that_limits_their_rate() -> None:
    bucket, refused = Bucket(), list[float]()

    def handle(_: httpx.Request) -> httpx.Response:
        wait = bucket.take(30, time.monotonic())
        if not wait:
            return httpx.Response(200, json=RUN_ANSWER)
        refused.append(wait)
        return error(429, "rate_limited_recall", details={"retry_after_ms": math.ceil(wait * 1000), "waited_ms": 0})

    first = client(handle)
    others = [Aionis(first._transport, HERE, Consumer(), deadline_seconds=20) for _ in range(120)]
    await asyncio.gather(*(one.get_run(RUN) for one in others))
    assert len(refused) < 35, "of 120 calls, of which the server takes 60 at once"


async def test_what_waits_for_others_that_were_limited_says_so_at_its_deadline() -> None:
    limited = error(429, "rate_limited_recall", details={"retry_after_ms": 200, "waited_ms": 0})
    first = client(lambda _: limited, deadline=0.5)
    asked = asyncio.ensure_future(first.get_run(RUN))
    others = [Aionis(first._transport, HERE, Consumer(), deadline_seconds=0.5) for _ in range(20)]
    said = await asyncio.gather(asked, *(one.get_run(RUN) for one in others), return_exceptions=True)
    assert {type(one) for one in said} == {errors.RateLimited}


async def test_a_server_that_does_not_answer_is_not_said_to_limit_because_it_once_did() -> None:
    limited = error(429, "rate_limited_recall", details={"retry_after_ms": 1, "waited_ms": 0})
    answers = [limited, httpx.Response(404, json={})]

    async def handle(_: httpx.Request) -> httpx.Response:
        while not answers:
            await asyncio.Event().wait()
        return answers.pop(0)

    asking = client(cast("Handler", handle), deadline=0.3)
    with pytest.raises(errors.AionisError):
        await asking.get_run(RUN)
    with pytest.raises(errors.AionisTimeout):
        await asking.get_run(RUN)


async def test_calls_come_faster_again_whatever_is_answered_but_a_limit() -> None:
    limited = error(429, "rate_limited_recall", details={"retry_after_ms": 1, "waited_ms": 0})
    asking = client(in_turn(*[limited] * 4, error(404, "replay_run_not_found_in_scope")))
    for _ in range(25):
        with pytest.raises(errors.RecordNotFound):
            await asking.get_run(RUN)
    assert asking._transport._limit._gap == 0.0


async def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    limited = httpx.Response(429, json={"error": "rate_limited_recall"}, headers={"retry-after": "60"})
    with pytest.raises(errors.RateLimited) as caught:
        await client(lambda _: limited, deadline=1).get_run(RUN)
    assert caught.value.retry_after == 60


async def test_the_deadline_ends_a_server_that_fails_for_ever() -> None:
    with pytest.raises(errors.Unreachable):
        await client(in_turn(httpx.ConnectError("refused")), deadline=0.5).get_run(RUN)


async def test_an_answer_over_the_cap_is_refused_while_it_streams() -> None:
    sent: list[int] = []

    async def endless() -> Any:
        for _ in range(1_000):
            sent.append(1_000)
            yield b"x" * 1_000

    with pytest.raises(errors.AnswerTooLarge):
        await client(lambda _: httpx.Response(200, content=endless())).get_run(RUN)
    assert sum(sent) < 20_000


@pytest.mark.parametrize(
    "other", [{"tenant_id": "acme", "scope": "support"}, {"tenant_id": "default", "scope": "billing"}]
)
async def test_an_answer_about_another_tenancy_is_refused(other: dict[str, str]) -> None:
    with pytest.raises(errors.TenancyViolation):
        await client(lambda _: httpx.Response(200, json={**RUN_ANSWER, **other})).get_run(RUN)


async def test_a_uri_of_another_tenancy_is_refused_before_any_call() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise AssertionError("no call may be made")

    with pytest.raises(errors.ForeignUri):
        await client(handle).resolve(AionisUri("acme", "support", "commit", RUN))


async def test_no_decisions_is_an_answer_and_not_an_error() -> None:
    answer = await client(lambda _: error(404, "run_not_found_in_scope")).decisions_of_run(RUN)
    assert answer.value.decisions == []


async def test_segments_of_a_uri_are_percent_encoded() -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content)["uri"])
        return httpx.Response(200, json={"tenant_id": "acme", "scope": "checkout prod/eu", "commit": {"id": RUN}})

    tenancy = Tenancy("acme", "checkout prod/eu")
    transport = AionisTransport.connect(
        "http://aionis.test",
        headers={},
        connect_timeout=1,
        max_response_bytes=9_999,
        transport=httpx.MockTransport(handle),
    )
    aionis = Aionis(transport, tenancy, Consumer(), deadline_seconds=5)
    await aionis.resolve(aionis.uri("commit", RUN))
    assert seen == [f"aionis://acme/checkout%20prod%2Feu/commit/{RUN}"]
