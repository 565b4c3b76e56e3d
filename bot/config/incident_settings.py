"""The settings about incidents: what is shown, checked, kept and said of them."""

from pydantic import ValidationInfo, field_validator

from bot.config import forms
from bot.config.declaring import CREDENTIAL, FILE, HTTP, SWITCH, SettingsGroup, number, setting


class IncidentSettings(SettingsGroup):
    """How incidents are worked on."""

    redaction_file: forms.FilePath | None = setting(
        None, "Rules of your own for what is masked, as YAML (docs/redaction.md)", FILE
    )
    picture_steps: int = setting(
        5,
        "From how many steps on a replay gets a picture of its timeline; 0: never",
        **number("a whole number from zero to a hundred thousand", ge=0, le=100_000),
    )
    replay_emoji: forms.Emoji = setting(
        "rewind",
        "The reaction that replays the run which a message names; `off`: none",
        "the name of an emoji such as `rewind`, other than a pushpin, or `off`",
    )

    signing_key_file: forms.FilePath | None = setting(
        None,
        "The private key that exported bundles are signed with, as PEM (docs/bundle.md); unset: they are not",
        FILE,
    )
    checklist_file: forms.FilePath | None = setting(
        None, "The incident's checklist as YAML (docs/checklist.md); unset: the five default items", FILE
    )
    incident_retention_days: int = setting(
        90,
        "How long a closed incident is kept",
        **number("a whole number of days, at least one and at most ten years", ge=1, le=3650),
    )
    answer_retention_days: int | None = setting(
        None,
        "How long after its close an incident keeps the answers of Aionis that its bundle is made of; unset: as long as itself",
        **number("a whole number of days, at least one and at most ten years", ge=1, le=3650),
    )
    recurrence_retention_days: int = setting(
        400,
        "How long a failure is remembered after it was last seen; unset: at least as long as a closed incident is kept",
        **number("a whole number of days, at least INCIDENT_RETENTION_DAYS and at most ten years", ge=1, le=3650),
    )
    watch_seconds: float = setting(
        60,
        "How often a watched scope is looked through",
        **number("a number of seconds from one to an hour", ge=1, le=3600),
    )
    watch_opens_incidents: bool = setting(
        True,
        "Whether a failure that was never seen opens an incident where a channel watches; off: a line that offers it",
        SWITCH,
    )
    github_token: forms.Secret | None = setting(
        None, "Looks up whether a linked pull request was merged; read access to pull requests is enough", CREDENTIAL
    )
    github_api_url: forms.HttpUrl = setting(
        "https://api.github.com", "Where GitHub's API answers; of an Enterprise Server `https://<host>/api/v3`", HTTP
    )
    gitlab_token: forms.Secret | None = setting(
        None, "Looks up whether a linked merge request was merged; the scope `read_api` is enough", CREDENTIAL
    )
    gitlab_url: forms.HttpUrl = setting("https://gitlab.com", "Where GitLab answers", HTTP)
    fix_reruns: int = setting(
        1,
        "How many reruns in a row must be fixed for the fix to be verified; `/replay reruns` changes it for an incident",
        **number("a whole number from one to twenty", ge=1, le=20),
    )
    hook_secret: forms.Secret | None = setting(
        None,
        "What signs `POST /hooks/run-ended`, which has a watched scope looked through at once (docs/recurrence.md)",
        CREDENTIAL,
    )
    summary_quiet_seconds: int = setting(
        120,
        "How long a thread must be quiet before new messages are summarised",
        **number("a whole number of seconds, at least one and at most a day", ge=1, le=86_400),
    )
    summary_quiet_messages: int = setting(
        5,
        "How many new messages a quiet thread needs for that",
        **number("a whole number from one to a thousand", ge=1, le=1000),
    )
    summary_min_seconds: int = setting(
        10,
        "The least time between two edits of a summary",
        **number("a whole number of seconds, at least one and at most a day", ge=1, le=86_400),
    )
    nudge_hours: float = setting(
        24,
        "When people are reminded of an open item; 0: never",
        **number("a number of hours from zero to a year", ge=0, le=8760),
    )
    working_hours: forms.Hours = setting(
        "09:00-17:00",
        "When people are reminded, Monday to Friday in their own time zone",
        "two times of a day such as `09:00-17:00`, or `22:00-06:00` for a night shift",
    )
    reopen_hours: float = setting(
        48,
        "How long a closed incident can be reopened",
        "a number of hours from zero to those of INCIDENT_RETENTION_DAYS, in digits",
        ge=0,
        le=87_600,
    )

    @field_validator("recurrence_retention_days")
    @classmethod
    def _beyond_retention(cls, value: int, info: ValidationInfo) -> int:
        kept: int = info.data.get("incident_retention_days", 0)
        if value >= kept:
            return value
        # Whoever only keeps incidents for longer, as was always possible, need not set this, too.
        if value == cls.model_fields["recurrence_retention_days"].default:
            return kept
        raise ValueError("an incident would outlive what is remembered of its failure")

    @field_validator("reopen_hours")
    @classmethod
    def _within_retention(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("incident_retention_days", 0) * 24:
            raise ValueError("a closed incident is not kept for so long")
        return value
