"""`incident-bot gate`: whether reruns show that a failure is gone, for a pipeline.

Exit codes: 0 passed, 3 failed, 4 no proof; 1 Aionis could not answer, 2 usage or settings.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import Agent, AsJson, BaseUrl, Scope, Tenant
from bot.cli.running import fail, print_json, run, settings_of, with_aionis
from bot.domain.incident.named import as_incident_id, incident_id
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.aionis import Aionis
    from bot.config.settings import Settings
    from bot.domain.recurrence.gate_document import GateDocument
    from bot.investigation.gate import HeldGate

FAILED_EXIT = 3
NO_PROOF_EXIT = 4
_LARGEST = 16 * 2**20  # bytes of a gate.json
NOT_RECORDED = "{id} is closed, or its channel reads another tenant and scope: the result is not in its log."
_FORMS = "an incident's id (INC-…), a gate.json, or --from with the run that failed"
_HINT = "`incident-bot gate --from <run_id> --run <rerun>`"


def gate(  # noqa: PLR0913, PLR0917 each is an argument or option of the command
    source: Annotated[str | None, typer.Argument(help="An incident's id, or a gate.json from its bundle.")] = None,
    reruns: Annotated[list[str] | None, typer.Option("--run", help="A rerun; may be given several times.")] = None,
    failed: Annotated[
        str | None, typer.Option("--from", help="The run that failed, for a case without an incident.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML to this file.")] = None,
    in_toto: Annotated[Path | None, typer.Option("--in-toto", help="Write an in-toto test-result statement.")] = None,
    output: Annotated[Path | None, typer.Option("--write-gate", help="Write the gate.json that was used.")] = None,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    tenant: Tenant = None,
    scope: Scope = None,
    consumer_agent: Agent = None,
) -> None:
    """Check that a failure is gone: its critical step succeeds, its postconditions hold, its fingerprint does not recur."""
    if (source is None) == (failed is None):
        fail(UsageError("A gate is made of one thing.", fix=f"Give {_FORMS}."))
    document = None if source is None else _document(source, given=(base_url, tenant, scope, consumer_agent))
    if document and (tenant or document.tenant_id, scope or document.scope) != (document.tenant_id, document.scope):
        fail(UsageError(f"The gate is for {document.tenancy}.", fix="Leave --tenant and --scope out."))
    where = (document.tenant_id, document.scope) if document else (tenant, scope)
    settings = settings_of(base_url, *where, consumer_agent)
    held = run(with_aionis(settings, _Holding(settings, document, failed, reruns or []).read))
    _write(held, junit=junit, in_toto=in_toto, output=output)
    _print(held, as_json=as_json)
    if source and _is_incident(source) and held.result.runs:
        _record(settings_of(), as_incident_id(source), held)
    _end(held)


@dataclass(frozen=True, slots=True)
class _Holding:
    settings: "Settings"
    document: "GateDocument | None"
    failed: str | None
    reruns: list[str]

    async def read(self, aionis: "Aionis") -> "HeldGate":
        """Read the runs and hold them against the gate."""
        from bot.domain.run.run_ids import parse_run_id  # noqa: PLC0415
        from bot.investigation.gate import gate_from_run, hold_gate  # noqa: PLC0415

        now, stalled_after = datetime.now(UTC), timedelta(seconds=self.settings.run_stalled_seconds)
        reruns = [parse_run_id(one, form=_HINT) for one in self.reruns]
        document = self.document or await gate_from_run(
            aionis, parse_run_id(self.failed or "", form=_HINT), now=now, stalled_after=stalled_after
        )
        return await hold_gate(aionis, document, reruns, now=now, stalled_after=stalled_after)


def _document(source: str, *, given: tuple[str | None, ...]) -> "GateDocument":
    """Return the gate in a file, or that of an incident in Redis."""
    if not _is_incident(source):
        return _from_file(Path(source))
    settings = settings_of(*given)
    document: GateDocument = run(_from_incident(settings, as_incident_id(source)))
    return document


async def _from_incident(settings: "Settings", id_: str) -> "GateDocument":
    from bot.cli.incident_lookup import find_incident  # noqa: PLC0415
    from bot.report.bundling import gate_of_incident  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        place, entries = await find_incident(incidents, id_)
        document = gate_of_incident(entries, await incidents.answers(place, id_), id_)
    if not document.failures:
        raise UsageError(f"No run of {id_} has failed, as far as it keeps them.", fix="Replay the failing run into it.")
    return document


def _is_incident(source: str) -> bool:
    return incident_id(source) is not None


def _record(settings: "Settings", id_: str, held: "HeldGate") -> None:
    """Write into the incident's log what the gate said, so that its checklist knows; says so where that is not possible."""
    if not run(_recorded(settings, id_, held)):
        from bot.cli.terminal_output import error_terminal  # noqa: PLC0415

        error_terminal().print(NOT_RECORDED.format(id=id_), markup=False)


