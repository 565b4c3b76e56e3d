"""Who gets an admission where: the rules, fed with what Slack says now and what the channel is bound to."""

from datetime import UTC, datetime

import pytest

from bot.domain.access.tenancy import Tenancy
from bot.errors import NotAllowed
from bot.playground.slack import ERIN, INCIDENTS, JONAS, MAYA, RAVI, REFUNDS, SHARED, LocalSlack
from bot.runtime.services import Services

NOW = datetime(2026, 11, 27, tzinfo=UTC)
OWN, OTHER = Tenancy("default", "support"), Tenancy("other", "prod")


async def test_an_admission_says_who_where_and_what_may_be_read(services: Services) -> None:
    admission = await services.authorization.admit(MAYA, INCIDENTS)
    assert (admission.person.id, admission.place.id, admission.tenancy) == (MAYA, INCIDENTS, OWN)
    assert admission.team == (await services.slack.identify()).team_id


@pytest.mark.parametrize(("user", "channel"), [(RAVI, INCIDENTS), (ERIN, SHARED), (MAYA, SHARED)])
async def test_guests_other_companies_and_shared_channels_get_none(services: Services, user: str, channel: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        await services.authorization.admit(user, channel)
    assert str(OWN) not in str(refused.value)
    assert refused.value.fix or "deactivated" in refused.value.what


async def test_a_binding_that_is_no_longer_allowed_admits_nobody(services: Services) -> None:
    await services.bindings.bind(INCIDENTS, OTHER, by=MAYA, at=NOW)
    for admitted in (services.authorization.admit(MAYA, INCIDENTS), services.authorization.admit_channel(INCIDENTS)):
        with pytest.raises(NotAllowed):
            await admitted


async def test_home_shows_only_channels_that_answer(slack: LocalSlack, services: Services) -> None:
    await services.bindings.bind(REFUNDS, OTHER, by=MAYA, at=NOW)
    home = await services.authorization.admit_home(MAYA)
    channels = {one.place.id for one in home.channels}
    assert INCIDENTS in channels
    assert not channels & {REFUNDS, SHARED}


async def test_only_managers_are_let_through(slack: LocalSlack, services: Services) -> None:
    authorization = services.authorization
    await authorization.ensure_manager(await authorization.enter(MAYA, INCIDENTS), "bind this channel")
    with pytest.raises(NotAllowed, match="You may not bind this channel"):
        await authorization.ensure_manager(await authorization.enter(JONAS, INCIDENTS), "bind this channel")


async def test_whoever_has_left_the_channel_is_not_present(slack: LocalSlack, services: Services) -> None:
    await services.authorization.ensure_present(JONAS, INCIDENTS)
    slack.workspace.world.channels[INCIDENTS].members.remove(JONAS)
    with pytest.raises(NotAllowed, match="not in that channel"):
        await services.authorization.ensure_present(JONAS, INCIDENTS)
