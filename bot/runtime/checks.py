"""`incident-bot doctor` tells whether everything the bot needs answers, and is set up as it should be."""

from dataclasses import dataclass

from bot.config.settings import Settings
from bot.errors import BotError
from bot.investigation.run import recent_failures
from bot.runtime.container import open_services
from bot.runtime.services import Services

REDIS_ADVICE = "Keep it private: jobs are pickled in it, so whoever can write to it can run code in the bot."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and what to do or know about it."""

    name: str
    ok: bool
    seen: str
    advice: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Open what the bot opens, and look at Redis, Slack and Aionis. Takes no commands and posts nothing."""
    try:
        async with open_services(settings) as services:
            return [_redis(settings), await _slack(services, settings), *await _aionis(services)]
    except BotError as error:
        return [Finding("Start", ok=False, seen=error.what, advice=error.fix)]


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("Redis", ok=True, seen=f"embedded Valkey, its data in {settings.bot_data_dir}")
    return Finding("Redis", ok=True, seen="answers", advice=REDIS_ADVICE)


async def _slack(services: Services, settings: Settings) -> Finding:
    try:
        identity = await services.slack.identify()
    except BotError as error:
        return Finding("Slack", ok=False, seen=error.what, advice=error.fix)
    mode = "Socket Mode" if settings.socket_mode else "HTTP"
    return Finding("Slack", ok=True, seen=f"workspace {identity.team_id}, bot user {identity.bot_user_id}, over {mode}")


async def _aionis(services: Services) -> list[Finding]:
    aionis = services.aionis(services.gate.rules.own)
    try:
        health = (await aionis.health()).value
        latest = (await recent_failures(aionis, limit=1)).value.nodes
    except BotError as error:
        return [Finding("Aionis", ok=False, seen=error.what, advice=error.fix)]
    seen = f"answers (edition {health.edition or 'not said'}), reads {services.gate.rules.own}"
    seen += ", where failed runs are visible" if latest else ", where no failed run is visible"
    actor = health.local_actor_id
    missing_id = actor is not None and services.consumer.agent_id is None
    advice = f"Set AIONIS_CONSUMER_AGENT_ID={actor} to read private records as well." if missing_id else ""
    return [Finding("Aionis", ok=health.ok, seen=seen, advice=advice)]
