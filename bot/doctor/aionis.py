"""Aionis: health, the credential, whether runs can be replayed, what this tenancy shows, as whom, how fast, ids masked or not."""

import time
from collections.abc import Iterable

from bot.aionis import Aionis, AionisTransport
from bot.config.settings import Settings
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.domain.access.tenancy import Consumer
from bot.domain.run.records import Node
from bot.domain.run.server_health import Health
from bot.errors import AionisError, RunNotFound
from bot.ids import new_request_id

_SLOW = 2.0  # seconds
_WITHIN = 5.0  # seconds for what a command would wait longer for: who looks for faults wants to know soon


async def examine_aionis(settings: Settings) -> list[DoctorFinding]:
    """Look at the server as the bot would."""
    transport = AionisTransport.from_settings(settings)
    try:
        aionis = Aionis(
            transport,
            settings.tenancy,
            settings.consumer,
            deadline_seconds=min(settings.aionis_deadline_seconds, _WITHIN),
        )
        found = await _health(aionis, settings)
        if not all(finding.ok for finding in found):
            return found  # the other calls would fail for the same reason
        return [*found, *await _replays(aionis), *await _records(aionis), *await _reader(aionis, transport, settings)]
    finally:
        await transport.aclose()


async def _health(aionis: Aionis, settings: Settings) -> list[DoctorFinding]:
    started = time.monotonic()
    try:
        health = (await aionis.health()).value
    except AionisError as error:
        return [problem("Aionis", error.what, error.fix or "Check AIONIS_BASE_URL, and that the server runs.")]
    took = time.monotonic() - started
    seen = f"answers in {took * 1000:.0f} ms (edition {health.edition or 'not said'})"
    if not health.ok:
        advice = "Look at the server; or AIONIS_BASE_URL leads to something else."
        return [problem("Aionis", f"{seen}, and does not say that it is well", advice)]
    if took > _SLOW:
        seen_slow = warning("Aionis", seen, "Replays will be slow: look at the server, or at what is between.")
        return [seen_slow, *_identity(health, settings)]
    return [fine("Aionis", seen), *_identity(health, settings)]


def _identity(health: Health, settings: Settings) -> list[DoctorFinding]:
    actor = health.local_actor_id
    if settings.consumer.agent_id or settings.consumer.team_id:
        who = settings.consumer.agent_id or f"team {settings.consumer.team_id}"
        return [fine("Aionis identity", f"private records are read as {who}")]
    if actor and actor == health.open_actor_id and not settings.aionis_headers:
        seen = f"no identity is set: private records are read as {actor}, whom this Aionis names for bots without one"
        return [fine("Aionis identity", seen, f"Set AIONIS_CONSUMER_AGENT_ID={actor} so that it stays so.")]
    if actor:
        advice = f"Set AIONIS_CONSUMER_AGENT_ID={actor} to read private records as well."
        return [fine("Aionis identity", "no identity is set", advice)]
    return [fine("Aionis identity", "no identity is set: private records are read only where the credential has one")]


async def _replays(aionis: Aionis) -> list[DoctorFinding]:
    """Ask for a run that cannot be there: what is wrong with the credential or the route is said instead of that."""
    name, began = "Aionis replays", time.monotonic()
    try:
        await aionis.get_own_run(new_request_id(), with_steps=False)
    except RunNotFound:
        return [_in_time(name, f"{aionis.tenancy} can be asked for runs, which takes", began)]
    except AionisError as error:
        return [problem(name, error.what, error.fix or "Check AIONIS_API_KEY or AIONIS_BEARER.")]
    return [warning(name, "a run that cannot exist was answered", "Look at what answers at AIONIS_BASE_URL.")]


async def _records(aionis: Aionis) -> list[DoctorFinding]:
    name, began = "Aionis tenant and scope", time.monotonic()
    try:
        newest = (await aionis.find(slots={"replay_kind": "run"}, type_="event", limit=50)).value.nodes
    except AionisError as error:
        return [problem(name, error.what, error.fix)]
    if not newest:
        advice = "Check AIONIS_TENANT_ID, AIONIS_SCOPE and AIONIS_CONSUMER_AGENT_ID, or record a first run."
        return [problem(name, f"no run is visible in {aionis.tenancy}", advice)]
    masked = (
        "some ids are masked in slots, and are read from client ids" if _masks_ids(newest) else "ids are not masked"
    )
    return [
        fine(name, f"runs are visible in {aionis.tenancy}; among the newest {len(newest)} {masked}"),
        _in_time("Aionis lists", "to list them takes", began),
    ]


def _in_time(name: str, seen: str, began: float) -> DoctorFinding:
    took = time.monotonic() - began
    words = f"{seen} {took * 1000:.0f} ms"
    if took > _SLOW:
        return warning(name, words, "Replays will be slow: look at the server, or at what is between.")
    return fine(name, words)


async def _reader(aionis: Aionis, transport: AionisTransport, settings: Settings) -> list[DoctorFinding]:
    """Look whether whom the settings name owns anything here: a name that is misspelt sees what nobody owns, and no more."""
    agent, team = settings.consumer.agent_id, settings.consumer.team_id
    if not (agent or team):
        return []
    who = agent or f"the team {team}"
    setting = "AIONIS_CONSUMER_AGENT_ID" if agent else "AIONIS_CONSUMER_TEAM_ID"
    try:
        if await aionis.has_private():
            return []
        actor = (await aionis.health()).value.local_actor_id
        local = Aionis(transport, settings.tenancy, Consumer(actor), deadline_seconds=_WITHIN) if actor else None
        others = local is not None and actor != agent and await local.has_private()
    except AionisError as error:
        return [warning("Aionis identity", f"whether {who} owns records was not answered: {error.what}", error.fix)]
    seen = f"no private record in {settings.tenancy} belongs to {who}"
    if others:
        advice = f"Check {setting}: with AIONIS_CONSUMER_AGENT_ID={actor} the private records there would be read."
        return [problem("Aionis identity", seen, advice)]
    advice = f"Check {setting}: it may be misspelt, unless all records there are shared."
    return [warning("Aionis identity", seen, advice)]


def _masks_ids(nodes: Iterable[Node]) -> bool:
    return any("[" in str(node.slots.get("run_id", "")) for node in nodes)
