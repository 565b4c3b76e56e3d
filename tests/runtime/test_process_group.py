"""Every setting is compared between the processes of a Redis, or it is said why it may differ."""

from pathlib import Path

from bot.config.settings import Settings
from bot.runtime import process_group
from bot.runtime.process_group import DECIDING

MAY_DIFFER = {
    # How a process reaches what all of them share.
    "redis_url": "the same server has several addresses",
    "allow_evicting_redis": "is asked at the start alone",
    "bot_data_dir": "a folder of one machine",
    "bot_host": "an address of one process",
    "bot_port": "an address of one process",
    "slack_api_url": "a proxy of one machine; whose Slack it is, is compared by workspace and app",
    # What lets a process in, or a request into it: exchanged in one process after the other.
    "slack_bot_token": "whose it is, is compared",
    "slack_app_token": "a socket of one process",
    "slack_signing_secret": "lets requests in, and a worker has none",
    "slack_client_id": "is compared beside the workspace",
    "slack_client_secret": "installs the app, which one process does",
    "token_keys": "a new key is put in front in one process after the other",
    "hook_secret": "lets requests in, and a worker has none",
    # How much at once, how patiently, how often.
    "aionis_deadline_seconds": "how patiently",
    "aionis_connect_timeout_seconds": "how patiently",
    "aionis_max_response_bytes": "how much memory a machine has",
    "job_patience_hours": "how patiently",
    "worker_concurrency": "how much at once",
    "watch_seconds": "how often",
    "summary_quiet_seconds": "how soon",
    "summary_min_seconds": "how often",
    "uninstalled_data_days": "is asked when the app is removed, and dated then",
    # How loudly.
    "metrics": "how loudly",
    "traces": "how loudly",
    "log_level": "how loudly",
    "log_format": "how loudly",
}


def test_a_device_in_place_of_a_file_is_not_read() -> None:
    # `/dev/zero` never ends; a file is compared by what is in it.
    assert process_group._compared("checklist_file", Path("/dev/zero")) == process_group._UNSET
    assert process_group._compared("checklist_file", Path(__file__)) == process_group._compared(
        "redaction_file", Path(__file__)
    )


def test_every_setting_is_compared_or_may_differ() -> None:
    assert set(Settings.model_fields) - set(DECIDING) - MAY_DIFFER.keys() == set(), (
        "name it in DECIDING (bot/runtime/process_group.py), or say here why it may differ"
    )
    assert {*DECIDING, *MAY_DIFFER} <= set(Settings.model_fields)
    assert not set(DECIDING) & MAY_DIFFER.keys()
