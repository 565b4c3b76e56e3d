"""Whose records an answer has: what is proved, what is refused, and as whom a bot without an identity reads."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot import errors
from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.diagnosis import Why
from bot.domain.run.record_references import parse_reference
from bot.investigation.pair import later_runs_of_case, suggested_reruns
from bot.investigation.recent import TroubledRuns
from bot.investigation.run import Investigation, investigate
from bot.investigation.watching import failed_after_all, new_records
from bot.playground.aionis import SampleAionis, serve
from tests.aionis.test_client import OWN, RUN, RUN_ANSWER, client, in_turn

SUPPORT, ACME = Tenancy("default", "support"), Tenancy("acme", "support")


@pytest.fixture
async def sample() -> AsyncIterator[SampleAionis]:
    aionis = SampleAionis()
    async with serve(aionis):
        yield aionis


def reader(
    sample: SampleAionis, tenancy: Tenancy = SUPPORT, consumer: Consumer | None = None, **headers: str
) -> Aionis:
    transport = AionisTransport.connect(sample.base_url, headers=headers, connect_timeout=5, max_response_bytes=2**25)
    return Aionis(transport, tenancy, consumer or Consumer(), deadline_seconds=20)


async def read(aionis: Aionis, sample: SampleAionis, name: str) -> Investigation:
    run_id = sample.runs[name].run_id
    return await investigate(aionis, run_id, now=datetime.now(UTC), stalled_after=timedelta(minutes=15))


def paths(sample: SampleAionis) -> list[str]:
    return [call.path.removeprefix("/v1/memory/") for call in sample.calls]


# Masked ids


async def test_the_records_of_a_masked_run_are_read_in_one_call(sample: SampleAionis) -> None:
    found = await read(reader(sample), sample, "masked-id")
    assert found.diagnosis.critical is not None
    assert found.diagnosis.critical.tool_input == {"order": 9}
    assert [decision.selected_tool for decision in found.diagnosis.decisions] == ["pay.card"]
    assert found.diagnosis.critical.decision_id == found.diagnosis.decisions[0].decision_id
    assert found.diagnosis.missing == []
    assert paths(sample).count("find") == 1


async def test_masked_step_and_decision_ids_lead_to_their_records(sample: SampleAionis) -> None:
    found = await read(reader(sample), sample, "masked-links")
    assert found.diagnosis.critical is not None
    assert found.diagnosis.critical.tool_input == {"order": 12}
    assert found.diagnosis.critical.decision_id == found.diagnosis.decisions[0].decision_id
    assert found.diagnosis.missing == []


async def test_a_masked_run_is_in_the_lists_of_failures_and_of_reruns(sample: SampleAionis) -> None:
    found = TroubledRuns(reader(sample), now=datetime.now(UTC), stalled_after=timedelta(minutes=15))
    masked, rerun = sample.runs["masked-id"].run_id, sample.runs["masked-id-rerun"].run_id
    assert masked in {run.diagnosis.run_id async for run in found.read()}
    assert [run.run_id for run in await later_runs_of_case(reader(sample), masked)] == [rerun]


async def test_a_step_of_a_long_masked_run_is_read_by_its_masked_ids(sample: SampleAionis) -> None:
    run_id = "0d5c2b41-6f0e-4a57-9c11-7b2125550160"
    story: dict[str, Any] = {"scope": "support", "memory_lane": "shared", "run_id": run_id}
    sample.writer.start_run(goal="many steps", **story)
    step_ids = [f"00000000-0000-4000-8000-0{nth:04}5550142" for nth in range(150)]
    for nth, step_id in enumerate(step_ids, start=1):
        step: dict[str, Any] = {**story, "step_id": step_id, "step_index": nth}
        sample.writer.step_before(**step, tool_name="t", tool_input={"nth": nth})
        sample.writer.step_after(**step, status="failed" if nth == 2 else "success", error="x" if nth == 2 else "")
    sample.writer.end_run(**story, status="failed")
    found = await investigate(reader(sample), run_id, now=datetime.now(UTC), stalled_after=timedelta(minutes=15))
    assert found.diagnosis.critical is not None
    assert found.diagnosis.critical.tool_input == {"nth": 2}


# Lite's leak


@pytest.mark.parametrize("consumer", [Consumer(), Consumer("local-user")])
@pytest.mark.parametrize("name", ["refund-failed", "private", "three-hundred", "started-only", "mixed-visibility"])
async def test_a_leaked_run_is_not_found(sample: SampleAionis, name: str, consumer: Consumer) -> None:
    aionis = reader(sample, ACME, consumer)
    await aionis.get_run(sample.runs[name].run_id)  # it does leak
    with pytest.raises(errors.RunNotFound):
        await read(aionis, sample, name)
    with pytest.raises(errors.RunNotFound):
        await aionis.get_own_run(sample.runs[name].run_id)


def forge(sample: SampleAionis, run_id: str, **ends: str) -> None:
    """Write records in acme that name another tenancy's run."""
    node: dict[str, Any] = {"type": "event", "title": "x", "text_summary": "x", "memory_lane": "shared"}
    kinds = [{"replay_kind": "run", "goal": "forged"}, {"replay_kind": "run_end", "status": "failed"}]
    nodes = [{**node, "slots": {**slots, "run_id": run_id, **ends}} for slots in kinds]
    body = {"tenant_id": "acme", "scope": "support", "input_text": "x", "memory_lane": "shared", "nodes": nodes}
    httpx.post(f"{sample.base_url}/v1/memory/write", json=body).raise_for_status()


