"""Every Redis key, named once. `{…}` says what a key is of, and begins with the workspace (on a cluster: bot/store/one_slot.py).

Everything of an incident is tagged with its channel, because opening one looks at the channel's others in the same step.
"""

import hashlib
import json
from dataclasses import dataclass

from bot.domain.access.tenancy import Tenancy

PREFIX = "incident-bot"  # in the name of every key there is
OUTBOX_TTL_SECONDS = (
    3 * 24 * 3600
)  # longer than Slack repeats a delivery (minutes) and than jobs wait by default (a day)

# Of the whole database:
# Named as older versions name them, which must see each other while one replaces the other.
PROCESSES = "incident-bot:{company}:alive"  # the processes that share this Redis, by their last sign of life (ms)
PROCESS_SETTINGS = "incident-bot:{company}:settings"  # what they decide answers by: setting → digest of its value
PROBE = "incident-bot:probe"  # written and read to see whether the server stores anything
WORKSPACES = "incident-bot:workspaces"  # hash: digest of a token → its workspace, for a start while Slack is away
INSTALLATIONS = "incident-bot:installations"  # hash: workspace or organisation → its tokens, encrypted
LEFT = "incident-bot:left"  # sorted set: workspaces that removed the app, by when their data goes (seconds)
DATA_VERSION = "incident-bot:data"  # which version's keys are stored here (bot/store/migration.py)


def incident_address(incident: str) -> str:
    """Return the key that leads from an incident's id to its place, `workspace/channel`; setting it claims the id.

    An id is an incident's in the whole database, so that whoever runs the bot can name it.
    """
    return f"incident-bot:incident:{{{incident}}}"


def oauth_state(state: str) -> str:
    """Return the key that is there until a value comes back from Slack's page."""
    return f"incident-bot:oauth:{{{state}}}"


