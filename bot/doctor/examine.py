"""All checks, at the same time: settings, Redis with what is kept in it, Slack, the door for its requests, Aionis, forges."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog

from bot.config.settings import Settings
from bot.doctor.aionis import examine_aionis
from bot.doctor.finding import DoctorFinding, problem, warning
from bot.doctor.forge import examine_forge
from bot.doctor.manifest import SCHEMA, examine_manifest
from bot.doctor.redis import BINDINGS, examine_redis
from bot.doctor.settings import examine_settings, not_looked_at
from bot.doctor.signed_requests import examine_door
from bot.doctor.slack import examine_slack
from bot.errors import BotError, SettingsError, SlackUnreachable
from bot.ids import new_id

NO_MISTAKES: Mapping[str, SettingsError] = MappingProxyType({})
_ADVICE = {  # where the error itself has none
    "Slack": "Check SLACK_API_URL, and that this machine reaches it.",
    "Redis": "Check REDIS_URL, and that the server runs.",
}

log = structlog.get_logger(__name__)


async def examine(
    settings: Settings, mistakes: Mapping[str, SettingsError] = NO_MISTAKES, *, manifest_schema: str = SCHEMA
) -> list[DoctorFinding]:
    """Look at everything. Takes no commands and posts nothing; a check that fails is a finding, and the others go on.

    `mistakes` are settings that have their defaults here because they are wrong.
    """
    skipped = not_looked_at(settings, mistakes)
    checks: dict[str, Callable[[], Awaitable[list[DoctorFinding]]]] = {
        "Settings": lambda: examine_settings(settings, mistakes),
        "Redis": lambda: examine_redis(settings, mistakes, bindings=BINDINGS not in skipped),
        "Slack": lambda: examine_slack(settings),
        "Request URL": lambda: examine_door(settings),
        "Manifest": lambda: examine_manifest(manifest_schema),
        "Aionis": lambda: examine_aionis(settings),
        "Forge": lambda: examine_forge(settings),
    }
    found = await asyncio.gather(*(_findings(name, check) for name, check in checks.items() if name not in skipped))
    left = [
        warning(name, "not looked at", "Mend the settings first.") for name in [*checks, BINDINGS] if name in skipped
    ]
    return [*(finding for findings in found for finding in findings), *left]


async def _findings(name: str, check: Callable[[], Awaitable[list[DoctorFinding]]]) -> list[DoctorFinding]:
    try:
        return await check()
    except SlackUnreachable as error:  # to try again, as people are told then, is not all that whoever set it up can do
        return [problem(name, error.what, f"{error.fix} Where it stays: {_ADVICE['Slack']}")]
    except BotError as error:
        return [problem(name, error.what, error.fix or _ADVICE.get(name, ""))]
    except Exception as error:  # a check that breaks is a finding, too: the others still tell theirs
        id_ = new_id()
        log.exception("check_crashed", name=name, id=id_)
        return [problem(name, f"the check itself failed ({type(error).__name__}, id {id_})", "Report it with the log.")]
