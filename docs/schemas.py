"""Write the JSON Schemas of the evidence bundle's files: `.venv/bin/python docs/schemas.py` (or `make schemas`)."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.domain.bundle.documents import IncidentDocument, LogLine, RedactionLine
from bot.domain.bundle.kept_answers import KeptAnswer
from bot.domain.recurrence.document import RecurrenceDocument
from bot.domain.recurrence.gate_document import GateDocument

FOLDER = Path(__file__).parent / "schemas"
DOCUMENTS: dict[str, tuple[Any, str]] = {
    "incident": (IncidentDocument, "incident.json"),
    "log-line": (LogLine, "one line of log.jsonl"),
    "redactions": (list[RedactionLine], "redactions.json"),
    "answer": (KeptAnswer, "answers/*.json"),
    "gate": (GateDocument, "gate.json"),
    "recurrence": (RecurrenceDocument, "recurrence.json"),
}


def schema_of(name: str) -> str:
    """Return the text of a schema's file."""
    kind, title = DOCUMENTS[name]
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**schema, **head}, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in DOCUMENTS:
        (FOLDER / f"{name}.schema.json").write_text(schema_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
