"""The beginning of an id names the only run, or record, of the scope that it fits; masked ids are found by it, too."""

from collections.abc import AsyncIterator

import pytest

from bot.aionis import Aionis, AionisTransport
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.run.record_references import parse_reference
from bot.errors import OtherKind, RecordNotFound, RunNotFound, ServerError, UsageError
from bot.investigation.prefixes import whole_run_id, whole_uri
from bot.playground.aionis import SampleAionis, serve
from bot.playground.aionis.addresses import Tenancy as SampleTenancy
from bot.playground.aionis.world.masked import MASKED_DECISION


@pytest.fixture
async def sample() -> AsyncIterator[SampleAionis]:
    aionis = SampleAionis()
    async with serve(aionis):
        yield aionis


def reader(sample: SampleAionis, scope: str = "support") -> Aionis:
    transport = AionisTransport.connect(sample.base_url, headers={}, connect_timeout=2, max_response_bytes=2**24)
    return Aionis(transport, Tenancy("default", scope), Consumer(), deadline_seconds=10)


@pytest.mark.parametrize("name", ["refund-failed", "masked-id", "crashed"])
async def test_eight_characters_name_a_run(sample: SampleAionis, name: str) -> None:
    run_id = sample.runs[name].run_id
    assert await whole_run_id(reader(sample), run_id[:8]) == run_id


async def test_a_run_of_another_scope_is_not_found(sample: SampleAionis) -> None:
    with pytest.raises(RunNotFound, match="No run of default/elsewhere"):
        await whole_run_id(reader(sample, "elsewhere"), sample.runs["refund-failed"].run_id[:8])


async def test_several_runs_are_named(sample: SampleAionis) -> None:
    ids = [f"77aa77aa-0000-4000-8000-00000000000{nth}" for nth in (1, 2)]
    for run_id in ids:
        sample.writer.start_run(goal="twins", scope="support", memory_lane="shared", run_id=run_id)
    with pytest.raises(UsageError) as caught:
        await whole_run_id(reader(sample), "77aa77aa")
    assert "2 runs begin with 77aa77aa" in caught.value.what
    assert all(run_id in caught.value.what for run_id in ids)
    assert await whole_run_id(reader(sample), ids[0][:-1] + "1") == ids[0]


@pytest.mark.parametrize("type_", ["decision", "commit", "procedure", "evidence", "event", "rule"])
async def test_eight_characters_name_a_record(sample: SampleAionis, type_: str) -> None:
    aionis = reader(sample)
    run = sample.runs["disabled-rule"]
    records = (await aionis.records_of_run(run.run_id)).value.nodes
    decision = (await aionis.decisions_of_run(run.run_id)).value.decisions[0]
    ids = {
        "decision": decision.decision_id,
        "commit": run.commit_uris[0].rpartition("/")[2],
        "rule": str(decision.source_rule_ids[0]),
    }
    id_ = ids.get(type_) or next(node.id for node in records if node.type == type_)
    for typed in (f"{type_} {id_[:8]}", f"aionis://default/support/{type_}/{id_[:13].upper()}", f"{type_}/{id_}"):
        assert (await whole_uri(aionis, parse_reference(typed, aionis.tenancy), run_id=run.run_id)).id == id_
    alone = parse_reference(id_[:8], aionis.tenancy, type_=type_)
    assert (await whole_uri(aionis, alone)).id == id_


async def test_a_record_that_is_not_there_or_not_listed_is_said(sample: SampleAionis) -> None:
    aionis = reader(sample)
    with pytest.raises(
        RecordNotFound, match="No decision of default/support that is visible here begins with 00c0ffee"
    ):
        await whole_uri(aionis, parse_reference("decision 00c0ffee", aionis.tenancy))
    changed = sample.runs["disabled-rule"].commit_uris[-1].rpartition("/")[2]
    with pytest.raises(RecordNotFound) as caught:
        await whole_uri(aionis, parse_reference(f"commit {changed[:8]}", aionis.tenancy))
    assert "A rule that is disabled names none." in caught.value.fix
    known = [aionis.uri("commit", changed)]
    uri = parse_reference(f"commit {changed[:8]}", aionis.tenancy)
    assert (await whole_uri(aionis, uri, known=[str(one) for one in known])).id == changed
    with pytest.raises(UsageError, match="does not list edges"):
        await whole_uri(aionis, parse_reference("edge 00c0ffee", aionis.tenancy))


@pytest.mark.parametrize("what", ["a rule's change", "a judgement", "one of sixty decisions"])
async def test_what_no_record_names_is_found_by_its_beginning(sample: SampleAionis, what: str) -> None:
    aionis = reader(sample)
    many = sample.runs["sixty-decisions"].run_id
    await aionis.decisions_of_run(many)  # recorded on first look
    scope = sample.store.at(SampleTenancy("default", "support"))
    changes = [commit for commit in scope.commits.values() if "rule_state_change" in commit.diff]
    judgements = [commit for commit in scope.commits.values() if "tool_feedback" in commit.diff]
    type_, id_ = {
        "a rule's change": ("commit", changes[0].id),
        "a judgement": ("commit", judgements[0].id),
        "one of sixty decisions": ("decision", scope.decisions_of(many)[30].id),
    }[what]
    assert (await whole_uri(aionis, parse_reference(f"{type_} {id_[:8]}", aionis.tenancy))).id == id_


async def test_the_beginning_of_an_id_of_another_kind_is_told_as_what_it_is(sample: SampleAionis) -> None:
    run = sample.runs["refund-failed"]
    decision, aionis = run.decision_uris[0].rpartition("/")[2], reader(sample)
    with pytest.raises(
        OtherKind, match=f"{decision[:8]} is the beginning of a decision's id in default/support"
    ) as caught:
        await whole_run_id(aionis, decision[:8])
    assert (caught.value.kind, caught.value.id_) == ("decision", decision)
    with pytest.raises(OtherKind, match="of a run's id in default/support, not of a commit's") as caught:
        await whole_uri(aionis, parse_reference(f"commit {run.run_id[:8]}", aionis.tenancy))
    assert caught.value.id_ == run.run_id


@pytest.mark.parametrize("endpoint", ["tools/runs/list", "tools/run", "resolve"])
async def test_that_none_fits_is_not_said_where_a_look_up_failed(sample: SampleAionis, endpoint: str) -> None:
    assert sample.runs
    sample.faults.add(kind="server_error", endpoint=endpoint)
    aionis = reader(sample)
    with pytest.raises(ServerError):
        await whole_uri(aionis, parse_reference("commit 00c0ffee", aionis.tenancy))


async def test_a_decision_whose_id_is_masked_in_its_step_is_found_by_its_beginning(sample: SampleAionis) -> None:
    aionis = reader(sample)
    uri = await whole_uri(aionis, parse_reference(f"decision {MASKED_DECISION[:8]}", aionis.tenancy))
    assert uri.id == MASKED_DECISION
