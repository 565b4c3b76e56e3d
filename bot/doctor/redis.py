"""Redis or Valkey: version, what a full memory would do, persistence, role, clock; and which channels read what they may not."""

import asyncio
from collections.abc import Container, Iterator
from urllib.parse import parse_qsl, urlsplit

from bot.config.settings import DOTENV, Settings
from bot.config.store_url import names_cluster, names_sentinels, split_places
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.domain.access.rules import AccessRules, allows
from bot.runtime.container import open_store
from bot.runtime.process_group import others_differ
from bot.runtime.workspaces import installed
from bot.store.bindings import Bindings
from bot.store.connection import Redis, ensure_stores
from bot.store.examination import RedisFacts, ensure_types, read_redis_facts
from bot.store.keys import EVERYWHERE, INSTALLED, Keys
from bot.store.migration import workspaces
from bot.store.queue import JobQueue
from bot.store.queue.job_queue import Depth

BINDINGS = "Channel bindings"
PRIVATE = "Keep it private: whoever can write to it has the bot post what they like, whoever can read it reads every incident."
_CLOCK = 5.0  # seconds that Redis' clock and ours may differ
_FULL = 0.9  # of maxmemory
_SHOWN = 5
_WITHIN = 15.0  # seconds
_OLDEST = 7  # major version
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_STUCK = 60.0  # seconds that a job may wait for a worker


async def examine_redis(
    settings: Settings, mistakes: Container[str] = (), *, bindings: bool = True
) -> list[DoctorFinding]:
    """Look at the server, at the jobs that wait, and at the `bindings` in it. `mistakes` have their defaults in `settings`."""
    try:
        # A server of one's own that starts here may load its data for longer.
        async with asyncio.timeout(_WITHIN if settings.redis_url else None):
            return await _examined(settings, mistakes, bindings=bindings)
    except TimeoutError:
        advice = "Check host and port in REDIS_URL, `rediss://` where it speaks TLS and `redis://` where it does not."
        return [problem("Redis", f"the server of REDIS_URL has not told all within {_WITHIN:.0f} s", advice)]


async def _examined(settings: Settings, mistakes: Container[str], *, bindings: bool) -> list[DoctorFinding]:
    async with open_store(settings, although_it_evicts=True) as redis:
        await ensure_stores(redis)
        await ensure_types(redis)
        differing = [] if DOTENV in mistakes else await others_differ(redis, settings)
        facts = await read_redis_facts(redis)
        organisations = await _organisations(settings, redis)
        bound = await Bindings(redis, EVERYWHERE).every()
        queues = [INSTALLED.queue, *(Keys(workspace).queue for workspace in await workspaces(redis))]
        depths = [await JobQueue(redis, name).depth() for name in queues]
    denied = [
        f"{place.rpartition('/')[2]} ({tenancy})"
        for place, tenancy in bound.items()
        if not allows(_rules(settings, place.partition("/")[0], organisations), tenancy)
    ]
    return [
        *examine_server(settings, facts),
        *_others([name for name in differing if name.lower() not in mistakes]),
        *(_bindings(len(bound), denied) if bindings else ()),
        *_jobs(settings, depths),
    ]


async def _organisations(settings: Settings, redis: Redis) -> dict[str, str]:
    """Return workspace → organisation, of those that the app is installed in."""
    if not (settings.several_workspaces and settings.slack_workspaces and settings.token_keys):
        return {}
    installations, _ = installed(settings, redis)
    found = [await installations.find(workspace) for workspace in await installations.workspaces()]
    return {one.workspace: one.enterprise for one in found if one}


def _rules(settings: Settings, workspace: str, organisations: dict[str, str]) -> AccessRules:
    if not settings.several_workspaces:
        return settings.rules
    return settings.rules_of(workspace, organisations.get(workspace, ""))


