"""The evidence table: prefilled, checked id by id in Aionis, shown, and what makes the item verified."""

from typing import Any

import pytest

from bot.investigation import proof_input
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, LocalSlack
from handlers import root_cause
from tests.conftest import http_client
from tests.scenarios.incidents import checklist, choice_entered, opened, text_entered, user_entered
from tests.scenarios.steps import Json, text_of

WRONG = "aionis://default/support/commit/3d1868e2-e6d3-4f69-952e-61f53ef2ef31"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000001"
FILLED: dict[str, Any] = {
    "expected": text_entered("payments.find_refund, because the charge was refunded already"),
    "cause": choice_entered("rule_gap", "rule gap"),
    "explanation": text_entered("No rule asks for an earlier refund first."),
    "remediation": text_entered("https://git.example.com/rules/pull/4"),
    "owner": user_entered(JONAS),
}


async def open_table(slack: LocalSlack, message: Json, user: str = MAYA) -> Json:
    assert (await slack.click(user, message, text="Fill in root cause…")).ok
    return slack.views(user)[-1]


def initial(view: Json, field: str) -> str:
    element = next(b["element"] for b in view["blocks"] if b.get("block_id") == f"{field}")
    return str(element.get("initial_value", ""))


async def test_the_modal_starts_with_what_is_known(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    view = await open_table(slack, await opened(slack, aionis))
    run = aionis.runs["refund-failed"]
    assert initial(view, "run") == run.run_id
    assert initial(view, "selected") == "payments.create_refund"
    assert initial(view, "rules").startswith("rule")
    assert initial(view, "decision") == run.decision_uris[0]
    assert initial(view, "step").startswith("aionis://default/support/procedure/")
    assert initial(view, "explanation") == "", "why it went wrong is for people to say"
    assert "409" in str(view["blocks"])


async def test_a_wrong_id_is_named_beside_its_field_and_the_complete_table_verifies_the_item(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    view = await open_table(slack, await opened(slack, aionis))
    wrong = await slack.submit(MAYA, view, {**FILLED, "commit": text_entered(WRONG)})
    assert list(wrong.body["errors"]) == ["commit"]
    assert "Aionis has no commit" in wrong.body["errors"]["commit"]
    assert (await slack.submit(MAYA, slack.views(MAYA)[-1], {**FILLED, "commit": text_entered("")})).ok
    now = await checklist(slack, "2 of 5 done")
    assert "done, verified by the bot" in text_of(now)
    table = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "Root cause of INC-" in text_of(m)), None)
    )
    assert any(block["type"] == "table" for block in table["blocks"])
    assert "rule gap" in text_of(table)


async def test_an_unfinished_table_is_kept_and_says_what_is_missing(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    view = await open_table(slack, await opened(slack, aionis))
    assert (await slack.submit(MAYA, view)).ok
    table = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "Root cause of INC-" in text_of(m)), None)
    )
    assert "the expected decision or tool" in text_of(table)
    assert "1 of 5 done" in text_of(await checklist(slack, ""))


async def test_where_a_table_cannot_be_it_is_shown_as_fields(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    view = await open_table(slack, await opened(slack, aionis))
    await checklist(slack, "1 of 5 done")
    slack.faults.next("chat.postMessage", error="invalid_blocks")
    await slack.submit(MAYA, view, FILLED)
    table = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "Root cause of INC-" in text_of(m)), None)
    )
    assert [block["type"] for block in table["blocks"]].count("table") == 0
    assert "No rule asks for an earlier refund first." in text_of(table)


async def test_of_two_who_edit_at_once_the_second_is_refused_and_nothing_is_overwritten(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    mine, yours = await open_table(slack, message), await open_table(slack, message, JONAS)
    await slack.submit(MAYA, mine, FILLED)
    await checklist(slack, "2 of 5 done")
    refused = await slack.submit(JONAS, yours, {"explanation": text_entered("Something else.")})
    assert "saved by somebody else meanwhile" in str(refused.body)
    table = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "Root cause of INC-" in text_of(m)), None)
    )
    assert "Something else." not in text_of(table)


@pytest.mark.parametrize("odd", ["no block", "another kind"])
async def test_a_modal_that_lacks_an_input_clears_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, odd: str
) -> None:
    await slack.submit(MAYA, await open_table(slack, await opened(slack, aionis)), FILLED)
    done = await checklist(slack, "2 of 5 done")
    await slack.click(JONAS, done, text="Edit…")
    shown = slack.views(JONAS)[-1]
    view = slack.workspace.views.find(shown["id"])
    assert view is not None
    if odd == "no block":
        del view.values["explanation"]
    else:
        view.values["explanation"]["entered"]["type"] = "users_select"
    refused = await slack.submit(JONAS, shown, {})
    assert refused.status == 200
    assert "older version" in str(refused.body)
    assert "2 of 5 done" in text_of(await checklist(slack, "2 of 5 done"))