async def _recorded(settings: "Settings", id_: str, held: "HeldGate") -> bool:
    from bot.cli.incident_lookup import find_incident  # noqa: PLC0415
    from bot.domain.incident.digest import gate_digest  # noqa: PLC0415
    from bot.domain.incident.log_changes import gate_held  # noqa: PLC0415
    from bot.domain.incident.state import BOT  # noqa: PLC0415
    from bot.jobs.refresh import RefreshJob  # noqa: PLC0415
    from bot.runtime.container import open_maintenance  # noqa: PLC0415

    async with open_maintenance(settings) as incidents:
        place, entries = await find_incident(incidents, id_)
        change = gate_held(gate_digest(held.result), by=BOT, at=datetime.now(UTC), key=f"gate:{entries[-1].version}")
        taken = await incidents.append(place, id_, change, default_tenancy=str(settings.rules.default or ""))
        if taken:
            job = RefreshJob(channel=place.rpartition("/")[2], incident=id_)
            payload = job.model_dump(mode="json", exclude_none=True)
            await incidents.have_done(place, job.kind, payload, key=f"{job.channel}:{id_}")
    return taken


def _from_file(path: Path) -> "GateDocument":
    from pydantic import ValidationError  # noqa: PLC0415

    from bot.domain.recurrence.gate_document import GateDocument  # noqa: PLC0415
    from bot.domain.text.json_text import read_json  # noqa: PLC0415

    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            fail(UsageError(f"{path} is not a file.", fix=f"Name {_FORMS}."))
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            fail(UsageError(f"{path} is too large for a gate.", fix="Name the gate.json of a bundle."))
        return GateDocument.model_validate(read_json(content))
    except OSError as error:
        fail(UsageError(f"{path} cannot be read ({error.strerror}).", fix=f"Name {_FORMS}."))
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        fail(UsageError(f"{path} is no gate ({place}: {first['msg'][:120]}).", fix="Name the gate.json of a bundle."))
    except ValueError:
        fail(UsageError(f"{path} is no JSON.", fix="Name the gate.json of a bundle."))


def _write(held: "HeldGate", *, junit: Path | None, in_toto: Path | None, output: Path | None) -> None:
    from bot.report import gate_results  # noqa: PLC0415

    text = held.result.gate.text()
    if output:
        _to_file(output, text)
    if junit:
        _to_file(junit, gate_results.junit_xml(held.result))
    if in_toto:
        statement: dict[str, Any] = gate_results.statement(held.result, subjects=held.subjects)
        _to_file(in_toto, json.dumps(statement, ensure_ascii=False, indent=2) + "\n")


def _to_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(UsageError(f"{path} cannot be written ({error.strerror}).", fix="Name another file."))


def _print(held: "HeldGate", *, as_json: bool) -> None:
    from bot.domain.recurrence.gate import gate_json  # noqa: PLC0415

    if as_json:
        print_json(gate_json(held.result))
        return
    from bot.cli.terminal_gate import print_gate  # noqa: PLC0415
    from bot.cli.terminal_output import terminal  # noqa: PLC0415

    print_gate(terminal(), held.result)


def _end(held: "HeldGate") -> None:
    from bot.domain.recurrence.gate import GateOutcome  # noqa: PLC0415

    codes = {GateOutcome.FAILED: FAILED_EXIT, GateOutcome.NO_PROOF: NO_PROOF_EXIT}
    if held.result.outcome in codes:
        raise typer.Exit(codes[held.result.outcome])
