"""The settings about the process itself: its store, its port, its jobs and what it tells its operator."""

from pathlib import Path
from typing import Annotated, Literal

from bot.config import forms
from bot.config.declaring import SWITCH, SettingsGroup, number, setting

_JOBS_AT_ONCE = 20


class ProcessSettings(SettingsGroup):
    """How the bot runs."""

    redis_url: forms.RedisUrl | None = setting(
        None,
        "Redis or Valkey (`redis://`, `rediss://`, `unix://`, `redis+sentinel://`, `redis+cluster://`); unset: an embedded "
        "Valkey on this machine",
        "a URL such as `redis://host:6379/0`, `rediss://user:password@host:6379/0` or `unix:///path/to/socket`, in ASCII, "
        "with options that redis-py knows, `redis+sentinel://host:26379,host:26379/service`, or "
        "`redis+cluster://host:6379,host:6379` (a cluster has database 0 alone)",
        repr=False,  # it may hold a password
    )
    allow_evicting_redis: bool = setting(
        False, "Whether to run on a Redis that forgets keys when its memory is full", SWITCH
    )
    bot_data_dir: forms.FilePath = setting(
        Path(".incident-bot"), "Where the embedded Valkey keeps its data", "the path of a folder, without quotes"
    )
    bot_host: forms.Host = setting(
        "127.0.0.1", "Address to listen on (the image sets `0.0.0.0`)", "a host name or an IP address"
    )
    bot_port: int = setting(
        3000, "Port to listen on", **number("the number of a port, or zero for any", ge=0, le=65_535)
    )
    job_patience_hours: float = setting(
        24,
        "How long a command waits for a Slack or Redis that is away, before it is given up",
        "a number of hours above zero and up to 720, in digits",
        gt=0,
        le=720,
    )
    worker_concurrency: int = setting(
        _JOBS_AT_ONCE,
        "Jobs at once inside `serve`, and in each `worker`; 0 leaves them to `worker`, which does 20",
        **number("a whole number from zero to a thousand", ge=0, le=1000),
    )
    metrics: forms.Metrics = setting(
        "off",
        "Metrics for Prometheus: `on` tells them at `/metrics` of the bot's port, an address such as `127.0.0.1:9464` in a "
        "server of their own, which `worker` has, too (docs/operations.md)",
        "`on`, `off`, or an address such as `127.0.0.1:9464`",
    )
    traces: bool = setting(
        False,
        "Traces by OpenTelemetry, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs the extra `otel` (docs/operations.md)",
        SWITCH,
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], forms.UPPER] = setting(
        "INFO", "How much is logged", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"
    )
    log_format: Annotated[Literal["console", "json"], forms.LOWER] = setting(
        "console", "Lines for people, or JSON for machines", "`console` or `json`"
    )

    @property
    def jobs_at_once(self) -> int:
        """Return how many a `worker` does, which may have the settings of a `serve` that leaves them to it."""
        return self.worker_concurrency or _JOBS_AT_ONCE

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Return where metrics have a server of their own; None: they have none."""
        host, _, port = self.metrics.rpartition(":")
        return (host.removeprefix("[").removesuffix("]"), int(port)) if host else None
