"""All checks, at the same time: Redis with what is kept in it, Slack, the door for its requests, Aionis."""

import asyncio
from collections.abc import Awaitable

import structlog

from bot.config.settings import Settings
from bot.doctor.aionis import examine_aionis
from bot.doctor.door import examine_door
from bot.doctor.finding import Finding, problem
from bot.doctor.redis import examine_redis
from bot.doctor.slack import examine_slack
from bot.errors import BotError
from bot.ids import new_id

_ADVICE = {  # where the error itself has none
    "Slack": "Check SLACK_API_URL, and that this machine reaches it.",
    "Redis": "Check REDIS_URL, and that the server runs.",
}

log = structlog.get_logger(__name__)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything. Takes no commands and posts nothing; a check that fails is a finding, and the others go on."""
    checks: dict[str, Awaitable[list[Finding]]] = {
        "Redis": examine_redis(settings),
        "Slack": examine_slack(settings),
        "Request URL": examine_door(settings),
        "Aionis": examine_aionis(settings),
    }
    found = await asyncio.gather(*(_findings(name, check) for name, check in checks.items()))
    return [finding for findings in found for finding in findings]


async def _findings(name: str, check: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        return await check
    except BotError as error:
        return [problem(name, error.what, error.fix or _ADVICE.get(name, ""))]
    except Exception as error:  # a check that breaks is a finding, too: the others still tell theirs
        id_ = new_id()
        log.exception("check_crashed", name=name, id=id_)
        return [problem(name, f"the check itself failed ({type(error).__name__}, id {id_})", "Report it with the log.")]
