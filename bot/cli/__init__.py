"""The commands. What a command needs is imported when it runs, so that `--help` and `replay` start quickly.

Exit codes: 0 done (whatever the verdict), 1 Aionis (or Slack) could not answer, 2 usage or settings.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot import __version__
from bot.errors import BotError, EmbeddedStoreError, ForeignUri, PageBuildError, SettingsError, UsageError
from bot.runtime.garbage_collector import relax_collector

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.config.settings import Settings

app = typer.Typer(
    name="incident-bot",
    help="A Slack incident bot for AI agents whose runs are recorded by Aionis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

USAGE_EXIT = 2
FAILURE_EXIT = 1
_USAGE_ERRORS = (UsageError, ForeignUri, SettingsError, EmbeddedStoreError, PageBuildError)

BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Where Aionis answers. Default: AIONIS_BASE_URL.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Tenant id. Default: AIONIS_TENANT_ID.")]
Scope = Annotated[str | None, typer.Option("--scope", help="Scope. Default: AIONIS_SCOPE.")]
Agent = Annotated[str | None, typer.Option("--consumer-agent", help="Read private records as this agent.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
AsBlocks = Annotated[bool, typer.Option("--blocks", help="Print the exact Slack messages as JSON.")]


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Print the version where that is asked for."""
    if show:
        _say(__version__)
        raise typer.Exit