@pytest.mark.parametrize("spelt", [str.upper, str.lower])
async def test_a_record_that_names_another_tenants_run_shows_nothing_of_it(
    sample: SampleAionis, spelt: Callable[[str], str]
) -> None:
    victim, now, silent = sample.runs["refund-failed"].run_id, datetime.now(UTC), timedelta(minutes=15)
    own = "00000000-0000-4000-8000-000000000a0e"
    sample.writer.start_run(
        goal="forged", run_id=own, tenant_id="acme", scope="support", memory_lane="shared", at=now - timedelta(hours=1)
    )
    await asyncio.to_thread(forge, sample, spelt(victim))
    aionis = reader(sample, ACME, Consumer("local-user"))
    troubled = [run async for run in TroubledRuns(aionis, now=now, stalled_after=silent).read()]
    named = next(run.diagnosis for run in troubled if run.diagnosis.run_id == victim)
    assert (named.goal, named.critical) == ("forged", None)
    (found,) = await suggested_reruns(aionis, own, now=now, stalled_after=silent)
    assert found.run_id == victim
    assert (found.stands.goal if found.stands else "forged") == "forged"
    ended = (await new_records(aionis, since=now - silent, known=frozenset())).ends
    # In small letters they are a run of acme's own, and what is read.
    assert await failed_after_all(aionis, ended) == ([] if spelt is str.upper else [victim])


@pytest.mark.parametrize("name", ["refund-failed", "masked-id", "started-only", "mixed-visibility", "half-characters"])
async def test_a_tenants_own_run_is_proved_without_another_call(sample: SampleAionis, name: str) -> None:
    tenancy = Tenancy("default", sample.runs[name].scope)
    await read(reader(sample, tenancy, Consumer("local-user")), sample, name)
    assert sorted(path for path in paths(sample) if path != "tools/run" and "resolve" not in path) == [
        "find",
        "replay/runs/get",
    ]


async def test_an_edition_that_matches_the_tenancy_needs_no_proof(sample: SampleAionis) -> None:
    sample.options.edition, sample.options.leak = "server", False
    found = await read(reader(sample), sample, "private")
    assert found.diagnosis.verdict == "failed"
    assert next(gap.why for gap in found.diagnosis.missing) is Why.NOT_VISIBLE


# As whom


async def test_private_records_of_a_stock_lite_are_read_as_whom_it_names(sample: SampleAionis) -> None:
    aionis = reader(sample)
    found = await read(aionis, sample, "private")
    assert found.diagnosis.reads_as == "local-user"
    assert found.diagnosis.missing[0].what == "decisions"
    result = found.diagnosis.critical and found.diagnosis.critical.step.record.result_uri
    again = Aionis(aionis._transport, SUPPORT, Consumer(), deadline_seconds=20)
    sample.calls.clear()
    assert (await read(again, sample, "private")).diagnosis.reads_as == "local-user"
    assert "/health" not in paths(sample)
    assert paths(sample).count("find") == 1
    assert result


async def test_a_private_record_resolves_as_whom_it_names(sample: SampleAionis) -> None:
    uri = (await reader(sample).get_run(sample.runs["private"].run_id)).value.steps[1].result_uri
    aionis = reader(sample)
    answer = await aionis.resolve(aionis.uri("evidence", str(uri).rsplit("/", 1)[1]))
    assert answer.value.node is not None
    assert answer.value.node.memory_lane == "private"


@pytest.mark.parametrize(
    ("consumer", "headers"),
    [(Consumer("somebody"), {}), (Consumer(team_id="crew"), {}), (Consumer(), {"x-api-key": "k"})],
)
async def test_a_configured_identity_is_never_replaced(
    sample: SampleAionis, consumer: Consumer, headers: dict[str, str]
) -> None:
    aionis = reader(sample, SUPPORT, consumer, **headers)
    assert not await aionis.learn_reader(consumer)
    assert aionis.reads_as is None


