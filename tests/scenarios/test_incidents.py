"""Which incident a replay belongs to: the first opens one, later ones join, `new` opens another."""

from collections.abc import Callable

from bot.domain.incident import log_changes
from bot.jobs.move import MoveRequest, move
from bot.playground.aionis import SampleAionis
from bot.playground.slack import INCIDENTS, JONAS, MAYA, MAYA_DM, REFUNDS, LocalSlack
from bot.runtime.services import Services
from bot.slack import ReplyTo
from tests.conftest import running_bot, settings_for
from tests.scenarios.incidents import ID, buttons, checklist, incident_id, opened, roots
from tests.scenarios.steps import Json, analyses, ephemeral, modal, posted, replayed, replied, replies, text_of, told


async def test_the_first_replay_opens_an_incident_in_its_thread(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    root = await replayed(slack, aionis.runs["refund-failed"].run_id)
    message = await checklist(slack, "1 of 5 done")
    assert message["thread_ts"] == root["thread_ts"] == roots(slack)[0]["ts"]
    assert incident_id(message) == incident_id(root)


async def test_a_second_replay_of_the_case_joins_it(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    second = await replayed(slack, aionis.runs["refund-rerun"].run_id)
    assert second["thread_ts"] == first["thread_ts"]
    await told(slack, f"was added to {incident_id(first)}")
    assert len(roots(slack)) == 1


async def test_a_run_of_another_case_asks_where_it_belongs(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    other = aionis.runs["partial"].run_id
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {other}")
    asked = await told(slack, "of another case than what is open here", user=JONAS)
    assert buttons(asked) == ["Open a new one", f"Join {incident_id(first)}"]
    assert not [one for one in analyses(slack) if other[:8] in one["text"]]
    await slack.click(JONAS, asked, text=f"Join {incident_id(first)}")
    joined = await replied(slack, roots(slack)[0], f"Run {other[:8]} is PARTIAL")
    assert incident_id(joined) == incident_id(first)


async def test_a_run_goes_where_it_is_although_another_incident_is_newer(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    first = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    run = aionis.runs["refund-failed"]
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/replay {run.run_id}")
    assert incident_id(first) in text_of(await told(slack, "is already in", user=JONAS))
    await slack.command(user=JONAS, channel=INCIDENTS, text=f"/resolve {run.decision_uris[0]}")
    card = await replied(slack, roots(slack)[0], "Decision · payments.create_refund")
    assert card["thread_ts"] == first["thread_ts"]


async def test_new_opens_another_one_and_the_latest_is_meant_from_then_on(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    first = incident_id(await opened(slack, aionis))
    delivery = await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    assert delivery.ok
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    second = incident_id(roots(slack)[-1])
    assert second != first
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['stalled'].run_id}")
    asked = await told(slack, "of another case than what is open here")
    await slack.click(MAYA, asked, text=f"Join {second}")
    reply = await replied(slack, roots(slack)[-1], f"Run {aionis.runs['stalled'].run_id[:8]} is STALLED")
    assert incident_id(reply) == second


async def test_in_a_thread_its_own_incident_is_meant(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    run = aionis.runs["stalled"].run_id
    await slack.say(JONAS, INCIDENTS, f"@incident-bot replay {run}", thread_ts=first["thread_ts"])
    reply = await replied(slack, roots(slack)[0], f"Run {run[:8]} is STALLED")
    assert incident_id(reply) == incident_id(first)
    await slack.say(JONAS, INCIDENTS, "@incident-bot status", thread_ts=first["thread_ts"])
    shown = text_of(await told(slack, "Blocks the close", user=JONAS))
    assert ID.findall(shown) == [incident_id(first)] * shown.count("INC-")


async def test_a_run_is_moved_to_another_incident(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    first = await opened(slack, aionis)
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    second = roots(slack)[1]
    run = aionis.runs["refund-rerun"].run_id
    await replayed(slack, run)
    await slack.click(MAYA, await told(slack, "Choose another"), text="Choose another…")
    view = await modal(slack, "Choose an incident")
    await slack.submit(MAYA, view)  # the other open one is what is chosen at first
    await replied(slack, second, f"Run {run[:8]} SUCCEEDED")

    # It is added before it is taken out, so for a moment both have it.
    def moved(status: str) -> bool:
        return (
            status.count(run[:8]) == 1
            and run[:8] in status.split(incident_id(second))[1].split(incident_id(first), maxsplit=1)[0]
        )

    of_second, of_first = await status_once(slack, moved)
    assert run[:8] not in of_first
    assert run[:8] in of_second
    assert incident_id(second) in of_second


async def test_a_move_that_was_cut_off_before_the_index_knew_is_finished_by_its_repetition(
    slack: LocalSlack, aionis: SampleAionis, bot: str, services: Services
) -> None:
    first = incident_id(await opened(slack, aionis))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['partial'].run_id} new")
    await slack.wait_for(lambda: len(roots(slack)) == 2)
    await checklist(slack, "", incident=incident_id(roots(slack)[1]))
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    target = await services.incidents.read(admission, incident_id(roots(slack)[1]))
    (digest,) = (await services.incidents.read(admission, first)).runs
    now = services.now()
    await services.incidents.append(target, log_changes.run_added(digest, by=MAYA, at=now, key="move:in"))
    taken = log_changes.run_removed(digest.run_id, target.id, by=MAYA, at=now, key="move:out")
    await services.incidents.append(await services.incidents.read(admission, first), taken)
    again = MoveRequest(reply=ReplyTo(channel=INCIDENTS, user=MAYA), incident=first, to=target.id, run_id=digest.run_id)
    await move(services, "move", admission, again)
    (known,) = await services.failures.find(admission.tenancy, [digest.fingerprint])
    assert [one.id for one in known.incidents] == [target.id]


async def status_once(slack: LocalSlack, holds: Callable[[str], bool]) -> list[str]:
    """Ask for the status until it says something, and return what it says of the second and of the first incident."""
    for asked in range(1, 50):
        await slack.command(user=MAYA, channel=INCIDENTS, text="/replay status")
        answers = await slack.wait_for(lambda: answered(slack) if len(answered(slack)) >= asked else None)  # noqa: B023
        status = " ".join(block["text"]["text"] for block in answers[-1]["blocks"] if "text" in block)
        ids = list(dict.fromkeys(ID.findall(status)))
        if holds(status):
            return status.split(f"*{ids[1]}")
    raise AssertionError("the status never said so")


async def test_a_card_starts_an_incident_around_its_record(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    uri = aionis.runs["refund-failed"].decision_uris[0]
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {uri}")
    card = (await slack.wait_for(lambda: posted(slack)))[0]
    await slack.click(MAYA, card, text="Start incident")
    message = await checklist(slack, "0 of 5 done")
    assert message["thread_ts"] == card["ts"]
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/resolve {aionis.runs['refund-failed'].decision_uris[0]}")
    again = await replied(slack, card, "Decision · payments.create_refund")
    assert "Start incident" not in text_of(again)


async def test_channels_have_incidents_of_their_own_and_direct_messages_none(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    here = incident_id(await opened(slack, aionis))
    there = incident_id(await opened(slack, aionis, channel=REFUNDS))
    assert here != there
    root = await replayed(slack, aionis.runs["refund-failed"].run_id, MAYA_DM)
    await slack.command(user=MAYA, channel=MAYA_DM, text="/replay status")
    await told(slack, "No incident is open", channel=MAYA_DM)
    assert replies(slack, root, MAYA_DM) == []


async def test_an_incident_whose_thread_is_gone_goes_on_below_the_next_replay(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str
) -> None:
    async with running_bot(slack, settings_for(slack, aionis.base_url, redis_url, summary_min_seconds=1)):
        first = await opened(slack, aionis)
        await slack.wait_for(lambda: slack.pins(INCIDENTS))
        for message in list(slack.messages(INCIDENTS)):  # as after a restart of a playground, whose Slack forgets
            kept = slack.workspace.messages.find(INCIDENTS, message["ts"])
            if kept:
                slack.workspace.messages.remove(kept)
        await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay {aionis.runs['refund-rerun'].run_id}")
        again = await checklist(slack, "1 of 5 done")
        assert incident_id(again) == incident_id(first)
        assert again["thread_ts"] == roots(slack)[0]["ts"]


async def test_the_status_is_for_the_asker_alone(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    id_ = incident_id(await opened(slack, aionis))
    await slack.command(user=JONAS, channel=INCIDENTS, text="/replay status")
    status = text_of(await told(slack, "Blocks the close", user=JONAS))
    assert id_ in status
    assert "Corrective change merged" in status
    assert "Open thread" in status


def answered(slack: LocalSlack) -> list[Json]:
    return [message for message in ephemeral(slack) if "open for" in text_of(message)]
