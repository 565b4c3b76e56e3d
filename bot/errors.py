"""Every failure a person can meet, with the sentence they are told and what to try. A class adds what its line here leaves out.

BotError
├── UsageError              what was typed is not understood
│   └── SeveralFit          the beginning of an id that was typed fits several
├── ForeignUri              the URI names another tenant or scope: refused before any call
├── NotAllowed              the person or the channel may not do or see that
│   └── Unbound             the channel is bound to no tenant and scope
├── StaleButton             a button that was copied from elsewhere, or whose incident is gone
├── IncidentNotFound        no incident has this id, or it was closed longer ago than incidents are kept
├── UnreadableEntry         an incident's log has what no version so far writes
├── SettingsError           a setting is wrong or missing (ends the start, exit code 2)
│   └── DotenvUnreadable    the file .env is no text, or may not be read
├── EmbeddedStoreError      the embedded Valkey does not start
├── StoreTimeout            Redis or Valkey did not confirm in time that something is stored
├── PageBuildError          the playground's page cannot be built
├── UnexpectedError         a defect of ours; its log entry carries the id
├── GivenUp                 a job waited for Slack or Redis for as long as jobs wait (JOB_PATIENCE_HOURS)
├── SlackError              Slack could not do what we asked
│   ├── NotInChannel        the bot is no member of the channel, or the channel is private to others
│   ├── PostingRefused      the channel or the workspace takes no posts of the bot
│   ├── SlackRefused        any other error code: trying again would not help
│   └── SlackUnreachable    no clear answer: the job is tried again
└── AionisError             Aionis could not answer
    ├── RunNotFound         no such run in this tenant and scope, or not visible
    ├── RecordNotFound      404 of `resolve` and `tools/decision` for a decision, commit or edge
    ├── NotVisible          no such node, or one that these consumer ids may not see
    ├── OtherKind           the id is there, but of another kind than was asked for
    ├── Unauthorized        401: the credential is missing or wrong
    ├── IdentityMismatch    403: the credential is of another tenant, agent or team than was asked for
    ├── RateLimited         429, with the wait it asked for
    ├── BadRequest          400, with the fields it complained about
    ├── RouteMissing        404 of the web framework: the deployment has no such endpoint
    ├── Unsupported         501: not in this edition
    ├── ServerError         any other 5xx, of Aionis or of a proxy before it
    ├── AionisTimeout       no answer within the deadline
    ├── Unreachable         no connection
    ├── AnswerTooLarge      the answer is over the size cap (AIONIS_MAX_RESPONSE_BYTES)
    ├── AnswerNotUnderstood not JSON, or not the JSON of this endpoint
    └── TenancyViolation    the answer is about another tenant or scope: refused
"""

from enum import StrEnum
from typing import ClassVar

# What may hide a record, in all failures to find one; where it is known whom the bot reads as, that is said in its place.
PRIVATE_LANE = "If it is in the private lane, set AIONIS_CONSUMER_AGENT_ID or AIONIS_CONSUMER_TEAM_ID to its owner."


