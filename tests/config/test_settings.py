"""Settings: what is read, what is refused, and that secrets stay secret."""

from pathlib import Path

import pytest

from bot.config.settings import load_settings
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.errors import SettingsError


def test_the_tutorials_name_for_the_base_url_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "http://aionis.test:3001")
    assert load_settings().aionis_base_url == "http://aionis.test:3001"
    monkeypatch.setenv("AIONIS_BASE_URL", "http://other.test")
    assert load_settings().aionis_base_url == "http://other.test"


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("AIONIS_SCOPE=billing\nBOT_PORT=4000\nUNRELATED=1\n", encoding="utf-8")
    monkeypatch.setenv("BOT_PORT", "5000")
    settings = load_settings()
    assert (settings.tenancy, settings.bot_port) == (Tenancy("default", "billing"), 5000)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "")
    monkeypatch.setenv("AIONIS_CONSUMER_AGENT_ID", "")
    settings = load_settings()
    assert settings.redis_url is None
    assert settings.consumer == Consumer(None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIONIS_BASE_URL", "aionis.test"),
        ("SLACK_API_URL", "ftp://x"),
        ("AIONIS_TENANT_ID", "no spaces"),
        ("AIONIS_SCOPE", "tenant:x"),
        ("REDIS_URL", "http://x"),
        ("BOT_PORT", "70000"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("RUN_STALLED_SECONDS", "0"),
        ("AIONIS_DEADLINE_SECONDS", "soon"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.what.startswith(name)
    assert value not in caught.value.what


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "AIONIS_API_KEY", "AIONIS_BEARER"):
        monkeypatch.setenv(name, "very-secret")
    monkeypatch.setenv("REDIS_URL", "redis://bot:very-secret@host:6379/0")
    settings = load_settings()
    assert "very-secret" not in f"{settings!r} {settings}"
    assert settings.aionis_headers == {"X-Api-Key": "very-secret", "Authorization": "Bearer very-secret"}
    assert settings.socket_mode


def test_a_worker_beside_a_serve_without_jobs_does_as_many_as_without_the_setting() -> None:
    assert load_settings(worker_concurrency=0).jobs_at_once == load_settings().jobs_at_once == 20
    assert load_settings(worker_concurrency=3).jobs_at_once == 3
