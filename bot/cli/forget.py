"""`incident-bot forget`: an incident, a workspace or a person erased from what the bot stores."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson
from bot.cli.running import FAILURE_EXIT, configure_logs, fail, print_json, run, say, settings_of
from bot.domain.incident.named import as_incident_id
from bot.domain.run.phrases import plural
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.store.sweep import Tally

_SHORTEST = 3  # characters of a name
_FORMS = {
    "incident": (re.compile(r"INC-[0-9A-Z]{4,12}"), "an incident's id, such as INC-7Q2K"),
    "workspace": (re.compile(r"[TE][0-9A-Z]{1,20}"), "a workspace's id, such as T0123ABCD"),
    "user": (re.compile(r"[UW][0-9A-Z]{1,20}"), "a person's Slack id, such as U0123ABCD"),
}


def forget(
    incident: Annotated[str | None, typer.Option("--incident", help="Erase an incident, by its id.")] = None,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Erase all of a workspace, by its id.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Take a person out of everything, by Slack id.")] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A name of that person's, to be taken out with the id; several.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase an incident, a workspace or a person from what the bot stores. The logs' hash chains still hold.

    Exit code 1 where nothing of it is stored. What was posted in Slack stays there, as do exported bundles.
    """
    kind, id_ = _target({"incident": incident, "workspace": workspace, "user": user})
    names = _names(kind, name or [])
    settings = settings_of()
    configure_logs(settings)
    tally = run(_forget(settings, kind, id_, names, dry=dry_run))
    if as_json:
        print_json(_as_json(tally, dry=dry_run))
    else:
        _say(id_, tally, dry=dry_run)
    if not tally.anything:
        raise typer.Exit(FAILURE_EXIT)


def _target(given: dict[str, str | None]) -> tuple[str, str]:
    """Return what is to be forgotten: its kind and its id. Ends where it is not exactly one, or no such id."""
    named = {kind: text.strip().upper() for kind, text in given.items() if text is not None}
    named |= {"incident": as_incident_id(named["incident"])} if "incident" in named else {}
    if len(named) != 1:
        fail(UsageError("Say what to forget.", fix="Give exactly one of --incident, --workspace and --user."))
    kind, id_ = next(iter(named.items()))
    form, words = _FORMS[kind]
    if not form.fullmatch(id_):
        fail(UsageError(f"--{kind} is not {words}.", fix="Copy it from Slack or from a log; a name will not do."))
    return kind, id_


def _names(kind: str, given: list[str]) -> tuple[str, ...]:
    """Return the names that were given for a person. Ends where one would be found in the midst of anything."""
    names = tuple(" ".join(name.split()) for name in given)
    if names and kind != "user":
        fail(UsageError("--name is for a person.", fix="Give it beside --user."))
    if any(len(name) < _SHORTEST for name in names):
        fail(UsageError(f"--name has fewer than {_SHORTEST} characters.", fix="Give a name as it is written."))
    return names


async def _forget(settings: "Settings", kind: str, id_: str, names: tuple[str, ...], *, dry: bool) -> "Tally":
    from bot.runtime.container import open_forgetting  # noqa: PLC0415

    async with open_forgetting(settings, dry=dry) as forgetting:
        if kind == "user":
            await forgetting.person(id_, names)
        else:
            await {"incident": forgetting.incident, "workspace": forgetting.workspace}[kind](id_)
        return forgetting.tally


def _entries(count: int) -> str:
    return "1 log entry" if count == 1 else f"{count:,} log entries"


def _say(id_: str, tally: "Tally", *, dry: bool) -> None:
    if not tally.anything:
        say(f"Nothing of {id_} is stored.")
        return
    would = "would be " if dry else ""
    for incident, count in sorted(tally.rewritten.items()):
        say(f"{incident}: {_entries(count)} {would}rewritten, and a tombstone {would}added.")
    for incident in sorted(tally.erased):
        say(f"{incident} {would}erased.")
    changed = "field or member" if tally.changed == 1 else "fields and members"
    say(f"{plural(tally.deleted, 'key')} {would}deleted, {tally.changed:,} {changed} {would}rewritten or taken out.")
    if not dry:
        say("A job that ran meanwhile may have written more: run this again, until nothing is found.")


def _as_json(tally: "Tally", *, dry: bool) -> dict[str, object]:
    return {
        "dry_run": dry,
        "incidents_erased": sorted(tally.erased),
        "entries_rewritten": dict(sorted(tally.rewritten.items())),
        "keys_deleted": tally.deleted,
        "fields_changed": tally.changed,
    }