@app.command()
def replay(
    run_id: Annotated[str, typer.Argument(help="The run's id, a UUID.")],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    every_step: Annotated[bool, typer.Option("--all", help="Do not fold long timelines.")] = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show what a run did, with the failing step first."""
    from bot.domain.run.uris import parse_run_id  # noqa: PLC0415
    from bot.investigation.run import investigate  # noqa: PLC0415

    settings = _settings(base_url, tenant, scope, consumer_agent)
    stalled_after = timedelta(seconds=settings.run_stalled_seconds)

    async def read(aionis: "Aionis") -> Any:
        wanted = parse_run_id(run_id)
        return (await investigate(aionis, wanted, now=datetime.now(UTC), stalled_after=stalled_after)).diagnosis

    diagnosis = _run(_with_aionis(settings, read))
    if as_json:
        from bot.domain.run.json_form import diagnosis_json  # noqa: PLC0415

        _print_json(diagnosis_json(diagnosis))
    elif as_blocks:
        from bot.blocks.replay import replay_message  # noqa: PLC0415
        from bot.blocks.timeline import timeline_message  # noqa: PLC0415

        _print_messages(replay_message(diagnosis), timeline_message(diagnosis))
    else:
        from bot.cli.terminal import print_diagnosis  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_diagnosis(terminal(), diagnosis, every_step=every_step)


@app.command()
def compare(  # noqa: PLR0913, PLR0917 each is an argument or option of the command
    failing_run: Annotated[str, typer.Argument(help="The failing run's id, a UUID.")],
    rerun: Annotated[str, typer.Argument(help="The id of the run after the fix.")],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    every_step: Annotated[bool, typer.Option("--all", help="List equal steps, too.")] = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show what a rerun proves about a failing run, and where the two part."""
    from bot.domain.run.uris import parse_run_id  # noqa: PLC0415
    from bot.investigation.pair import investigate_pair  # noqa: PLC0415

    settings = _settings(base_url, tenant, scope, consumer_agent)
    stalled_after = timedelta(seconds=settings.run_stalled_seconds)

    async def read(aionis: "Aionis") -> Any:
        wanted = [parse_run_id(typed) for typed in (failing_run, rerun)]
        return (await investigate_pair(aionis, *wanted, now=datetime.now(UTC), stalled_after=stalled_after)).comparison

    comparison = _run(_with_aionis(settings, read))
    if as_json:
        from bot.domain.comparison.json_form import comparison_json  # noqa: PLC0415

        _print_json(comparison_json(comparison))
    elif as_blocks:
        from bot.blocks.compare import comparison_message  # noqa: PLC0415

        _print_messages(comparison_message(comparison))
    else:
        from bot.cli.terminal_comparison import print_comparison  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_comparison(terminal(), comparison, every_step=every_step)


@app.command()
def resolve(
    uri: Annotated[list[str], typer.Argument(help="An Aionis URI, memory://commit/<uuid>, or `decision <uuid>`.")],
    as_json: AsJson = False,
    as_blocks: AsBlocks = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Show one decision, commit, node or edge."""
    from bot.domain.run.uris import parse_reference  # noqa: PLC0415
    from bot.investigation.record import resolve_record  # noqa: PLC0415

    settings = _settings(base_url, tenant, scope, consumer_agent)

    async def read(aionis: "Aionis") -> Any:
        return await resolve_record(aionis, parse_reference(" ".join(uri), settings.tenancy))

    resolution = _run(_with_aionis(settings, read))
    if as_json:
        from bot.domain.run.json_form import resolution_json  # noqa: PLC0415

        _print_json(resolution_json(resolution))
    elif as_blocks:
        from bot.blocks.resolve import resolve_message  # noqa: PLC0415

        _print_messages(resolve_message(resolution))
    else:
        from bot.cli.terminal import print_resolution  # noqa: PLC0415
        from bot.cli.terminal_output import terminal  # noqa: PLC0415

        print_resolution(terminal(), resolution)


@app.command()
def serve() -> None:
    """Run the bot: Slack's requests in, a worker inside. Settings come from the environment and .env."""
    settings = _settings()
    _configure_logs(settings)
    from bot.runtime.server import serve as serve_bot  # noqa: PLC0415

    _run(serve_bot(settings))


@app.command()
def worker() -> None:
    """Run jobs only, beside one or more `serve` processes on the same Redis."""
    settings = _settings()
    _configure_logs(settings)
    from bot.runtime.server import work  # noqa: PLC0415

    _run(work(settings))


@app.command()
def doctor() -> None:
    """Check Redis, Slack and Aionis with the settings as they are. Exit code 1 where something is wrong."""
    settings = _settings()
    from bot.cli.doctor import examine  # noqa: PLC0415
    from bot.cli.terminal import print_finding  # noqa: PLC0415
    from bot.cli.terminal_output import terminal  # noqa: PLC0415
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    configure_logs("ERROR", settings.log_format)
    findings = _run(examine(settings))
    for finding in findings:
        print_finding(terminal(), finding.name, ok=finding.ok, seen=finding.seen, advice=finding.advice)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILURE_EXIT)


@app.command()
def rebuild(incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")]) -> None:
    """Fold an incident's log again and put the result in place of its fields."""
    from bot.cli.casework import rebuild as rebuild_incident  # noqa: PLC0415
    from bot.cli.terminal import print_rebuilt  # noqa: PLC0415
    from bot.cli.terminal_output import terminal  # noqa: PLC0415

    settings = _settings()
    _configure_logs(settings)
    rebuilt = _run(rebuild_incident(settings, incident.strip().upper()))
    print_rebuilt(terminal(), rebuilt.incident, rebuilt.mended)


@app.command()
def export(
    incident: Annotated[str, typer.Argument(help="The incident's id, such as INC-7Q2K.")],
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write. Default: <id>.zip here.")
    ] = None,
) -> None:
    """Write an incident's evidence bundle to a file."""
    from bot.cli.casework import bundle  # noqa: PLC0415

    settings = _settings()
    _configure_logs(settings)
    id_ = incident.strip().upper()
    content = _run(bundle(settings, id_))
    path = target or Path(f"{id_}.zip")
    try:
        path.write_bytes(content)
    except OSError as error:
        _fail(UsageError(f"{path} cannot be written ({error.strerror}).", fix="Name another file with -o."))
    _say(f"{path}  {len(content):,} bytes  SHA-256 {hashlib.sha256(content).hexdigest()}")


@app.command()
def verify(bundle: Annotated[Path, typer.Argument(help="An exported evidence bundle.")]) -> None:
    """Check every hash of an evidence bundle, and say what was altered. Exit code 1 where something was."""
    from bot.domain.bundle.archive import problems_of  # noqa: PLC0415
    from bot.domain.bundle.zip_file import MOST_BYTES  # noqa: PLC0415

    try:
        if bundle.exists() and not bundle.is_file():  # reading a pipe or a device may never end
            _fail(UsageError(f"{bundle} is not a file.", fix="Name an exported bundle."))
        with bundle.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        _fail(UsageError(f"{bundle} cannot be read ({why}).", fix="Name an exported bundle."))
    _say(f"SHA-256 {hashlib.sha256(content).hexdigest()}")
    problems = problems_of(content)
    for problem in problems:
        _say(f"✗ {problem}")
    if problems:
        raise typer.Exit(FAILURE_EXIT)
    _say("Every file and every log entry is as it was exported.")


@app.command()
def playground(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8080,
    aionis: Annotated[
        str | None, typer.Option("--aionis", help="Use a real Aionis at this URL, not the sample.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier playgrounds stored.")] = False,
) -> None:
    """Run the bot with a local Slack, a sample Aionis and an embedded Valkey; nothing else is needed."""
    from bot.playground.run import run_playground  # noqa: PLC0415

    _run(run_playground(port=port, aionis_url=aionis, fresh=fresh))


def main() -> None:
    """Run the command line."""
    relax_collector()
    app()


def _settings(
    base_url: str | None = None, tenant: str | None = None, scope: str | None = None, consumer_agent: str | None = None
) -> "Settings":
    from bot.config.settings import load_settings  # noqa: PLC0415

    given = {
        "aionis_base_url": base_url,
        "aionis_tenant_id": tenant,
        "aionis_scope": scope,
        "aionis_consumer_agent_id": consumer_agent,
    }
    from bot.config.redaction_file import install_rules  # noqa: PLC0415

    try:
        settings = load_settings(**{name: value for name, value in given.items() if value is not None})
        install_rules(settings.redaction_file)
    except SettingsError as error:
        _fail(error)
    return settings


async def _with_aionis(settings: "Settings", read: Any) -> Any:
    from bot.aionis import Aionis, AionisTransport  # noqa: PLC0415

    transport = AionisTransport.from_settings(settings)
    try:
        aionis = Aionis(
            transport, settings.tenancy, settings.consumer, deadline_seconds=settings.aionis_deadline_seconds
        )
        return await read(aionis)
    finally:
        await transport.aclose()


def _configure_logs(settings: "Settings") -> None:
    from bot.runtime.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.log_level, settings.log_format)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except BotError as error:
        _fail(error)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _fail(error: BotError) -> NoReturn:
    from bot.cli.terminal import print_error  # noqa: PLC0415
    from bot.cli.terminal_output import error_terminal  # noqa: PLC0415

    print_error(error_terminal(), error)
    raise typer.Exit(USAGE_EXIT if isinstance(error, _USAGE_ERRORS) else FAILURE_EXIT) from None


def _say(line: str) -> None:
    from bot.cli.terminal_output import say  # noqa: PLC0415

    say(line)


def _print_json(value: Any) -> None:
    from bot.cli.terminal_output import print_json  # noqa: PLC0415

    print_json(value)


def _print_messages(*messages: Any) -> None:
    _print_json([{"text": message.text, "blocks": message.blocks} for message in messages])
