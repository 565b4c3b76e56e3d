"""Every Redis key, named once. `{…}` keeps the keys of one thing on one slot of a Redis Cluster.

Everything of an incident is tagged with its channel, because opening one looks at the channel's others in the same step.
"""

PREFIX = "incident-bot"  # in the name of every key there is
QUEUE_NAME = "{incident-bot:queue}"  # what the queue's own keys begin with: bot/store/queue/lib.lua names them
OUTBOX_TTL_SECONDS = (
    3 * 24 * 3600
)  # longer than Slack repeats a delivery (minutes) and than jobs wait by default (a day)


COMPANY = "incident-bot:{company}:alive"  # the processes that share this Redis, by their last sign of life (ms)
COMPANY_SETTINGS = "incident-bot:{company}:settings"  # what they decide answers by: setting → digest of its value
PROBE = "incident-bot:probe"  # written and read to see whether the server stores anything


def outbox(job_key: str) -> str:
    """Return the hash that says what a job posted: part → what was posted, or `?` and the intent (bot/store/outbox.py)."""
    return f"incident-bot:outbox:{{{job_key}}}"


def held(channel: str) -> str:
    """Return the key that is there while Slack takes no posts in a channel."""
    return f"incident-bot:{{{channel}}}:held"


def incident_fields(channel: str, incident: str) -> str:
    """Return the hash of an incident's projection (bot/domain/incident/state.py reads it)."""
    return f"incident-bot:{{{channel}}}:incident:{incident}"


def incident_log(channel: str, incident: str) -> str:
    """Return the stream of an incident's log entries; an entry's id is its version."""
    return f"incident-bot:{{{channel}}}:log:{incident}"


def incident_seen(channel: str, incident: str) -> str:
    """Return the hash of the idempotency keys that an incident has taken."""
    return f"incident-bot:{{{channel}}}:seen:{incident}"


def incident_answers(channel: str, incident: str) -> str:
    """Return the hash of Aionis' answers that an incident's replays and cards were made from, masked and compressed."""
    return f"incident-bot:{{{channel}}}:answers:{incident}"


def open_incidents(channel: str) -> str:
    """Return the sorted set of a channel's open incidents, by when they were opened (milliseconds)."""
    return f"incident-bot:{{{channel}}}:open"


def roots(channel: str) -> str:
    """Return the hash that leads from a root message's ts to its incident."""
    return f"incident-bot:{{{channel}}}:roots"


def opening(channel: str) -> str:
    """Return the lock that makes two first replays of a channel one incident."""
    return f"incident-bot:{{{channel}}}:opening"


def binding(channel: str) -> str:
    """Return the hash of the tenancy that a channel is bound to."""
    return f"incident-bot:{{{channel}}}:binding"


def channel_of_binding(name: str) -> str:
    """Return the channel in the name of a binding's key."""
    return name.partition("{")[2].partition("}")[0]


def shown(channel: str, incident: str) -> str:
    """Return the hash of what Slack shows of an incident: part → digest of what was rendered last."""
    return f"incident-bot:{{{channel}}}:shown:{incident}"


def showing(channel: str, incident: str) -> str:
    """Return the lock of whoever brings an incident's messages up to date."""
    return f"incident-bot:{{{channel}}}:showing:{incident}"


def thread(channel: str, incident: str) -> str:
    """Return the hash that counts what is new in an incident's thread since its last summary."""
    return f"incident-bot:{{{channel}}}:thread:{incident}"


def pace(channel: str, incident: str, part: str) -> str:
    """Return the key that is there while a message was edited so lately that the next edit waits."""
    return f"incident-bot:{{{channel}}}:pace:{incident}:{part}"


def incident_address(incident: str) -> str:
    """Return the key that leads from an incident's id to its channel; setting it claims the id."""
    return f"incident-bot:incident:{{{incident}}}"


def remembered(what: str) -> str:
    """Return the key of an answer of Slack's that is kept for a while."""
    return f"incident-bot:slack:{{{what}}}"


def failures(tenancy: str) -> str:
    """Return the sorted set of a tenancy's failures, by when they were seen last (milliseconds); `tenancy` is its digest."""
    return f"incident-bot:{{failures:{tenancy}}}:all"


def failure_prefix(tenancy: str) -> str:
    """Return what the keys of a failure begin with: behind its fingerprint stand `:days`, `:runs`, `:facts`, `:incidents`."""
    return f"incident-bot:{{failures:{tenancy}}}:of:"


def failed_run(tenancy: str, run_id: str) -> str:
    """Return the key that says as what a run stands in the index of failures."""
    return f"incident-bot:{{failures:{tenancy}}}:run:{run_id}"


def failure_decisions(tenancy: str) -> str:
    """Return the list of what people decided about a tenancy's failures: which runs are others, which are one."""
    return f"incident-bot:{{failures:{tenancy}}}:decisions"


def failures_read(tenancy: str) -> str:
    """Return the key that is there once a tenancy's failures were read back from Aionis."""
    return f"incident-bot:{{failures:{tenancy}}}:read"


def is_of_log(name: str) -> bool:
    """Tell whether a key is an incident's log, or its fields, which follow from it."""
    return "}:log:" in name or "}:incident:" in name


def incident_of_log(name: str) -> tuple[str, str]:
    """Return the channel and the incident in the name of a log's key."""
    return name.partition("{")[2].partition("}")[0], name.rpartition(":")[2]


def is_of_channel(name: str, channels: set[str] | None) -> bool:
    """Tell whether a key belongs to one of these channels, or to whatever channel where None are given."""
    channel = name.partition(f"{PREFIX}:{{")[2].partition("}")[0]
    return channel not in {"", "company"} and (channels is None or channel in channels)


def is_kept_of_slack(name: str) -> bool:
    """Tell whether a key is an answer of Slack's that is kept for a while."""
    return name.startswith(remembered("").partition("{")[0])


WATCHES = f"{PREFIX}:watches"  # hash: channel → tenancy, who asked, when


def watched(tenancy: str) -> str:
    """Return the hash that says how far a watched tenancy was looked through; `tenancy` is its digest."""
    return f"incident-bot:{{watch:{tenancy}}}:looked"


def open_runs(tenancy: str) -> str:
    """Return the sorted set of a watched tenancy's runs without an end, by when they were last heard of (seconds)."""
    return f"incident-bot:{{watch:{tenancy}}}:open"


def told_runs(tenancy: str) -> str:
    """Return the sorted set of the failed runs that a watch has told of, by when it did (seconds)."""
    return f"incident-bot:{{watch:{tenancy}}}:told"


def watch_posts(channel: str) -> str:
    """Return the set of what a watch has posted into a channel lately."""
    return f"incident-bot:{{{channel}}}:watch:posts"


def watch_digest(channel: str) -> str:
    """Return the hash of what a storm's digest counts: run → failure."""
    return f"incident-bot:{{{channel}}}:watch:digest"
