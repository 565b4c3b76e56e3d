"""Slack: the token, its scopes against the manifest, Socket Mode, the clock, and whether Slack takes the real messages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.blocks.checklist import checklist_message
from bot.blocks.incident_root import root_message
from bot.blocks.replay import replay_message, run_title
from bot.config.manifest import load_manifest
from bot.config.settings import Settings
from bot.doctor.admins import examine_admins
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.domain.incident import log_changes
from bot.domain.incident.checklist import DEFAULT_CHECKLIST
from bot.domain.incident.digest import run_digest
from bot.domain.incident.incident_log import Entry
from bot.domain.incident.kept import RunDigest
from bot.domain.incident.projection import rebuilt
from bot.domain.incident.state import Incident, read_incident
from bot.domain.run.diagnosis import diagnose
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import ReplayedRun
from bot.domain.run.steps import outline
from bot.errors import BotError, SlackError
from bot.ids import new_request_id
from bot.runtime.container import open_store
from bot.runtime.workspaces import installed
from bot.slack.examination import SlackExamination, TokenFacts
from bot.slack.refusals import INSTALL_AGAIN, SOCKET_HELPS

_NOT_SERVED = "has the app and is not in SLACK_WORKSPACES, nor is its organisation: it gets no answers"
_SERVE = "Name it there, or have the app removed in that workspace; `incident-bot forget --workspace` erases its data."
_CLOCK_WARNS, _CLOCK_BREAKS = 60.0, 300.0  # seconds; Slack's signatures are taken within 300
_NOT_CHECKED = {"unknown_method", "not_allowed_token_type", "ratelimited", ""}
# What stops working without a scope of the manifest, in a person's words.
_WITHOUT = {
    "app_mentions:read": "the bot does not hear that it is mentioned",
    "channels:history": "threads in public channels cannot be summarised",
    "channels:read": "the bot cannot tell what a public channel is, and refuses every command in it",
    "chat:write": "the bot can post no message at all",
    "commands": "/replay and /resolve do nothing",
    "files:write": "there are no pictures, no Raw JSON and no evidence bundle",
    "im:history": "there are no answers to what is typed in a direct message without a mention",
    "groups:history": "threads in private channels cannot be summarised",
    "groups:read": "the bot cannot tell what a private channel is, and refuses every command in it",
    "pins:write": "incidents are not pinned in their channels",
    "reactions:read": "marks (📌) on messages do not reach the summary, and `REPLAY_EMOJI` (`:rewind:`) replays nothing",
    "usergroups:read": "user groups in ADMIN_USERS name nobody",
    "users:read": "the bot cannot tell who asks, and refuses every command",
}


async def examine_slack(settings: Settings) -> list[DoctorFinding]:
    """Look at the workspace through its token, or at each that the app is installed in."""
    if any(not error.what.startswith("SLACK_SIGNING") for error in settings.missing_of_slack()):
        return []  # said of the settings
    if settings.several_workspaces:
        found = [*in_the_clear(settings.slack_api_url), *await _installations(settings)]
        return [*found, *_installing(settings), *await _socket(SlackExamination("", settings.slack_api_url), settings)]
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    slack = SlackExamination(token, settings.slack_api_url)
    examined = [*in_the_clear(settings.slack_api_url), *await _examined(settings, token)]
    return [*examined, *await examine_admins(slack, settings.admin_users), *await _socket(slack, settings)]


def in_the_clear(api_url: str) -> Iterator[DoctorFinding]:
    """Yield what there is to say of an address without TLS, but for one on this machine."""
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if parts.scheme == "http" and not is_here:
        seen = f"SLACK_API_URL reaches {host} by http: whoever is on the way can read the token"
        yield warning("Slack", seen, "Write https:// there, or leave it out: it is https://slack.com/api/ then.")


async def _examined(settings: Settings, token: str) -> list[DoctorFinding]:
    slack = SlackExamination(token, settings.slack_api_url)
    facts = await slack.token()
    mode = "Socket Mode" if settings.socket_mode else "HTTP"
    return [
        fine("Slack", f"workspace {facts.team}, bot user {facts.user}, over {mode}"),
        *_scopes(facts),
        *_clock(facts),
        *await _messages(slack, settings),
    ]


async def _installations(settings: Settings) -> list[DoctorFinding]:
    """Look at each workspace that has the app; one that is broken hides no other."""
    found: list[DoctorFinding] = []
    async with open_store(settings, although_it_evicts=True) as redis:
        installations, tokens = installed(settings, redis)
        for workspace in await installations.workspaces():
            try:
                kept = await installations.find(workspace)
                if kept and not settings.serves(workspace, kept.enterprise):
                    found.append(warning("Workspaces", f"{workspace} {_NOT_SERVED}", _SERVE))
                    continue
                found += await _examined(settings, await tokens.of(workspace))
            except BotError as error:
                advice = error.fix or "Have the app installed there again."
                found.append(problem("Slack", f"workspace {workspace}: {error.what}", advice))
    return found or [warning("Slack", "the app is installed nowhere", "Open /slack/install of the running bot.")]


def _installing(settings: Settings) -> Iterator[DoctorFinding]:
    if not settings.slack_workspaces:
        advice = (
            "Name them in SLACK_WORKSPACES: any workspace that Slack lets install the app reads what this one does."
        )
        yield warning("Workspaces", "any workspace may install the app", advice)


def _scopes(facts: TokenFacts) -> Iterator[DoctorFinding]:
    wanted: list[str] = load_manifest()["oauth_config"]["scopes"]["bot"]
    if facts.scopes is None:
        yield warning("Slack scopes", "Slack did not say which scopes the token has", INSTALL_AGAIN)
        return
    missing = [scope for scope in wanted if scope not in facts.scopes]
    for scope in missing:
        effect = _WITHOUT.get(scope, "a part of the bot does not work")
        yield problem("Slack scopes", f"{scope} is missing: {effect}", INSTALL_AGAIN)
    if not missing:
        yield fine("Slack scopes", f"all {len(wanted)} of manifest.yml are granted")


def _clock(facts: TokenFacts) -> Iterator[DoctorFinding]:
    off = facts.clock_offset
    if off is None or abs(off) < _CLOCK_WARNS:
        return
    seen = f"this machine is {-off:+.0f} s off Slack's clock"
    advice = "Synchronise it (NTP): requests that are more than 300 s off are refused."
    yield problem("Clock", seen, advice) if abs(off) >= _CLOCK_BREAKS else warning("Clock", seen, advice)


async def _socket(slack: SlackExamination, settings: Settings) -> list[DoctorFinding]:
    if settings.slack_app_token is None:
        return []
    try:
        await slack.opens_socket(settings.slack_app_token.get_secret_value())
    except SlackError as error:
        return [problem("Socket Mode", error.what, SOCKET_HELPS)]
    return [fine("Socket Mode", "Slack would open a connection")]


async def _messages(slack: SlackExamination, settings: Settings) -> list[DoctorFinding]:
    """Have Slack check what a replay posts; an API that does not know the method says nothing about the messages."""
    try:
        for blocks in _sample_messages(settings):
            await slack.validate(blocks)
    except SlackError as error:
        if error.code in _NOT_CHECKED:
            seen = f"Slack did not check them ({error.code or error.what})"
            return [warning("Messages", seen, "Nothing to do: Slack checks them when they are posted.")]
        seen = f"Slack refuses what a replay posts ({error.code})"
        return [problem("Messages", seen, "Report it: the bot falls back to text.")]
    return [fine("Messages", "Slack takes what a replay posts")]


def _sample_messages(settings: Settings) -> Iterator[list[dict[str, object]]]:
    """Yield the blocks of an incident about a made-up failed run: its root, the analysis and the checklist."""
    at = datetime.now(UTC)
    head = {"run_id": new_request_id(), "status": "failed", "goal": "doctor", "started_at": at.isoformat()}
    failed = [{"kind": "exit_code", "state": "fail"}]
    step = {"step_index": 1, "tool_name": "doctor.check", "status": "failed", "postconditions": failed}
    run = ReplayedRun.model_validate({"run": head, "steps": [step]})
    known = Evidence(nodes_asked=True, decisions_asked=True)
    diagnosis = diagnose(
        run, outline(run), known, tenancy=settings.tenancy, now=at, stalled_after=timedelta(minutes=15)
    )
    incident = _sample_incident(run_digest(diagnosis, run_title(diagnosis)), settings, at)
    yield replay_message(diagnosis).blocks
    yield root_message(incident).blocks
    yield checklist_message(incident, now=at, reopen_until=None).blocks


def _sample_incident(run: RunDigest, settings: Settings, at: datetime) -> Incident:
    changes = (
        log_changes.opened(
            team="T0DOCTOR",
            channel="C0DOCTOR",
            tenancy=settings.tenancy,
            checklist=DEFAULT_CHECKLIST,
            by="U0DOCTOR",
            at=at,
            key="1",
        ),
        log_changes.run_added(run, by="U0DOCTOR", at=at, key="2"),
    )
    entries = [
        Entry(version, one.kind, one.actor, one.at, one.key, one.payload)
        for version, one in enumerate(changes, start=1)
    ]
    return read_incident(rebuilt("INC-TEST", entries))
