"""Which incident a run goes into, where others were opened while Aionis was waited for."""

from bot.domain.incident import log_changes
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.state import ROOT
from bot.jobs.incident import Arrival, Entrance, enter, open_new, reserve_ahead
from bot.playground.slack import INCIDENTS, MAYA
from bot.runtime.services import Services
from bot.slack import ReplyTo

REPLY = ReplyTo(channel=INCIDENTS, user=MAYA)


def run(run_id: str, case: str) -> RunDigest:
    return RunDigest(run_id=run_id, verdict="FAILED", failing=True, case=case)


async def test_a_run_goes_into_the_one_of_its_case_of_several_that_were_opened_meanwhile(services: Services) -> None:
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    ahead = await reserve_ahead(services, "mine", admission, REPLY, wanted=None, new=False)
    assert ahead.id
    opened = []
    for number, case in enumerate(("refund", "login"), 1):
        incident = await open_new(services, f"another's {case}", admission, REPLY)
        assert incident
        for change in (
            log_changes.run_added(run(f"run of {case}", case), by=MAYA, at=services.now(), key=case),
            log_changes.message_posted(ROOT, f"1700000000.{number:06}", at=services.now(), key=f"root of {case}"),
        ):
            await services.incidents.append(incident, change)
        opened.append(incident.id)
    arrival = Arrival([run("a further run", "refund")])
    entrance = await enter(services, "mine", admission, REPLY, wanted=None, new=False, arrival=arrival, ahead=ahead)
    assert isinstance(entrance, Entrance)
    assert (entrance.incident.id, entrance.opened) == (opened[0], False)
