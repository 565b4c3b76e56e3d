"""What commands do alike: read the settings, run, fail, print.

Exit codes: 0 done (whatever the verdict), 1 Aionis (or Slack) could not answer, 2 usage or settings. With `--json` a failure is
JSON as well, and nothing else is written to stdout.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from bot.errors import BotError, EmbeddedStoreError, ForeignUri, PageBuildError, SettingsError, UsageError

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.config.settings import Settings

USAGE_EXIT = 2
FAILURE_EXIT = 1
_json_wanted: ContextVar[bool] = ContextVar("json_wanted", default=False)
_SLACKS = re.compile(r"`/(replay|resolve)(?: (recent|compare|similar|export)\b)?")
_USAGE_ERRORS = (UsageError, ForeignUri, SettingsError, EmbeddedStoreError, PageBuildError)


def remember_json(value: bool) -> bool:
    """Keep, as `--json` is read, that failures are to be JSON, too."""
    _json_wanted.set(value)
    return value


def settings_of(
    base_url: str | None = None, tenant: str | None = None, scope: str | None = None, consumer_agent: str | None = None
) -> "Settings":
    """Return the settings, with what was given on the command line in place of the environment's; ends where one is wrong."""
    from bot.config.settings import load_settings  # noqa: PLC0415

    given = {
        "aionis_base_url": base_url,
        "aionis_tenant_id": tenant,
        "aionis_scope": scope,
        "aionis_consumer_agent_id": consumer_agent,
    }
    from bot.config.redaction_file import install_rules  # noqa: PLC0415
    from bot.runtime.masking import begin_record  # noqa: PLC0415

    begin_record()
    try:
        settings = load_settings(**{name: value for name, value in given.items() if value is not None})
        install_rules(settings.redaction_file)
    except SettingsError as error:
        fail(error)
    return settings


async def with_aionis(settings: "Settings", read: Any) -> Any:
    """Read from Aionis in the settings' tenancy, and return what `read` does."""
    from stamina.instrumentation import set_on_retry_hooks  # noqa: PLC0415

    from bot.aionis import Aionis, AionisTransport  # noqa: PLC0415

    set_on_retry_hooks([])  # a retry is no result: by default it is logged, and to stdout where nobody set up logs
    transport = AionisTransport.from_settings(settings)
    try:
        aionis = Aionis(
            transport, settings.tenancy, settings.consumer, deadline_seconds=settings.aionis_deadline_seconds
        )
        return await read(aionis)
    finally:
        await transport.aclose()


async def read_runs(settings: "Settings", read: Any, *typed: str, form: str = "") -> Any:
    """Read the runs whose ids were typed, as they stand now, and return what `read` does. `form`: the command, for a hint."""
    from bot.domain.run.run_ids import REPLAY_FORM, parse_run_id  # noqa: PLC0415

    async def as_they_stand(aionis: "Aionis") -> Any:
        stalled_after = timedelta(seconds=settings.run_stalled_seconds)
        run_ids = [parse_run_id(one, form=form or REPLAY_FORM) for one in typed]
        return await read(aionis, *run_ids, now=datetime.now(UTC), stalled_after=stalled_after)

    return await with_aionis(settings, as_they_stand)


def configure_logs(settings: "Settings") -> None:
    """Send logs to stderr as the settings say."""
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.log_level, settings.log_format)


def run(work: Coroutine[Any, Any, Any], by: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run) -> Any:
    """Run a command's work and return what it does; a failure is told and ends the process.

    `by` is what runs it: servers are run by uvloop, whose import is longer than what other commands would save by it.
    """
    try:
        return by(work)
    except BotError as error:
        fail(error)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def in_terminal(error: BotError) -> BotError:
    """Return a failure as it is told in a terminal, where Slack's commands are commands of this program."""
    error.fix = _SLACKS.sub(lambda found: f"`incident-bot {found[2] or found[1]}", error.fix)
    return error


def fail(error: BotError) -> NoReturn:
    """Tell what happened and what to try, and end with the exit code that fits."""
    from bot.cli import terminal_output as out  # noqa: PLC0415

    error = in_terminal(error)
    if _json_wanted.get():
        out.print_json({"error": error_json(error)})
    else:
        out.print_error(out.error_terminal(), error)
    raise typer.Exit(USAGE_EXIT if isinstance(error, _USAGE_ERRORS) else FAILURE_EXIT) from None


def error_json(error: BotError) -> dict[str, str | None]:
    """Return a failure as JSON: what kind it is, what happened, what to try, and the id to quote."""
    from bot.runtime.masking import mask_text  # noqa: PLC0415

    what, fix = mask_text(error.what), mask_text(error.fix or "") or None
    return {"kind": type(error).__name__, "what": what, "fix": fix, "request_id": error.request_id}


def say(line: str) -> None:
    from bot.cli.terminal_output import say  # noqa: PLC0415

    say(line)


def print_json(value: Any) -> None:
    from bot.cli.terminal_output import print_json  # noqa: PLC0415

    print_json(value)


def print_messages(*messages: Any) -> None:
    """Print Slack messages as JSON."""
    print_json([{"text": message.text, "blocks": message.blocks} for message in messages])