async def test_an_edit_that_empties_a_field_takes_the_verification_away(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    await slack.submit(MAYA, await open_table(slack, await opened(slack, aionis)), FILLED)
    done = await checklist(slack, "2 of 5 done")
    await slack.click(JONAS, done, text="Edit…")
    await slack.submit(JONAS, slack.views(JONAS)[-1], {"explanation": text_entered("")})
    again = await checklist(slack, "the evidence table is incomplete")
    assert "1 of 5 done" in text_of(again)
    table = await slack.wait_for(
        lambda: next((m for m in slack.messages(INCIDENTS) if "Edition 2" in text_of(m)), None)
    )
    assert "Root cause of INC-" in text_of(table)


async def test_an_aionis_that_does_not_answer_loses_nothing(
    slack: LocalSlack, aionis: SampleAionis, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proof_input.CHECK_WITHIN < 3, "Slack waits no longer for an answer to a modal"
    view = await open_table(slack, await opened(slack, aionis))
    aionis.faults.add(kind="hang", endpoint="resolve")
    with monkeypatch.context() as soon:
        soon.setattr(root_cause, "CHECK_WITHIN", 0.3)
        delivery = await slack.submit(MAYA, view, FILLED)
    assert "Nothing is lost" in str(delivery.body)
    aionis.faults.clear()
    assert (await slack.submit(MAYA, slack.views(MAYA)[-1], FILLED)).ok
    await checklist(slack, "2 of 5 done")


async def test_ids_that_do_not_belong_together_are_named_at_their_fields(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    run, other = aionis.runs["refund-failed"], aionis.runs["partial"]
    mine = initial(await open_table(slack, message), "step")
    decision = run.decision_uris[0]
    async with http_client(aionis.base_url) as client:
        body = {"uri": decision}
        rule = (await client.post("/v1/memory/resolve", json=body)).json()["decision"]["source_rule_ids"][0]
    theirs = await _first_step(aionis, other.run_id)
    entered: dict[str, tuple[str, str]] = {
        "run": (other.run_id, "is not in this incident"),
        "step": (f"aionis://default/support/rule/{rule}", "That is a rule, not a step."),
        "decision": (mine, "That is a step, not a decision."),
        "commit": (decision, "That is a decision, not a commit."),
    }
    right = {"run": run.run_id, "step": mine, "decision": decision, "commit": ""}
    typed = {
        "step": (run.run_id, "That is a run, not a step."),
        "decision": (run.run_id[:8], "That is a run, not a decision."),
        "commit": (
            f"aionis://default/support/commit/{decision.rpartition('/')[2]}",
            "That is a decision, not a commit.",
        ),
    }
    known = {**FILLED, **{field: text_entered(text) for field, text in right.items()}}
    for field, (text, said) in entered.items():
        refused = await slack.submit(MAYA, slack.views(MAYA)[-1], {**known, field: text_entered(text)})
        assert said in refused.body["errors"][field], field
    amiss = {**known, **{field: text_entered(text) for field, (text, _) in typed.items() if field != "decision"}}
    said_of = (await slack.submit(MAYA, slack.views(MAYA)[-1], amiss)).body["errors"]
    assert [said_of[field] for field in ("step", "commit")] == [typed["step"][1], typed["commit"][1]]
    begun = {**known, "decision": text_entered(typed["decision"][0]), "step": text_entered(UNKNOWN_ID)}
    said_of = (await slack.submit(MAYA, slack.views(MAYA)[-1], begun)).body["errors"]
    assert typed["decision"][1] in said_of["decision"]
    assert "Aionis has no step" in said_of["step"]
    alone = {**known, "run": text_entered(decision.rpartition("/")[2]), "commit": text_entered(rule)}
    said_of = (await slack.submit(MAYA, slack.views(MAYA)[-1], alone)).body["errors"]
    assert (said_of["run"], said_of["commit"]) == ("That is a decision, not a run.", "That is a rule, not a commit.")
    foreign = await slack.submit(MAYA, slack.views(MAYA)[-1], {**known, "step": text_entered(theirs)})
    assert f"belongs to run {other.run_id[:8]}, not to run {run.run_id[:8]}" in foreign.body["errors"]["step"]
    assert (await slack.submit(MAYA, slack.views(MAYA)[-1], known)).ok
    await checklist(slack, "2 of 5 done")


async def test_ids_alone_and_their_beginnings_are_enough(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    view = await open_table(slack, await opened(slack, aionis))
    ids = {field: initial(view, field).rpartition("/")[2] for field in ("run", "step", "decision", "commit")}
    nothing = await slack.submit(MAYA, view, {**FILLED, "run": text_entered("00c0ffee")})
    assert "No run of this incident begins with 00c0ffee" in nothing.body["errors"]["run"]
    entered = {"run": text_entered(ids["run"]), "step": text_entered("nonsense")}
    nonsense = await slack.submit(MAYA, slack.views(MAYA)[-1], {**FILLED, **entered})
    assert "Give the step's URI, aionis://…, or its id." in nonsense.body["errors"]["step"]
    assert "/re" not in str([*nothing.body["errors"].values(), *nonsense.body["errors"].values()])
    beginnings = {field: text_entered(id_[:8]) for field, id_ in ids.items()}
    assert (await slack.submit(MAYA, slack.views(MAYA)[-1], {**FILLED, **beginnings})).ok
    done = await checklist(slack, "2 of 5 done")
    again = await _edited(slack, done)
    assert {field: initial(again, field).rpartition("/")[2] for field in ids} == ids, "they are kept whole"


async def _edited(slack: LocalSlack, message: Json) -> Json:
    assert (await slack.click(MAYA, message, text="Edit…")).ok
    return slack.views(MAYA)[-1]


async def _first_step(aionis: SampleAionis, run_id: str) -> str:
    async with http_client(aionis.base_url) as client:
        body = {"run_id": run_id, "tenant_id": "default", "scope": "support"}
        answer = (await client.post("/v1/memory/replay/runs/get", json=body)).json()
    return str(answer["steps"][0]["step_uri"])
