"""One message that is kept up to date: never needlessly, never too often, never stale, and there again where it was deleted."""

import asyncio
from datetime import timedelta

import pytest

from bot.blocks.checklist import checklist_message
from bot.blocks.layout import Message
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.state import CHECKLIST, LIVE_ROOT, ROOT, Incident
from bot.errors import SlackUnreachable
from bot.live import live_message, reconcile
from bot.live.roots import current_ts
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.runtime.services import Services
from bot.slack import CALL_TIMEOUT, EDIT_TIMEOUT, ReplyTo
from bot.store.queue import HandedBack

OFTEN = timedelta(0, 0, 1000)
FIRST, SECOND = (Message(f"the {number} state", []) for number in ("first", "second"))


@pytest.fixture
async def incident(slack: LocalSlack, services: Services) -> Incident:
    """Return an incident below a root that was posted."""
    reply = ReplyTo(channel=INCIDENTS, user=MAYA)
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    id_ = await services.incidents.claim_id(INCIDENTS)
    change = log_changes.opened(
        team=services.workspace,
        channel=INCIDENTS,
        tenancy=admission.tenancy,
        checklist=DEFAULT_CHECKLIST,
        by=MAYA,
        at=services.now(),
        key="open",
    )
    await services.incidents.open(admission, id_, change, alone=True)
    root = await services.slack.post_once("open", ROOT, reply, Message("the root", []))
    for part in (ROOT, LIVE_ROOT):
        change = log_changes.message_posted(part, root.ts, at=services.now(), key=f"{part}:{root.ts}")
        await services.incidents.apply(admission, id_, change)
    return await services.incidents.read(admission, id_)


async def newest(services: Services, incident: Incident) -> Incident:
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    return await services.incidents.read(admission, incident.id)


def texts(slack: LocalSlack, incident: Incident) -> list[str]:
    return [one["text"] for one in slack.messages(INCIDENTS, thread_ts=incident.root_ts)[1:]]


async def test_it_is_posted_once_and_edited_where_it_changes(
    slack: LocalSlack, services: Services, incident: Incident
) -> None:
    for message in (FIRST, FIRST, SECOND, SECOND):
        incident = await newest(services, incident)
        while await live_message.show(services, incident, CHECKLIST, message, every=OFTEN):
            pass  # the last edit is less than a millisecond ago
    assert texts(slack, incident) == [SECOND.text]
    assert len(slack.calls_to("chat.update")) == 1


async def test_what_was_edited_lately_says_how_long_to_wait(services: Services, incident: Incident) -> None:
    every = timedelta(minutes=1)
    assert await live_message.show(services, incident, CHECKLIST, FIRST, every=every) is None
    incident = await newest(services, incident)
    assert await live_message.show(services, incident, CHECKLIST, FIRST, every=every) is None, "nothing is to be said"
    wait = await live_message.show(services, incident, CHECKLIST, SECOND, every=every)
    assert wait is not None
    assert timedelta(0) < wait <= every


async def test_an_edit_whose_answer_is_lost_is_made_again(
    slack: LocalSlack, services: Services, incident: Incident
) -> None:
    await live_message.put(services, incident, CHECKLIST, FIRST)
    incident = await newest(services, incident)
    slack.faults.next("chat.update", error="internal_error")
    with pytest.raises(SlackUnreachable):
        await live_message.put(services, incident, CHECKLIST, SECOND)
    # Nobody knows what it shows now: the first state, which it may show still, is sent as well.
    await live_message.show(services, incident, CHECKLIST, FIRST, every=OFTEN)
    assert [call.args["text"] for call in slack.calls_to("chat.update")] == [SECOND.text, FIRST.text]


async def test_an_edit_that_happens_after_a_newer_one_is_put_right(
    slack: LocalSlack, services: Services, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_message, "_IN_FLIGHT", timedelta(seconds=1))
    await live_message.put(services, incident, CHECKLIST, FIRST)
    incident = await newest(services, incident)
    with slack.faults.late("chat.update", seconds=0.5) as late:  # it happens when its worker is long gone
        killed = asyncio.create_task(live_message.put(services, incident, CHECKLIST, SECOND))
        await slack.wait_for(lambda: late.hits)
        killed.cancel()
    wait = await live_message.show(services, incident, CHECKLIST, FIRST, every=OFTEN)
    assert wait is not None
    await slack.wait_for(lambda: texts(slack, incident) == [SECOND.text])
    while wait := await live_message.show(services, incident, CHECKLIST, FIRST, every=OFTEN):  # noqa: ASYNC110
        await asyncio.sleep(wait.total_seconds())  # as the job that comes back
    assert texts(slack, incident) == [FIRST.text]


def test_an_edit_that_slack_had_wait_is_reckoned_with_for_as_long_as_it_may_happen() -> None:
    sent_by = EDIT_TIMEOUT  # after its beginning, where Slack said "later" until then
    assert timedelta(seconds=sent_by + CALL_TIMEOUT) < live_message._IN_FLIGHT


async def test_what_a_person_deleted_is_posted_anew(slack: LocalSlack, services: Services, incident: Incident) -> None:
    first = (await live_message.put(services, incident, CHECKLIST, FIRST)).ts
    slack.admin.delete_message(INCIDENTS, first)
    second = (await live_message.put(services, await newest(services, incident), CHECKLIST, SECOND)).ts
    assert second != first
    assert texts(slack, incident) == [SECOND.text]
    assert (await newest(services, incident)).messages[CHECKLIST] == second


async def test_one_that_slack_refuses_does_not_keep_the_others_from_being_shown(
    slack: LocalSlack, services: Services, incident: Incident
) -> None:
    slack.faults.next("chat.update", error="cant_broadcast_message")  # the root, which comes first
    await reconcile.show_all(services, incident)
    expected = checklist_message(await newest(services, incident), now=services.now(), reopen_until=None)
    assert texts(slack, incident) == [expected.text]


async def test_whoever_comes_while_another_writes_is_sent_back(services: Services, incident: Incident) -> None:
    async with live_message.sole_writer(services, incident):
        with pytest.raises(HandedBack) as sent_back:
            async with live_message.sole_writer(services, incident):
                pytest.fail("two writers of one incident's messages")
    assert sent_back.value.after == live_message.COME_BACK.total_seconds()


async def test_what_hangs_below_an_older_root_is_not_the_current_one(services: Services, incident: Incident) -> None:
    ts = (await live_message.put(services, incident, CHECKLIST, FIRST)).ts
    incident = await newest(services, incident)
    assert current_ts(incident, CHECKLIST) == ts
    later = f"{float(ts) + 1:.6f}"
    change = log_changes.message_posted(ROOT, later, at=services.now(), key="new root", instead_of=incident.root_ts)
    await services.incidents.append(incident, change)
    assert current_ts(await newest(services, incident), CHECKLIST) is None
