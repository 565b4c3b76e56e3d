"""Every setting, with what people and accidents put into it: taken, or refused by name and form; its value is never told."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli import app
from bot.config.checklist_file import load_checklist
from bot.config.redaction_file import install_rules
from bot.config.settings import Settings, load_settings
from bot.errors import SettingsError

NAMES = sorted(name.upper() for name in Settings.model_fields)
ODD = {
    "blank": " ",
    "blanks": " \t\r\n ",
    "quotes": '"quoted-in-vain"',
    "single quotes": "'quoted-in-vain'",
    "one quote": '"',
    "huge": "9" * 5_000,
    "long": "long-" * 5_000,
    "fourteen digits": "71234567891234",
    "scientific": "1e12",
    "infinite": "inf",
    "minus infinite": "-Infinity",
    "no number": "nan",
    "negative": "-77",
    "letters": "zzqqy",
    "accents": "schlüssel-ö",
    "full-width digits": "７７７",
    "Arabic digits": "٣٤٥",
    "emoji": "💥💥",
    "bidi": "zz\u202eqq",
    "controls": "zz\x1b[31mqq",
    "line end": "zz\nqq: yes",
    "a list": "zz,qq,,vv",
    "JSON": '{"zz": ["qq"]}',
    "a number in JSON": "[77]",
    "percent": "%zz%00%ff",
    "a URL that is none": "http://zz:qq",
    "a URL with a secret": "http://user:hunter22@host:1",
    "a URL with a bracket": "http://[zz",
    "a broken port": "redis://host:99999/0",
    "surrogate": "zz\udcffqq",
}
NOT_TEXT: list[object] = [
    None,
    [],
    {},
    (),
    b"\xff",
    -1,
    10**400,
    math.inf,
    math.nan,
    object(),
    [None],
    {"a": 1},
    Path("x"),
    SecretStr("ö"),
]


def refusal(name: str, value: object) -> str | None:
    """Return what is said where a setting refuses a value, or None where it takes it; nothing else may happen."""
    try:
        load_settings(**{name.lower(): value})
    except SettingsError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_value_is_taken_or_refused_by_name_and_form(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for kind, value in ODD.items():
        monkeypatch.setenv(name, value)
        said = refusal("unrelated", None)
        if said is None:
            _ensure_sound(getattr(load_settings(), name.lower()))
            continue
        assert said.startswith(f"{name} must be "), kind
        assert len(said) < 400, kind
        assert "hunter22" not in said, kind
        assert len(value.strip("\"' \t\r\n")) < 4 or value.strip() not in said, kind


def _ensure_sound(read: object) -> None:
    """A value that was taken can be used: finite, bounded, free of controls and quotes around it."""
    text = read.get_secret_value() if isinstance(read, SecretStr) else str(read)
    assert len(text) < 9_000
    assert text == text.strip()
    assert text.isprintable()
    text.encode()
    if isinstance(read, SecretStr):
        text.encode("ascii")
    if isinstance(read, float):
        assert math.isfinite(read)
        assert read < 10**6


@pytest.mark.parametrize("name", NAMES)
def test_another_type_is_taken_or_refused_too(name: str) -> None:
    for value in NOT_TEXT:
        assert (refusal(name, value) or f"{name} must be ").startswith(f"{name} must be ")


@given(st.sampled_from(NAMES), st.text(max_size=60) | st.integers().map(str) | st.floats().map(str))
def test_any_text_at_all(name: str, value: str) -> None:
    assert (refusal(name, value) or f"{name} must be ").startswith(f"{name} must be ")


REFUSED = [
    ("AIONIS_API_KEY", "schlüssel-ö"),
    ("AIONIS_BEARER", "Bearer zzqqy"),
    ("SLACK_BOT_TOKEN", "'zzqqy'"),
    ("SLACK_SIGNING_SECRET", "zz qqy"),
    ("SLACK_API_URL", "https://user:hunter22@slack.com/api/"),
    ("SLACK_API_URL", "https://slack.com/api/?token=hunter22"),
    ("AIONIS_BASE_URL", "http://h:abc"),
    ("AIONIS_BASE_URL", "http://h:99999"),
    ("AIONIS_BASE_URL", "http://h:0"),
    ("AIONIS_BASE_URL", "http://h:"),
    ("AIONIS_BASE_URL", "http://:3001"),
    ("AIONIS_BASE_URL", "http://user:hunter22@h"),
    ("AIONIS_BASE_URL", "http://h/#x"),
    ("AIONIS_BASE_URL", "http://[::1"),
    ("AIONIS_BASE_URL", "http://[zz]"),
    ("AIONIS_BASE_URL", "http://a b"),
    ("AIONIS_BASE_URL", "http://h\\x"),
    ("REDIS_URL", "redis://h:abc"),
    ("REDIS_URL", "redis://h:99999/0"),
    ("REDIS_URL", "redis://h:6379/0?foo=bar"),
    ("REDIS_URL", "redis://h:6379/abc"),
    ("REDIS_URL", "redis://h?socket_timeout=abc"),
    ("REDIS_URL", "redis://h?db"),
    ("REDIS_URL", "redis://h?max_connections=1"),
    ("REDIS_URL", "redis://h?ssl_ca_certs=/nope"),
    ("REDIS_URL", "redis+cluster://:6379"),
    ("REDIS_URL", "redis+cluster://h:6379/1"),
    ("REDIS_URL", "redis+cluster://h:6379?db=1"),
    ("REDIS_URL", "redis+cluster://h:abc,g"),
    ("REDIS_URL", "redis+cluster://h,,g"),
    ("REDIS_URL", "redis+cluster://h:6379/service"),
    ("REDIS_URL", "redis+cluster://:hunter22#x@h:6379"),
    ("REDIS_URL", "redis+cluster://h:6379?ssl_cert_reqs=none"),
    ("REDIS_URL", "redis+cluster://h:6379?sentinel_password=hunter22"),
    ("REDIS_URL", "redis+sentinel://h:26379"),
    ("REDIS_URL", "redis+sentinel://h:abc/main"),
    ("REDIS_URL", "redis+sentinel://h,,g/main"),
    ("REDIS_URL", "redis+sentinel://:hunter22@h:26379/main/x"),
    ("REDIS_URL", "redis+sentinel://h/main?ssl_cert_reqs=none"),
    ("REDIS_URL", "redis://h1:6379,h2:6379/0"),
    ("SLACK_API_URL", "http://h..x/api/"),
    ("SLACK_API_URL", "http://.h/api/"),
    ("SLACK_API_URL", "https://slack.com/api/?"),
    ("METRICS", "127.0.0.1:000001999999999"),
    ("REDIS_URL", "redis://:hunter22#x@h:6379"),
    ("REDIS_URL", "unix://"),
    ("REDIS_URL", "redis://"),
    ("AIONIS_DEADLINE_SECONDS", "inf"),
    ("AIONIS_DEADLINE_SECONDS", "nan"),
    ("AIONIS_DEADLINE_SECONDS", "1e12"),
    ("AIONIS_CONNECT_TIMEOUT_SECONDS", "inf"),
    ("RUN_STALLED_SECONDS", "71234567891234"),
    ("SUMMARY_QUIET_SECONDS", "71234567891234"),
    ("SUMMARY_MIN_SECONDS", "71234567891234"),
    ("SUMMARY_QUIET_MESSAGES", "71234567891234"),
    ("AIONIS_MAX_RESPONSE_BYTES", "71234567891234"),
    ("PICTURE_STEPS", "71234567891234"),
    ("INCIDENT_RETENTION_DAYS", "71234567891234"),
    ("NUDGE_HOURS", "99999999"),
    ("NUDGE_HOURS", "inf"),
    ("NUDGE_HOURS", "-1"),
    ("REOPEN_HOURS", "2161"),
    ("RECURRENCE_RETENTION_DAYS", "1"),
    ("RECURRENCE_RETENTION_DAYS", "89"),
    ("REOPEN_HOURS", "inf"),
    ("AIONIS_ALLOWED_SCOPES", "acme / prod"),
    ("AIONIS_ALLOWED_SCOPES", "acme/ prod"),
    ("AIONIS_ALLOWED_SCOPES", "acme"),
    ("AIONIS_ALLOWED_SCOPES", "/prod"),
    ("AIONIS_ALLOWED_SCOPES", "acme/"),
    ("AIONIS_ALLOWED_SCOPES", '"acme/prod"'),
    ("AIONIS_SCOPE", '"support"'),
    ("AIONIS_SCOPE", 'support"'),
    ("AIONIS_SCOPE", "“support"),
    ("AIONIS_SCOPE", 'sup"port'),
    ("AIONIS_SCOPE", "support,"),
    ("AIONIS_ALLOWED_SCOPES", 'acme/prod,acme/"eu"'),
    ("AIONIS_TENANT_ID", "`acme"),
    ("AIONIS_API_KEY", "zzqqy,"),
    ("SLACK_BOT_TOKEN", "zzqqy'"),
    ("CHECKLIST_FILE", '"checklist.yaml'),
    ("NUDGE_HOURS", "1_0"),
    ("NUDGE_HOURS", "+5"),
    ("NUDGE_HOURS", "1e3"),
    ("NUDGE_HOURS", "１０"),
    ("NUDGE_HOURS", "1 0"),
    ("NUDGE_HOURS", "5,"),
    ("NUDGE_HOURS", "-0"),
    ("BOT_PORT", "3_000"),
    ("ANSWER_RETENTION_DAYS", "1_0"),
    ("AIONIS_DEADLINE_SECONDS", ".5"),
    ("AIONIS_SCOPE", "tenant:x"),
    ("AIONIS_TENANT_ID", "'acme'"),
    ("ADMIN_USERS", "U0123ABCD, maya"),
    ("WORKING_HOURS", "9-17"),
    ("WORKING_HOURS", "09:00-24:00"),
    ("WORKING_HOURS", "09:60-17:00"),
    ("BOT_HOST", "my host"),
    ("BOT_HOST", "http://x"),
    ("BOT_DATA_DIR", "a\x00b"),
    ("ALLOW_GUESTS", "perhaps"),
    ("AIONIS_CONSUMER_AGENT_ID", "'agent'"),
    ("AIONIS_CONSUMER_TEAM_ID", "team,"),
    ("AIONIS_DEFAULT_BINDING", "perhaps"),
    ("ALLOW_EVICTING_REDIS", "perhaps"),
    ("ALLOW_SHARED_CHANNELS", "2"),
    ("FIX_RERUNS", "0"),
    ("FIX_RERUNS", "21"),
    ("GITHUB_API_URL", "http://h..x/"),
    ("GITHUB_TOKEN", "zzqqy,"),
    ("GITLAB_TOKEN", "zzqqy'"),
    ("GITLAB_URL", "gitlab.com"),
    ("HOOK_SECRET", "zzqqy,"),
    ("JOB_PATIENCE_HOURS", "inf"),
    ("LOG_FORMAT", "xml"),
    ("LOG_LEVEL", "LOUD"),
    ("REDACTION_FILE", '"rules.yaml'),
    ("REPLAY_EMOJI", "two words"),
    ("SIGNING_KEY_FILE", "'key.pem"),
    ("SLACK_APP_TOKEN", "zzqqy,"),
    ("SLACK_CLIENT_ID", "zz qq"),
    ("SLACK_CLIENT_SECRET", "zzqqy,"),
    ("SLACK_WORKSPACES", "acme"),
    ("TOKEN_KEYS", "zzqqy"),
    ("TRACES", "perhaps"),
    ("UNINSTALLED_DATA_DAYS", "-1"),
    ("WATCH_OPENS_INCIDENTS", "perhaps"),
    ("WATCH_SECONDS", "0"),
    ("WORKER_CONCURRENCY", "-1"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=lambda part: part[:40])
def test_what_is_wrong_is_refused_with_the_form_to_use(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**{name.lower(): value})
    assert caught.value.what.startswith(f"{name} must be ")
    assert value not in caught.value.what or value in {"redis://", "unix://"}
    assert "hunter22" not in str(caught.value)
    assert not set("^$\\") & set(caught.value.what)  # a sentence, no regular expression


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("WORKING_HOURS", "9:00-17:00", "09:00-17:00"),
        ("WORKING_HOURS", "22:00 – 6:30", "22:00-06:30"),
        (
            "AIONIS_ALLOWED_SCOPES",
            "acme/prod, acme/checkout eu/1 ,*/shared",
            ("acme/prod", "acme/checkout eu/1", "*/shared"),
        ),
        ("AIONIS_BASE_URL", "HTTPS://aionis_1.example:8443/base/", "HTTPS://aionis_1.example:8443/base/"),
        ("AIONIS_BASE_URL", "http://[::1]:3001", "http://[::1]:3001"),
        (
            "REDIS_URL",
            "rediss://user:p%40ss@h:6380/3?ssl_cert_reqs=required",
            "rediss://user:p%40ss@h:6380/3?ssl_cert_reqs=required",
        ),
        ("REDIS_URL", "unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock?db=1"),
        ("REDIS_URL", "redis://localhost", "redis://localhost"),
        *(
            ("REDIS_URL", f"redis+sentinel://{where}", f"redis+sentinel://{where}")
            for where in ("h/main", "user:p%40ss@h:1,[::1]:2,10.0.0.3/my-main/2?sentinel_password=x&protocol=2")
        ),
        *(
            ("REDIS_URL", f"redis{where}", f"redis{where}")
            for where in (
                "+cluster://h",
                "s+cluster://user:p%40ss@h:1,[::1]:2,10.0.0.3/0?ssl_cert_reqs=none&protocol=2",
            )
        ),
        ("LOG_LEVEL", " debug\r", "DEBUG"),
        ("LOG_FORMAT", "JSON", "json"),
        ("BOT_HOST", "::", "::"),
        ("REOPEN_HOURS", "2160", 2160.0),
        ("RECURRENCE_RETENTION_DAYS", "90", 90),
        ("AIONIS_SCOPE", " checkout prod/eu ", "checkout prod/eu"),
    ],
)
def test_what_is_meant_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: object) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(), name.lower()) == read


def test_failures_are_remembered_for_as_long_as_incidents_are_kept() -> None:
    assert load_settings(incident_retention_days=730).recurrence_retention_days == 730
    with pytest.raises(
        SettingsError, match="RECURRENCE_RETENTION_DAYS must be a whole number of days, at least INCIDENT_"
    ):
        load_settings(incident_retention_days=730, recurrence_retention_days=365)


@pytest.mark.parametrize("name", ["AIONIS_BASE_URL", "BASE_URL"])
def test_the_alias_is_refused_like_the_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://h:abc")
    with pytest.raises(SettingsError, match="BASE_URL must be an http"):
        load_settings()


@pytest.mark.parametrize("content", [b"AIONIS_SCOPE=\xff\xfe\n", b"\xff\xfeA\x00"])
def test_a_dotenv_that_is_no_text_is_said_to_be(content: bytes) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(SettingsError, match=r"\.env"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("AIONIS_API_KEY", "schlüssel-ö"), ("AIONIS_BASE_URL", "http://u:hunter22@h"), ("NUDGE_HOURS", "1e99")],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_the_command_line_ends_with_a_sentence_and_exit_code_2(command: str, name: str, value: str) -> None:
    result = CliRunner(env={name: value, "COLUMNS": "300"}).invoke(app, [command])
    assert result.exit_code == 2
    assert f"{name} must be " in result.output
    assert value not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "wrong",
    [
        {"AIONIS_API_KEY": "schlüssel-ö"},
        {"AIONIS_BASE_URL": "http://u:hunter22@h", "NUDGE_HOURS": "1e99"},
        {"INCIDENT_RETENTION_DAYS": "1", "REOPEN_HOURS": "100"},  # whose default is too long for one day, too
        {".env": "\xff\xfe"},
    ],
)
def test_the_doctor_says_of_each_wrong_setting_what_it_must_be_and_goes_on(wrong: dict[str, str]) -> None:
    dotenv = wrong.pop(".env", None)
    if dotenv:
        Path(".env").write_bytes(dotenv.encode("latin-1"))
    # Nothing that it looks at is there.
    away = {"REDIS_URL": "redis://127.0.0.1:1", "SLACK_API_URL": "http://127.0.0.1:1/", "SLACK_BOT_TOKEN": "x"}
    away["AIONIS_DEADLINE_SECONDS"] = "0.1"
    schema = ["--manifest-schema", "nowhere.json"]
    result = CliRunner(env={**away, **wrong}).invoke(app, ["doctor", "--json", *schema])
    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    told = [one["seen"] for one in found if (one["name"], one["level"]) == ("Settings", "problem")]
    first = [one for one in wrong if one != "INCIDENT_RETENTION_DAYS"] or ["The file .env"]
    assert all(any(seen.startswith(name) for seen in told) for name in first), told
    assert {"Redis", "Slack", "Manifest"} <= {one["name"] for one in found if one["seen"] != "not looked at"}
    assert not any(value in result.output for value in wrong.values() if value != "1")


READERS: dict[str, Callable[[Path], object]] = {"REDACTION_FILE": install_rules, "CHECKLIST_FILE": load_checklist}
FILES: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "too large": lambda path: path.write_bytes(b"#" * 2**21),
    "too deep": lambda path: path.write_text("[" * 50_000, encoding="utf-8"),
    "another shape": lambda path: path.write_text(
        "- [x]\n- {a: !!python/object/apply:os.getcwd []}\n", encoding="utf-8"
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_none_is_told_in_a_sentence(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / "rules.yaml"
    FILES[kind](path)
    try:
        with pytest.raises(SettingsError, match=name):
            READERS[name](path)
    finally:
        install_rules(None)


@pytest.mark.parametrize("name", NAMES)
def test_of_every_setting_a_wrong_value_is_refused(name: str) -> None:
    assert name in {one for one, _ in REFUSED}, "add a wrong value of it to REFUSED"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_form_and_bounds(name: str) -> None:
    field = Settings.model_fields[name.lower()]
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    assert extra["form"]
    if field.annotation in {int, float}:
        bounds = {type(bound).__name__ for bound in field.metadata}
        assert "Le" in bounds, "bound it by number(…)"
        assert bounds & {"Ge", "Gt"}, "bound it by number(…)"