def rotating(workspace: str) -> str:
    """Return the lock of whoever exchanges a workspace's token."""
    return f"incident-bot:rotating:{{{workspace}}}"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one workspace.

    Without a workspace (`EVERYWHERE`) a channel is named by its place, `workspace/channel`: for commands of whoever runs the
    bot, which go through all workspaces.
    """

    workspace: str

    @property
    def queue(self) -> str:
        """Return what the queue's own keys begin with: bot/store/queue/lib.lua names them."""
        return f"incident-bot:{self._tag('queue')}"

    @property
    def watches(self) -> str:
        """Return the hash of the channels that watch: channel → tenancy, who asked, when."""
        return f"incident-bot:{self._tag('watches')}"

    def outbox(self, job_key: str) -> str:
        """Return the hash that says what a job posted: part → what was posted, or `?` and the intent (bot/store/outbox.py)."""
        return f"incident-bot:outbox:{self._tag(job_key)}"

    def held(self, channel: str) -> str:
        """Return the key that is there while Slack takes no posts in a channel; its time to live is the wait."""
        return f"incident-bot:{self._tag(channel)}:held"

    def incident_fields(self, channel: str, incident: str) -> str:
        """Return the hash of an incident's projection (bot/domain/incident/state.py reads it)."""
        return f"incident-bot:{self._tag(channel)}:incident:{incident}"

    def incident_log(self, channel: str, incident: str) -> str:
        """Return the stream of an incident's log entries; an entry's id is its version."""
        return f"incident-bot:{self._tag(channel)}:log:{incident}"

    def incident_seen(self, channel: str, incident: str) -> str:
        """Return the hash of the idempotency keys that an incident has taken."""
        return f"incident-bot:{self._tag(channel)}:seen:{incident}"

    def incident_answers(self, channel: str, incident: str) -> str:
        """Return the hash of Aionis' answers that an incident's replays and cards were made from, masked and compressed."""
        return f"incident-bot:{self._tag(channel)}:answers:{incident}"

    def expected_answers(self, channel: str, incident: str) -> str:
        """Return the set of the jobs that are still going to keep answers of an incident."""
        return f"incident-bot:{self._tag(channel)}:expected:{incident}"

    def open_incidents(self, channel: str) -> str:
        """Return the sorted set of a channel's open incidents, by when they were opened (milliseconds)."""
        return f"incident-bot:{self._tag(channel)}:open"

    def roots(self, channel: str) -> str:
        """Return the hash that leads from a root message's ts to its incident."""
        return f"incident-bot:{self._tag(channel)}:roots"

    def binding(self, channel: str) -> str:
        """Return the hash of the tenancy that a channel is bound to."""
        return f"incident-bot:{self._tag(channel)}:binding"

    def shown(self, channel: str, incident: str) -> str:
        """Return the hash of what Slack shows of an incident: part → digest of what was rendered last, or where a message is."""
        return f"incident-bot:{self._tag(channel)}:shown:{incident}"

    def showing(self, channel: str, incident: str, part: str = "") -> str:
        """Return the lock of whoever brings an incident's messages up to date, or the `part` that has a writer of its own."""
        return f"incident-bot:{self._tag(channel)}:showing:{incident}{part and f':{part}'}"

    def thread(self, channel: str, incident: str) -> str:
        """Return the hash that counts what is new in an incident's thread since its last summary."""
        return f"incident-bot:{self._tag(channel)}:thread:{incident}"

    def thread_edition(self, channel: str, incident: str) -> str:
        """Return the counter of what older messages of an incident's thread were heard to have changed."""
        return f"incident-bot:{self._tag(channel)}:edition:{incident}"

    def pace(self, channel: str, incident: str, part: str) -> str:
        """Return the key that is there while a message was edited so lately that the next edit waits."""
        return f"incident-bot:{self._tag(channel)}:pace:{incident}:{part}"

    def remembered(self, what: str) -> str:
        """Return the key of an answer of Slack's that is kept for a while."""
        return f"incident-bot:slack:{self._tag(what)}"

    def failures(self, tenancy: str) -> str:
        """Return the sorted set of a tenancy's failures, by when they were seen last (milliseconds); `tenancy` is its digest."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:all"

    def failure_prefix(self, tenancy: str) -> str:
        """Return what the keys of a failure begin with: behind its fingerprint stand `:days`, `:runs`, `:facts`, `:incidents`."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:of:"

    def failed_run(self, tenancy: str, run_id: str) -> str:
        """Return the key that says as what a run stands in the index of failures."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:run:{run_id}"

    def failure_decisions(self, tenancy: str) -> str:
        """Return the list of what people decided about a tenancy's failures: which runs are others, which are one."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:decisions"

    def failures_looked_at(self, tenancy: str) -> str:
        """When the failures of a tenancy were read back last, in Unix seconds."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:looked-at"

    def failures_read(self, tenancy: str, reading: int) -> str:
        """Return the key that is there once a tenancy's failures were read back from Aionis, as this version reads records."""
        return f"incident-bot:{self._tag(f'failures:{tenancy}')}:read:{reading}"

    def watched(self, tenancy: str) -> str:
        """Return the hash that says how far a watched tenancy was looked through; `tenancy` is its digest."""
        return f"incident-bot:{self._tag(f'watch:{tenancy}')}:looked"

    def open_runs(self, tenancy: str) -> str:
        """Return the sorted set of a watched tenancy's runs without an end, by when they were last heard of (seconds)."""
        return f"incident-bot:{self._tag(f'watch:{tenancy}')}:open"

    def told_runs(self, tenancy: str) -> str:
        """Return the sorted set of the failed runs that a watch has told of, by when it did (seconds)."""
        return f"incident-bot:{self._tag(f'watch:{tenancy}')}:told"

    def pending_runs(self, tenancy: str) -> str:
        """Return the sorted set of a watched tenancy's failed runs that have yet to be read, by the next try (seconds)."""
        return f"incident-bot:{self._tag(f'watch:{tenancy}')}:pending"

    def pending_tries(self, tenancy: str) -> str:
        """Return the hash that says since when (seconds) and how often such a run could not be read."""
        return f"incident-bot:{self._tag(f'watch:{tenancy}')}:tries"

    def watch_posts(self, channel: str) -> str:
        """Return the set of what a watch has posted into a channel lately."""
        return f"incident-bot:{self._tag(channel)}:watch:posts"

    def watch_digest(self, channel: str) -> str:
        """Return the hash of what a storm's digest counts: run → failure."""
        return f"incident-bot:{self._tag(channel)}:watch:digest"

    def of_channel(self, channel: str) -> str:
        """Return what the keys of a channel and its incidents begin with."""
        return f"incident-bot:{self._tag(channel)}:"

    def moved(self, channel: str) -> str:
        """Return the key that leads from a channel's earlier id to the one that it has now."""
        return f"incident-bot:moved:{self._tag(channel)}"

    def place(self, channel: str) -> str:
        """Return a channel's name in the whole database."""
        return f"{self.workspace}/{channel}" if self.workspace else channel

    def channel_of(self, name: str) -> str:
        """Return the channel in a key's tag."""
        return _tag_of(name).removeprefix(f"{self.workspace}/" if self.workspace else "")

    def _tag(self, what: str) -> str:
        return f"{{{self.place(what)}}}"


EVERYWHERE = Keys("")
INSTALLED = Keys("INSTALLED")  # its queue is that of all workspaces that the app is installed in


def tenancy_digest(tenancy: Tenancy) -> str:
    """Return a tenancy's name in keys: a scope may hold any character."""
    return hashlib.sha256(json.dumps([tenancy.tenant_id, tenancy.scope]).encode()).hexdigest()[:32]


def workspace_in_key(name: str) -> str:
    """Return the workspace in a key's name, "" where it has none."""
    workspace, slash, _ = _tag_of(name).partition("/")
    return workspace if slash else ""


def is_of_queue(name: str) -> bool:
    """Tell whether a key is a queue's own, of whichever workspace."""
    return "/queue}:" in name


def is_of_watch(name: str) -> bool:
    """Tell whether a key is a watched tenancy's: its open runs are named as a channel's open incidents are."""
    return _tag_of(name).rpartition("/")[2].startswith("watch:")


def is_of_log(name: str) -> bool:
    """Tell whether a key is an incident's log, or its fields, which follow from it."""
    return "}:log:" in name or "}:incident:" in name


def incident_of_log(name: str) -> tuple[str, str]:
    """Return the place and the incident in the name of a log's key."""
    return _tag_of(name), name.rpartition(":")[2]


def _tag_of(name: str) -> str:
    return name.partition("{")[2].partition("}")[0]