async def test_private_records_that_are_read_at_once_are_all_read_as_whom_it_names(sample: SampleAionis) -> None:
    steps = (await reader(sample).get_run(sample.runs["private"].run_id)).value.steps
    aionis = reader(sample)
    uris = [parse_reference(str(uri), SUPPORT) for step in steps for uri in (step.step_uri, step.result_uri)]
    sample.faults.add(endpoint="resolve", kind="latency", ms=200, times=1)  # one of them is answered after all others
    answers = await asyncio.gather(*(aionis.resolve(uri) for uri in uris))
    assert [answer.value.node is not None for answer in answers] == [True] * 4


@pytest.mark.parametrize("lite", [{"identity": {}}, {"identity": {"local_actor_id": 7}}, None])
async def test_a_server_that_names_nobody_leaves_it_at_that(lite: Any) -> None:
    body = {"ok": True, "runtime": {"edition": "lite"}, "lite": lite}
    aionis = client(in_turn(httpx.Response(200, json=body)), credential=False)
    assert not await aionis.learn_reader(Consumer())
    assert aionis.reads_as is None


async def test_a_lite_that_says_it_authenticates_names_nobody() -> None:
    lite = {"identity": {"local_actor_id": "local-user"}}
    body = {"ok": True, "runtime": {"edition": "lite"}, "lite": lite, "auth": {"mode": "api_key"}}
    assert not await client(in_turn(httpx.Response(200, json=body)), credential=False).learn_reader(Consumer())


async def test_a_server_that_does_not_say_what_it_is_is_not_asked_again_and_again() -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        body = {**OWN, "nodes": []} if request.url.path.endswith("find") else {"statusCode": 404, "error": "Not Found"}
        return httpx.Response(200 if "nodes" in body else 404, json=body)

    aionis = client(handle, credential=False)
    for _ in range(3):
        assert (await aionis.find(slots={})).value.nodes == []
    assert seen.count("/health") == 1


# What is refused

FOREIGN = "aionis://acme/support/event/00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    "answer",
    [
        {**RUN_ANSWER, "tenant_id": None},
        {"run": RUN_ANSWER["run"]},
        {**RUN_ANSWER, "scope": "other"},
        {**RUN_ANSWER, "run": {"run_id": RUN, "run_uri": FOREIGN}},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN}]},
        {**RUN_ANSWER, "steps": [{"result_uri": FOREIGN}]},
        {**RUN_ANSWER, "timeline": [{"uri": FOREIGN}]},
        {**RUN_ANSWER, "timeline": [{"commit_uri": FOREIGN.replace("acme", "%61cme")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("aionis", "AIONIS")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": f" {FOREIGN}"}]},
        {**RUN_ANSWER, "steps": [{"step_uri": f"\u200b{FOREIGN}"}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("://", ":/")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("acme", "default/support/../../acme")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("acme/support/event", "default/support/..")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("aionis", "memory")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("aionis", "ai\u200bonis")}]},
        {**RUN_ANSWER, "steps": [{"step_uri": FOREIGN.replace("aionis", "\uff21IONIS")}]},
    ],
)
async def test_an_answer_of_another_tenancy_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(errors.TenancyViolation):
        await client(in_turn(httpx.Response(200, json=answer))).get_run(RUN)


@pytest.mark.parametrize("answer", [{"nodes": []}, {**OWN, "nodes": [{"uri": FOREIGN}]}])
async def test_found_records_of_another_tenancy_are_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(errors.TenancyViolation):
        await client(in_turn(httpx.Response(200, json=answer))).find(slots={})


@pytest.mark.parametrize("named", ["", "00000000-0000-0000-0000-000000000001"])
async def test_an_answer_for_another_run_is_refused(named: str) -> None:
    answer = {**OWN, "run": {"run_id": named, "status": "failed"}}
    with pytest.raises(errors.AnswerNotUnderstood):
        await client(in_turn(httpx.Response(200, json=answer))).get_run(RUN)


@pytest.mark.parametrize("payload", [{"node": {"id": "other"}}, {"decision": {"decision_id": "other"}}])
async def test_another_record_than_the_one_asked_for_is_refused(payload: dict[str, Any]) -> None:
    aionis = client(in_turn(httpx.Response(200, json={**OWN, **payload})))
    with pytest.raises(errors.AnswerNotUnderstood):
        await aionis.resolve(aionis.uri("decision", RUN))


async def test_the_own_tenancy_may_be_written_in_any_encoding() -> None:
    uri = f"aionis://default/%73upport/event/{RUN}"
    answer = {**RUN_ANSWER, "run": {"run_id": RUN, "run_uri": uri, "status": "failed"}}
    assert (await client(in_turn(httpx.Response(200, json=answer))).get_run(RUN)).value.run.run_uri == uri