def examine_server(settings: Settings, facts: RedisFacts) -> Iterator[DoctorFinding]:
    """Judge a server by its own account, and by how it is reached."""
    if settings.redis_url is None:
        yield fine("Redis", f"embedded Valkey {facts.version}, its data in {settings.bot_data_dir}")
    else:
        tls = ", over TLS" if settings.redis_url.startswith(("rediss:", "rediss+")) else ""
        yield fine("Redis", f"answers, version {facts.version}{tls}", PRIVATE)
        yield from _reached(settings.redis_url)
    major = facts.version.partition(".")[0]
    if major.isdigit() and int(major) < _OLDEST:
        yield warning("Redis version", f"{facts.version} is older than {_OLDEST}.0", f"Run {_OLDEST}.0 or newer.")
    if facts.role not in {"master", ""}:
        yield problem("Redis role", f"is a {facts.role}, which stores nothing", "Set REDIS_URL to the primary.")
    if facts.evicts:
        advice = "Set maxmemory-policy to noeviction: otherwise logs of open incidents vanish when memory is full."
        judged = warning if settings.allow_evicting_redis else problem
        yield judged("Redis eviction", f"maxmemory-policy is {facts.maxmemory_policy}", advice)
    if facts.maxmemory and facts.used_memory > _FULL * facts.maxmemory:
        seen = f"{facts.used_memory:,} of {facts.maxmemory:,} bytes are used"
        yield problem("Redis memory", seen, "Raise maxmemory: when it is full nothing can be stored.")
    if not facts.persistent:
        advice = "Set `appendonly yes`: a restart loses all incidents and jobs."
        yield warning("Redis persistence", "neither AOF nor snapshots are on", advice)
    if abs(facts.clock_offset) > _CLOCK:
        yield problem(
            "Redis clock", f"is {facts.clock_offset:+.0f} s off ours", "Synchronise both machines' clocks (NTP)."
        )


def _reached(url: str) -> Iterator[DoctorFinding]:
    """Say what a server on another machine lacks, whose traffic others may read or send."""
    parts, places = split_places(url) if names_sentinels(url) or names_cluster(url) else (urlsplit(url), ())
    hosts = {urlsplit(f"//{place}").hostname for place in places} or {parts.hostname}
    if parts.scheme == "unix" or hosts <= _THIS_MACHINE:
        return
    if not parts.password and "password" not in dict(parse_qsl(parts.query)):
        yield warning(
            "Redis password", "none is given for a server on another machine", "Set one, and give it in REDIS_URL."
        )
    if not parts.scheme.startswith("rediss"):
        advice = "Use rediss://: every incident and every job crosses the network as it is."
        yield warning("Redis TLS", "is not used to a server on another machine", advice)


def _others(differing: list[str]) -> Iterator[DoctorFinding]:
    if differing:
        seen = f"those that run have other settings than these: {', '.join(differing)}"
        yield problem("Processes", seen, "Give all of them the same: beside these none starts with other ones.")


def _jobs(settings: Settings, depths: list[Depth]) -> Iterator[DoctorFinding]:
    patient, longest = sum(depth.patient for depth in depths), max(depth.longest for depth in depths)
    stuck = max(depth.oldest for depth in depths)
    if patient:
        seen = f"{patient} wait for a Slack or Redis that is away, one of them for {_duration(longest)}"
        hours = f"{settings.job_patience_hours:g} hours"
        advice = f"They go on by themselves; after {hours} whoever asked is told that it was given up."
        yield warning("Jobs", seen, advice)
    elif stuck > _STUCK:
        seen = f"one could be done and has not been for {_duration(stuck)}"
        yield problem(
            "Jobs", seen, "No worker runs, or too few: start `incident-bot worker`, or set WORKER_CONCURRENCY."
        )
    else:
        yield fine("Jobs", "none waits for Slack or Redis")


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds:.0f} s"


def _bindings(bound: int, denied: list[str]) -> Iterator[DoctorFinding]:
    if denied:
        shown = ", ".join(denied[:_SHOWN]) + (f" and {len(denied) - _SHOWN} more" if len(denied) > _SHOWN else "")
        advice = "Bind them anew with /replay bind, or allow what they read in AIONIS_ALLOWED_SCOPES."
        yield problem(BINDINGS, f"bound to what is no longer allowed: {shown}", advice)
    else:
        yield fine(BINDINGS, f"{bound} bound, all allowed")