class BotError(Exception):
    """A failure with a message for people.

    `what` says what happened, `fix` what to try (may be empty); `request_id` is the `x-request-id` to quote, or None
    where no request was made.
    """

    default_fix: ClassVar[str] = ""

    def __init__(self, what: str, *, fix: str | None = None, request_id: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.fix = self.default_fix if fix is None else fix
        self.request_id = request_id

    def __str__(self) -> str:
        """Return the whole message on one line: what happened, what to try, the id to quote."""
        parts = [self.what, self.fix, f"Request id: {self.request_id}" if self.request_id else ""]
        return " ".join(part for part in parts if part)


class UsageError(BotError):
    """What was typed is not understood; `fix` shows the right form."""


class SeveralFit(UsageError):
    """The `beginning` of an id that was typed fits several; `ids` are the first of them."""

    def __init__(self, what: str, *, beginning: str, ids: tuple[str, ...], fix: str | None = None) -> None:
        super().__init__(what, fix=fix)
        self.beginning, self.ids = beginning, ids


class ForeignUri(BotError):
    """A URI of another tenant or scope, refused before any call."""


class NotAllowed(BotError):
    """The person, or the channel, may not do or see that; `fix` says who may, or what to change."""


class Unbound(NotAllowed):
    """The channel is bound to no tenant and scope, and there is no default."""


class StaleButton(BotError):
    """A button or modal that belongs elsewhere: to another channel, workspace or tenancy, or to nothing any more."""

    default_fix = "Nothing was done. Use the buttons of this channel's own incident, or type `/replay status`."


class IncidentNotFound(BotError):
    default_fix = (
        "Check the id; a closed incident is kept for INCIDENT_RETENTION_DAYS. REDIS_URL must be that of the bot."
    )


class UnreadableEntry(BotError):
    """An entry of an incident's log, by its number, is not what this version of the bot or an older one writes."""

    default_fix = (
        "A newer version wrote it, or somebody altered it: `incident-bot audit` looks. A backup has it as it was."
    )

    def __init__(self, number: int) -> None:
        super().__init__(f"Entry {number} of the incident's log cannot be read.")
        self.number = number


class SettingsError(BotError):
    """A setting is wrong or missing; `what` names the variable."""


class DotenvUnreadable(SettingsError):
    """The file .env is no text, or may not be read. Its content is not told."""

    default_fix = "It is UTF-8 text of NAME=value lines; make it readable, or remove it."

    def __init__(self) -> None:
        super().__init__("The file .env here cannot be read.")


class EmbeddedStoreError(BotError):
    default_fix = "Set REDIS_URL to use a Redis or Valkey server of your own."


class StoreTimeout(BotError):
    """Redis or Valkey did not confirm in time that something is stored; it may be, or not."""

    default_fix = "Wait a moment for the result; if none comes, try again."


class PageBuildError(BotError):
    """The playground's page cannot be built."""


class UnexpectedError(BotError):
    """A defect of ours. `request_id` is the job's key, which its log entry carries."""

    default_fix = "Try again; if it stays, give the id to whoever runs the bot: its log has the details."


class GivenUp(BotError):
    default_fix = UnexpectedError.default_fix


class SlackError(BotError):
    """Slack could not do what we asked. `code` is Slack's error code, "" where it gave none."""

    def __init__(self, what: str, *, fix: str | None = None, request_id: str | None = None, code: str = "") -> None:
        super().__init__(what, fix=fix, request_id=request_id)
        self.code = code


class NotInChannel(SlackError):
    default_fix = "Invite the bot to the channel."


class PostingRefused(SlackError):
    """The bot is there, but may not post: the channel is archived or restricted, or a limit of the workspace is reached."""


class SlackRefused(SlackError):
    """An error code that trying again does not change. `needed` are the scopes that are missing, where that is why."""

    def __init__(self, what: str, *, fix: str | None = None, code: str = "", needed: str = "") -> None:
        super().__init__(what, fix=fix, code=code)
        self.needed = needed


class Fate(StrEnum):
    """What may have become of a call of Slack's that was not answered well."""

    NOT_TAKEN = "not taken"  # for sure: no connection, or too many calls
    REFUSED = "refused"  # Slack answered that it is in trouble; all but surely nothing happened
    OVER = "over"  # the connection broke: it happened, or never will
    UNKNOWN = "unknown"  # it may still happen


class SlackUnreachable(SlackError):
    """No good answer for now: the job is tried again. `retry_after` is the wait that Slack asked for, in seconds.

    `fate` says what may have become of the call, for whoever repeats it.
    """

    default_fix = "Try again in a moment."
    passes = True

    def __init__(
        self, what: str, *, code: str = "", retry_after: float | None = None, fate: Fate = Fate.UNKNOWN
    ) -> None:
        super().__init__(what, code=code)
        self.retry_after = retry_after
        self.fate = fate


class AionisError(BotError):
    """Aionis could not answer. `passes` tells that it may answer the same question in a while."""

    passes: ClassVar[bool] = False


class RunNotFound(AionisError):
    """404 of `runs/get`: wrong id, tenant, scope or letter case, or a run that is not visible."""

    default_fix = (
        "Confirm that tenant and scope are those of the failing run, and check the id in the source logs. "
        f"{PRIVATE_LANE} "
        "If the run was never recorded, resolve its decision first and rebuild the chain from the decision's URI."
    )


class RecordNotFound(AionisError):
    default_fix = f"Confirm the id in the source logs, and that it belongs to this tenant and scope. {PRIVATE_LANE}"


class NotVisible(AionisError):
    """404 for a node: Aionis does not tell a missing node from a private one."""

    default_fix = f"Confirm the id. {PRIVATE_LANE}"


class OtherKind(AionisError):
    """The id is that of a run, or of a record of another kind than was asked for: `kind` is `run` or a URI's type."""

    def __init__(self, what: str, *, kind: str, id_: str, fix: str | None = None) -> None:
        super().__init__(what, fix=fix)
        self.kind, self.id_ = kind, id_


class Unauthorized(AionisError):
    default_fix = "Whoever runs the bot should check AIONIS_API_KEY or AIONIS_BEARER."


class IdentityMismatch(AionisError):
    default_fix = "Whoever runs the bot should make AIONIS_TENANT_ID and the consumer ids those of the credential."


class RateLimited(AionisError):
    """429 that lasted longer than the deadline. `retry_after` is the wait Aionis asked for, in seconds."""

    default_fix = "Try again in a moment."

    def __init__(
        self, what: str, *, fix: str | None = None, request_id: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(what, fix=fix, request_id=request_id)
        self.retry_after = retry_after


class BadRequest(AionisError):
    """400: Aionis refused the request; `what` carries the fields it named."""

    default_fix = "Check the id or URI you typed."


class RouteMissing(AionisError):
    default_fix = (
        "Whoever runs the bot should check AIONIS_BASE_URL; the reduced `sdk_demo` profile of Aionis has no run replay."
    )


class Unsupported(AionisError):
    default_fix = "Use a full edition of Aionis for it."


class ServerError(AionisError):
    default_fix = "Try again; if it stays, give the request id to whoever runs Aionis."
    passes = True


class AionisTimeout(AionisError):
    default_fix = "Try again; if it stays, check that Aionis is healthy (GET /health)."
    passes = True


class Unreachable(AionisError):
    default_fix = "Check AIONIS_BASE_URL and that Aionis is running."
    passes = True


class AnswerTooLarge(AionisError):
    default_fix = "Raise AIONIS_MAX_RESPONSE_BYTES if runs this large are expected."


class AnswerNotUnderstood(AionisError):
    default_fix = "Check that AIONIS_BASE_URL points at Aionis itself, not at a proxy's page."


class TenancyViolation(AionisError):
    default_fix = "Whoever runs Aionis should know: it answered with another tenant's or scope's data."
