"""Every Redis key, named once. `{…}` keeps the keys of one thing on one slot of a Redis Cluster."""

QUEUE_NAME = "incident-bot"  # docket prefixes its own keys with this
OUTBOX_TTL_SECONDS = 24 * 3600  # far longer than Slack repeats a delivery (minutes) or a job is retried


def outbox(job_key: str) -> str:
    """Return the hash that says what a job already posted: part → message ts, or `?` while it is being posted."""
    return f"incident-bot:outbox:{{{job_key}}}"
