"""The bundle's JSON files as models: their JSON Schemas are published in docs/schemas."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.incident.checklist import ItemState
from bot.domain.incident.incident_log import Entry, EntryKind
from bot.domain.incident.kept import Closure, ComparisonDigest, RunDigest, UriDigest
from bot.domain.incident.log_chain import ChainSeal
from bot.domain.incident.root_cause import RootCause
from bot.domain.incident.state import Incident, Item
from bot.runtime.masking import mask_value


class Document(BaseModel):
    """Base of the bundle's JSON files: nothing in them that the schema does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ItemDocument(Document):
    """A checklist item: where it stands, who turned it last and when, and with which proof."""

    id: str
    title: str
    state: ItemState
    by: str = Field(description="Slack user id, or `bot`; empty while nobody touched it")
    at: datetime | None
    proof: str
    owner: str = Field(description="Slack user id")
    reason: str = Field(description="Why it was opened again")


class IncidentDocument(Document):
    """`incident.json`: the incident as it stands. Everything in it follows from `log.jsonl`."""

    id: str
    version: int = Field(description="How many log entries there are")
    status: str = Field(description="`open` or `closed`")
    severity: str
    team: str
    channel: str
    tenant_id: str
    scope: str
    opened_by: str
    opened_at: datetime
    checklist: tuple[ItemDocument, ...]
    root_cause: RootCause | None
    root_cause_edition: int
    unresolved_ids: tuple[str, ...]
    runs: tuple[RunDigest, ...]
    comparisons: tuple[ComparisonDigest, ...]
    records: tuple[UriDigest, ...]
    closure: Closure | None
    log_head: str = Field(description="SHA-256 of the last line of log.jsonl")
    log_chain: str = Field(
        default="", description="The chain of the last entry as it is stored: what `incident-bot audit` prints"
    )

    @classmethod
    def of(cls, incident: Incident, *, log_head: str, log_chain: str) -> "IncidentDocument":
        """Return the document of an incident, masked."""
        head = incident.head
        value = {
            "id": incident.id,
            "version": incident.version,
            "status": incident.status,
            "severity": incident.severity,
            "team": head.team,
            "channel": incident.channel,
            "tenant_id": head.tenant,
            "scope": head.scope,
            "opened_by": head.by,
            "opened_at": head.at.isoformat(),
            "checklist": [_item(item).model_dump(mode="json") for item in incident.items],
            "root_cause": incident.root_cause.model_dump(mode="json") if incident.root_cause else None,
            "root_cause_edition": incident.root_cause_edition,
            "unresolved_ids": list(incident.unresolved),
            "runs": [run.model_dump(mode="json") for run in incident.runs],
            "comparisons": [comparison.model_dump(mode="json") for comparison in incident.comparisons],
            "records": [record.model_dump(mode="json") for record in incident.uris],
            "closure": incident.closure.model_dump(mode="json") if incident.closure else None,
        }
        return cls.model_validate({**mask_value(value), "log_head": log_head, "log_chain": log_chain})


class LogLine(Document):
    """One line of `log.jsonl`."""

    version: int = Field(description="Its place, from 1")
    kind: EntryKind
    actor: str = Field(description="Slack user id, or `bot`")
    at: datetime
    key: str = Field(description="What made it happen once: Slack's id of a click, or the job's")
    payload: dict[str, Any]
    previous: str = Field(description="SHA-256 of the line before; 64 zeros in the first line")
    salt: str = Field(default="", description="What the digest was made with; empty where the entry is masked here")
    digest: str = Field(default="", description="SHA-256 of the salt and of what the entry said when it was written")
    chain: str = Field(
        default="", description="SHA-256 of the chain before, the version and the digest, made at write time"
    )

    @property
    def entry(self) -> Entry:
        """Return the line as an entry of the log, its payload as it stands here."""
        seal = ChainSeal(self.salt, self.digest, self.chain) if self.digest else None
        return Entry(self.version, self.kind, self.actor, self.at, self.key, self.payload, seal)


class RedactionLine(Document):
    """One entry of `redactions.json`: where a value was masked, and by which rule; never the value."""

    file: str
    path: tuple[str | int, ...]
    offset: int
    rule: str


def log_line(entry: Entry, *, previous: str) -> LogLine:
    """Return an entry as its line, masked. A masked one goes without its salt: nobody can try what stood there."""
    payload = mask_value(entry.payload)
    seal = entry.seal or ChainSeal("", "", "")
    return LogLine(
        version=entry.version,
        kind=entry.kind,
        actor=entry.actor,
        at=entry.at,
        key=entry.key,
        payload=payload,
        previous=previous,
        salt=seal.salt if payload == entry.payload else "",
        digest=seal.digest,
        chain=seal.chain,
    )


def _item(item: Item) -> ItemDocument:
    facts = item.facts
    return ItemDocument(
        id=item.spec.id,
        title=item.spec.title,
        state=item.state,
        by=facts.by,
        at=facts.at,
        proof=facts.proof,
        owner=facts.owner,
        reason=facts.reason,
    )
